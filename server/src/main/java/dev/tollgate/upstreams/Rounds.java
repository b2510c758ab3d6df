package dev.tollgate.upstreams;

import dev.tollgate.mcp.InputRequired;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Asks a legacy client what a modern server's result asks for, and hands the request back as it is
 * to be sent again (MCP 2026-07-28, Multi Round-Trip Requests). Lives on one event loop.
 */
final class Rounds {

  /** A server that asks more often in one call goes in circles. */
  static final int MOST = 16;

  private final UpstreamLoop loop;
  private final OpenQuestions questions;
  private final InputRequired required;
  private final Listener listener;
  private final Consumer<Members> complete;
  private final Consumer<Raw> refused;

  private Members responses = Members.NONE;
  private int open;
  private boolean over;

  /**
   * One round.
   *
   * @param questions of the call
   * @param complete takes the responses by their keys
   * @param refused takes the client's error, where it could not answer
   */
  Rounds(
      UpstreamLoop loop,
      OpenQuestions questions,
      InputRequired required,
      Listener listener,
      Consumer<Members> complete,
      Consumer<Raw> refused) {
    this.loop = loop;
    this.questions = questions;
    this.required = required;
    this.listener = listener;
    this.complete = complete;
    this.refused = refused;
  }

  void ask() {
    open = required.requests().size();
    if (open == 0) {
      complete.accept(responses);
      return;
    }
    for (Map.Entry<String, Raw> each : required.requests().entrySet()) {
      Members request = Members.of(each.getValue());
      String method = String.valueOf(request.string("method"));
      Question question =
          questions.open(
              method,
              InputRequired.legacyParams(request),
              reply -> loop.run(() -> replied(each.getKey(), method, reply)));
      if (question == null) {
        over = true;
        refused.accept(
            RpcError.of(RpcError.UPSTREAM_FAILED, "the server asks too much at once").error());
        return;
      }
      listener.asked(question);
    }
  }

  private void replied(String key, String method, Question.Reply reply) {
    if (over) {
      return;
    }
    switch (reply) {
      case Question.Reply.Result result -> responses = responses.with(key, result.result());
      case Question.Reply.Fault fault -> {
        if (!method.equals(Method.ELICIT)) {
          over = true;
          refused.accept(fault.error());
          return;
        }
        responses = responses.with(key, Raw.of("{\"action\":\"cancel\"}"));
      }
    }
    open--;
    if (open == 0) {
      over = true;
      complete.accept(responses);
    }
  }
}
