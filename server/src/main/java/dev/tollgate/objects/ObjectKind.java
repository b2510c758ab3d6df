package dev.tollgate.objects;

import java.util.Locale;

/** What an id on a provider's side stands for. */
public enum ObjectKind {
  RESPONSE,
  /** Of a response: a message, a call, reasoning. */
  ITEM,
  CONVERSATION,
  CONTAINER,
  FILE,
  AUDIO,
  MESSAGE;

  /** The name in the table. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
