package dev.tollgate.litellm;

/**
 * Something of a source that is not as it was.
 *
 * @param path where it stands in the source, such as {@code model_list[2].litellm_params.rpm}
 * @param why what is different, in a sentence without its stop
 * @param instead what to do about it; "": nothing
 */
public record Finding(Kind kind, String path, String why, String instead) {

  /** How much of it was carried. */
  public enum Kind {
    /** Not at all. */
    LOST,
    /** It was, but works differently, or there is something left to do. */
    NOTE
  }
}
