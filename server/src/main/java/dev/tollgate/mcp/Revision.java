package dev.tollgate.mcp;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The revisions of the protocol that are spoken here, oldest first. */
public enum Revision {
  V2024_11_05("2024-11-05"),
  V2025_03_26("2025-03-26"),
  V2025_06_18("2025-06-18"),
  V2025_11_25("2025-11-25"),
  V2026_07_28("2026-07-28");

  /** The newest of the session era. */
  public static final Revision NEWEST_LEGACY = V2025_11_25;

  /** The one of the stateless era. */
  public static final Revision MODERN = V2026_07_28;

  private final String wire;

  Revision(String wire) {
    this.wire = wire;
  }

  /** As messages and headers write it. */
  public String wire() {
    return wire;
  }

  public Era era() {
    return this == V2026_07_28 ? Era.MODERN : Era.LEGACY;
  }

  /** Null: not one that is spoken here. */
  public static @Nullable Revision of(@Nullable String wire) {
    for (Revision revision : values()) {
      if (revision.wire.equals(wire)) {
        return revision;
      }
    }
    return null;
  }

  /** All of them as messages write them, newest first. */
  public static List<String> supported() {
    return Arrays.stream(values()).map(Revision::wire).toList().reversed();
  }
}
