package dev.tollgate.upstreams;

import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The questions of one call, or of one stream, that wait for their answers: so many, and so long
 * together with all others. Guarded by its monitor.
 */
final class OpenQuestions {

  /** That one call may have open. */
  static final int MOST = 16;

  private final QuestionRoom room;
  private final UUID owner;
  private final List<Question> open = new ArrayList<>();
  private boolean over;

  OpenQuestions(QuestionRoom room, UUID owner) {
    this.room = room;
    this.owner = owner;
  }

  /**
   * One more.
   *
   * @param answered takes its answer
   * @return null: too many are open, or too long ones
   */
  synchronized @Nullable Question open(
      String method, @Nullable Raw params, Consumer<Question.Reply> answered) {
    int bytes = params == null ? 0 : params.length();
    open.removeIf(Question::done);
    if (over || open.size() >= MOST || !room.take(owner, bytes)) {
      return null;
    }
    Question question = new Question(method, params, answered, () -> room.give(owner, bytes));
    open.add(question);
    return question;
  }

  /** What a request is answered with that is one too many. */
  static Message refusal(Message.Request request) {
    return new Message.Fault(
        request.id(),
        RpcError.of(RpcError.INTERNAL_ERROR, "too many questions are open: wait for their answers")
            .error());
  }

  /** Nobody answers them any more. */
  void end() {
    List<Question> left;
    synchronized (this) {
      over = true;
      left = List.copyOf(open);
      open.clear();
    }
    left.forEach(Question::drop);
  }
}
