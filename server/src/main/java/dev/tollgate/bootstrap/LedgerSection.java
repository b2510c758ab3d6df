package dev.tollgate.bootstrap;

import dev.tollgate.spend.Retention;

/** What was spent, entry by entry. */
@Section
record LedgerSection(
    @Key(
            about =
                """
                How many whole months before the present one are kept, or forever. Older ones are
                dropped; what their entries sum up to, by budget and by day, stays.\
                """,
            preset = "forever")
        Retention retention) {}
