package dev.tollgate.pooling;

/** Hears what happens in a pool; called without a lock, on the thread that did it. */
public interface PoolListener<K> {

  /** Why a resource was closed. */
  enum Reason {
    IDLE,
    AGED,
    /** Another key needed its place. */
    DISPLACED,
    DRAINED,
    /** It was set apart for a caller, who has no more use for it. */
    SET_APART,
    /** It did not work any more, or its caller said so. */
    BROKEN
  }

  /** A caller was served after {@code waitedNanos}. */
  default void acquired(K key, long waitedNanos) {}

  /** A caller was not served in time. */
  default void timedOut(K key) {}

  /** A resource was closed. */
  default void closed(K key, Reason reason) {}

  /** A resource could not be made. */
  default void failed(K key, Throwable cause) {}

  /** Hears nothing. */
  static <K> PoolListener<K> none() {
    return new PoolListener<>() {};
  }
}
