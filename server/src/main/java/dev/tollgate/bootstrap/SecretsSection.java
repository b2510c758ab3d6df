package dev.tollgate.bootstrap;

import dev.tollgate.secrets.MasterKey;
import dev.tollgate.secrets.MasterKeys;
import org.jspecify.annotations.Nullable;

/** What is stored encrypted. */
@Section
record SecretsSection(
    @Key(
            about =
                """
                32 bytes in base64, the same on every node; without it no credential is stored.
                `tollgate secrets new-key` makes one. Keep a copy: what is stored is lost with it.\
                """,
            example = "${TOLLGATE_MASTER_KEY}")
        @Nullable MasterKey masterKey,
    @Key(
            about = "The master key until now, given once to replace it.",
            example = "${TOLLGATE_OLD_MASTER_KEY}")
        @Nullable MasterKey previousMasterKey) {

  SecretsSection {
    Checks.that(
        previousMasterKey == null || masterKey != null,
        "previous-master-key needs master-key, the one that replaces it");
  }

  MasterKeys keys() {
    return new MasterKeys(masterKey, previousMasterKey);
  }
}
