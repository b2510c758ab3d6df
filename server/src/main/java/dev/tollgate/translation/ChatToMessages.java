package dev.tollgate.translation;

import dev.tollgate.kernel.Clock;

/** Callers of Chat Completions at a provider of Messages. */
final class ChatToMessages implements Translation {

  private final Clock clock;

  ChatToMessages(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Translated request(byte[] body, Target target) {
    return new ChatRequest(Members.body(body), target).translate();
  }

  @Override
  public byte[] answer(byte[] body, Asked asked) {
    return MessageAnswer.completion(Upstream.answer(body), now());
  }

  @Override
  public StreamTranslation stream(Asked asked) {
    return new MessageStream(asked.usage(), now());
  }

  @Override
  public byte[] error(int status, byte[] body, String requestId) {
    return Errors.openAi(status, Errors.Said.of(status, body));
  }

  private long now() {
    return clock.now().getEpochSecond();
  }
}
