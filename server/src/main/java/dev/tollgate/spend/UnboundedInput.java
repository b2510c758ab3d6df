package dev.tollgate.spend;

import java.util.Locale;

/** What to do with input that is not in the body: file ids, links to documents, past answers. */
public enum UnboundedInput {
  /** It counts as the model's whole context window. */
  WINDOW,
  /** The call is refused: {@code unbounded_estimate}. */
  REFUSE;

  /** The name in configuration and on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
