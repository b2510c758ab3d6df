package dev.tollgate.classification;

/**
 * What of a request tells its kind: the user's last turn that says something, and what is around
 * it.
 *
 * @param text of that turn; of a long one its beginning and its end ({@link #HEAD}, {@link #TAIL})
 * @param length of that turn's text, in characters, all of it
 * @param system the beginning of the system prompt ({@link #SYSTEM}); empty: none
 * @param systemLength of the system prompt, in characters
 * @param turns messages before that turn
 * @param images in that turn and behind it
 * @param documents in that turn and behind it
 * @param earlier images and documents in the turns before it
 * @param tools that are offered
 */
public record Prompt(
    String text,
    int length,
    String system,
    int systemLength,
    int turns,
    int images,
    int documents,
    int earlier,
    int tools) {

  /** At most so many characters of the beginning. */
  static final int HEAD = 4_096;

  /** At most so many characters of the end. */
  static final int TAIL = 2_048;

  /** At most so many characters of the system prompt. */
  static final int SYSTEM = 1_024;

  /**
   * Reads a body of the Messages, Chat Completions or Responses API, which has been scanned before
   * and is a JSON object.
   */
  public static Prompt of(byte[] body) {
    return PromptReader.read(body);
  }
}
