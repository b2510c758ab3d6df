package dev.tollgate.translation;

/** Callers of Messages at a provider of Chat Completions. */
final class MessagesToChat implements Translation {

  @Override
  public Translated request(byte[] body, Target target) {
    return new MessageRequest(Members.body(body), target).translate();
  }

  @Override
  public byte[] answer(byte[] body, Asked asked) {
    return CompletionAnswer.message(Upstream.answer(body), asked.thinking());
  }

  @Override
  public StreamTranslation stream(Asked asked) {
    return new ChunkStream(asked.thinking());
  }

  @Override
  public byte[] error(int status, byte[] body, String requestId) {
    return Errors.anthropic(status, Errors.Said.of(status, body), requestId);
  }
}
