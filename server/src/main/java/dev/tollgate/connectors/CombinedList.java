package dev.tollgate.connectors;

import dev.tollgate.mcp.Elements;
import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Meta;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One list of what several connectors list, asked for at once, in the order of their names whoever
 * answers first. A connector that does not answer in time or at all is left out and named in {@code
 * _meta}. Lives on one event loop.
 */
final class CombinedList implements Ongoing {

  /**
   * What one connector listed.
   *
   * @param next where it goes on; null: there is no more
   * @param freshMillis null: it did not say
   */
  private record Page(List<Raw> items, @Nullable String next, @Nullable Long freshMillis) {}

  private final String method;
  private final Era era;
  private final Consumer<Answer> done;
  private final List<Ongoing> calls = new ArrayList<>();
  private final Map<String, Page> pages = new TreeMap<>();
  private final List<String> unavailable = new ArrayList<>();
  private final List<String> awaited;
  private boolean over;

  CombinedList(String method, Era era, List<String> awaited, Consumer<Answer> done) {
    this.method = method;
    this.era = era;
    this.awaited = new ArrayList<>(awaited);
    this.done = done;
  }

  void add(Ongoing call) {
    calls.add(call);
  }

  /** Ends at once where there is nobody to wait for. */
  void begun() {
    endIfAll();
  }

  /** Hears of one connector's page. */
  Listener of(String connector) {
    return new Listener() {
      @Override
      public void notified(Message.Notification notification) {}

      @Override
      public void asked(Question question) {
        question.answer(
            new Question.Reply.Fault(
                RpcError.of(RpcError.METHOD_NOT_FOUND, "a list asks nothing").error()));
      }

      @Override
      public void answered(Answer answer) {
        page(connector, answer);
      }
    };
  }

  private void page(String connector, Answer answer) {
    if (over || !awaited.remove(connector)) {
      return;
    }
    try {
      read(connector, answer);
    } catch (RpcError malformed) {
      unavailable.add(connector);
    }
    endIfAll();
  }

  private void read(String connector, Answer answer) {
    switch (answer) {
      case Answer.Result result -> pages.put(connector, read(connector, result.result()));
      // What it does not offer, it has none of.
      case Answer.Fault fault -> {
        Raw code = Members.of(fault.error()).get("code");
        if (code == null || !code.equals(Raw.number(RpcError.METHOD_NOT_FOUND))) {
          unavailable.add(connector);
        }
      }
      case Answer.Failed failed -> unavailable.add(connector);
    }
  }

  private Page read(String connector, Raw result) {
    Members page = Members.of(result);
    List<Raw> items = new ArrayList<>();
    for (Raw item : Elements.of(page.get(field()))) {
      items.add(Naming.item(connector, method, item));
    }
    Raw fresh = page.get("ttlMs");
    return new Page(items, page.string("nextCursor"), fresh == null ? null : fresh.whole());
  }

  private void endIfAll() {
    if (!over && awaited.isEmpty()) {
      end();
    }
  }

  /** Ends with what is there: the others took too long. */
  void late() {
    if (!over) {
      unavailable.addAll(awaited);
      calls.forEach(Ongoing::cancel);
      end();
    }
  }

  private void end() {
    over = true;
    done.accept(new Answer.Result(result()));
  }

  private Raw result() {
    List<Raw> items = new ArrayList<>();
    Map<String, String> cursors = new TreeMap<>();
    pages.forEach((connector, page) -> {
      items.addAll(page.items());
      String next = page.next();
      if (next != null) {
        cursors.put(connector, next);
      }
    });
    @Nullable String cursor = Cursors.join(cursors);
    Members result = Members.NONE;
    if (era == Era.MODERN) {
      // Whose connectors these are depends on who asks.
      result =
          result
              .with("resultType", Raw.string("complete"))
              .with("ttlMs", Raw.number(freshMillis()))
              .with("cacheScope", Raw.string("private"));
    }
    result =
        result
            .with(field(), Elements.raw(items))
            .withIf("nextCursor", cursor == null ? null : Raw.string(cursor));
    return (unavailable.isEmpty() ? result : result.with(Meta.FIELD, missing())).raw();
  }

  private Raw missing() {
    return Members.NONE
        .with(Meta.UNAVAILABLE, Elements.strings(unavailable.stream().sorted().toList()))
        .raw();
  }

  private long freshMillis() {
    long least = unavailable.isEmpty() && !pages.isEmpty() ? Long.MAX_VALUE : 0;
    for (Page page : pages.values()) {
      Long millis = page.freshMillis();
      least = Math.min(least, millis == null ? 0 : Math.max(millis, 0));
    }
    return least;
  }

  private String field() {
    return switch (method) {
      case Method.TOOLS_LIST -> "tools";
      case Method.PROMPTS_LIST -> "prompts";
      case Method.RESOURCES_LIST -> "resources";
      default -> "resourceTemplates";
    };
  }

  @Override
  public void cancel() {
    over = true;
    calls.forEach(Ongoing::cancel);
  }

  @Override
  public void pause() {}

  @Override
  public void resume() {}
}
