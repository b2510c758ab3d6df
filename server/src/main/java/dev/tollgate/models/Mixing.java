package dev.tollgate.models;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Hashes of 64 bits for spreading things evenly; not for secrets. Allocates nothing. */
final class Mixing {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Mixing() {}

  /** The finalizer of SplitMix64, a bijection (Steele, Lea, Flood 2014). */
  static long mix(long z) {
    long once = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long twice = (once ^ (once >>> 27)) * 0x94d049bb133111ebL;
    return twice ^ (twice >>> 31);
  }

  /** Mixes {@code bytes} from {@code from} to {@code to} into {@code hash}. */
  static long mix(long hash, byte[] bytes, int from, int to) {
    long mixed = hash;
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      mixed = mix(mixed ^ (long) LONGS.get(bytes, at));
    }
    long rest = (long) to - from;
    for (; at < to; at++) {
      rest = rest << Byte.SIZE | (bytes[at] & 0xff);
    }
    return mix(mixed ^ rest);
  }

  /** Mixes the characters of {@code text} into {@code hash}. */
  static long mix(long hash, String text) {
    long mixed = hash;
    for (int i = 0; i < text.length(); i++) {
      mixed = mix(mixed ^ text.charAt(i));
    }
    return mix(mixed ^ text.length());
  }
}
