package dev.tollgate.bootstrap;

import dev.tollgate.models.ModelsConfig.Disconnect;
import dev.tollgate.spend.Estimation;
import dev.tollgate.spend.JournalBounds;
import dev.tollgate.spend.UnboundedInput;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Money. */
@Section
record SpendSection(
    @Key(
            about =
                """
                How much a new organization's calls hold: capped (the learned bound; the output
                maximum is lowered to what fits), strict (the proven bound or nothing), expected
                (an average, which may be exceeded).\
                """,
            preset = "capped")
        Estimation estimation,
    @Key(about = "The ladder of a new organization: default, percent or off.", preset = "default")
        Preset ladder,
    @Key(about = "How long a call waits for money that other calls hold.", preset = "5s")
        Duration heldWait,
    @Key(
            about =
                """
                Input that is not in the body, such as a file's id: window (counts as all that
                the model can read) or refuse.\
                """,
            preset = "window")
        UnboundedInput unboundedInput,
    @Key(
            about =
                """
                Whether capped learns from providers' reports how many tokens a byte of text
                has; false keeps to a token a byte, which is proven.\
                """,
            preset = "true")
        boolean learning,
    @Key(
            about = "Prices and capabilities that go before the catalogue's.",
            example = "/etc/tollgate/prices.json")
        @Nullable Path pricesOverlay,
    @Key(about = "How long an answer's last byte waits for its charge.", preset = "10s")
        Duration settleTimeout,
    @Key(
            about =
                """
                When a caller goes away: cancel (the provider stops at once, what was delivered
                is charged) or drain (its own report is awaited and charged).\
                """,
            preset = "cancel")
        Disconnect disconnect,
    @Key(about = "How long drain waits for that report.", preset = "2s") Duration drainTimeout,
    @Key(
            about =
                """
                How much the journal under --data may have in all. When it is nearly full of what
                PostgreSQL does not have yet, no new call is granted.\
                """,
            preset = "1GiB")
        Size journalSize,
    @Key(
            about =
                """
                How long the journal keeps, within its size, what PostgreSQL has: a database that
                is restored to a backup of that age loses nothing.\
                """,
            preset = "7d")
        Duration journalRetention) {

  SpendSection {
    Checks.that(!heldWait.isNegative(), "held-wait is negative");
    Checks.positive("settle-timeout", settleTimeout);
    Checks.positive("drain-timeout", drainTimeout);
    Checks.that(
        journalSize.bytes() >= JournalBounds.LEAST_BYTES,
        "journal-size must be at least " + (JournalBounds.LEAST_BYTES >> 20) + "MiB");
    Checks.positive("journal-retention", journalRetention);
  }

  /** A ready-made policy for emptying budgets. */
  enum Preset {
    DEFAULT,
    PERCENT,
    OFF
  }
}
