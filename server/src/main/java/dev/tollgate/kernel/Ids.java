package dev.tollgate.kernel;

import com.github.f4b6a3.uuid.UuidCreator;
import java.time.Instant;
import java.util.UUID;

/** Identifiers: UUIDs of version 7 (RFC 9562, section 5.7), whose order is that of their making. */
public final class Ids {

  private Ids() {}

  /** A new identifier, carrying the present millisecond. */
  public static UUID next() {
    return UuidCreator.getTimeOrderedEpochPlus1();
  }

  /** An identifier that carries the millisecond of {@code instant}. */
  public static UUID at(Instant instant) {
    return UuidCreator.getTimeOrderedEpoch(instant);
  }

  /** The millisecond that {@code id} was made in, as it carries it. */
  public static Instant instant(UUID id) {
    return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
  }
}
