package dev.tollgate.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Keeps tests that await something from failing for what a thread of another test threw: classes
 * run beside each other, and Awaitility would take the exceptions of all threads for its own. What
 * is awaited may take a minute, for what runs beside it may be slow.
 */
public final class AwaitsApart implements BeforeAllCallback {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.doNotCatchUncaughtExceptionsByDefault();
    Awaitility.setDefaultTimeout(PATIENCE);
  }
}
