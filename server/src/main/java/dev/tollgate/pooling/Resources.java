package dev.tollgate.pooling;

import java.util.concurrent.CompletionStage;

/**
 * How resources are made and ended.
 *
 * <p>Called on any thread, without a lock; nothing here may block.
 *
 * @param <K> what tells one kind of resource from another; with {@code equals} and {@code hashCode}
 */
public interface Resources<K, T> {

  /** Makes one; the stage fails where none can be made. */
  CompletionStage<T> create(K key);

  /** Ends one and forgets its secrets; called once for each that was made. */
  CompletionStage<Void> close(K key, T resource);

  /** Whether it still works, as far as can be told at once. */
  default boolean usable(T resource) {
    return true;
  }

  /** Whose common cap the key counts against; by default all keys are one group. */
  default Object group(K key) {
    return Resources.class;
  }
}
