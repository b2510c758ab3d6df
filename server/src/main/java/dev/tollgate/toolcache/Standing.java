package dev.tollgate.toolcache;

/** Whether answers may be kept and given now. */
sealed interface Standing {

  /**
   * They may, under this generation.
   *
   * @param generation part of the key of every answer
   * @param id what must still hold in Redis for an answer to be kept there; empty where Redis has
   *     no part in it
   */
  record Leased(String generation, String id) implements Standing {

    boolean shared() {
      return !id.isEmpty();
    }
  }

  /** They may not: something is being written, or it cannot be known. */
  enum Unleased implements Standing {
    UNLEASED,
    /** The answers took longer than they are good for; asking again may help. */
    TOO_LATE
  }
}
