package dev.tollgate.tenancy;

import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads the whole chain of the audit, by parts, and computes it anew outside the database. */
final class AuditChain {

  private static final HexFormat HEX = HexFormat.of();
  private static final String BEFORE_THE_FIRST = "00".repeat(32);
  private static final int CHUNK = 1_000;

  private AuditChain() {}

  static AuditVerdict verify(Storage storage) {
    String previous = BEFORE_THE_FIRST;
    long seq = 0;
    while (true) {
      long after = seq;
      List<Link> links = storage.transact(Access.admin(), handle -> links(handle, after));
      for (Link link : links) {
        seq++;
        String wrong = link.wrong(seq, previous);
        if (wrong != null) {
          return new AuditVerdict.Broken(seq, wrong);
        }
        previous = link.hash;
      }
      if (links.size() < CHUNK) {
        return new AuditVerdict.Intact(seq, previous);
      }
    }
  }

  private static List<Link> links(Handle handle, long after) {
    return handle
        .createQuery(
            """
            SELECT seq, encode(previous, 'hex') AS previous, encode(hash, 'hex') AS hash,
              audit_canonical(audit_log) AS canonical
            FROM audit_log WHERE seq > :after ORDER BY seq LIMIT :limit
            """)
        .bind("after", after)
        .bind("limit", CHUNK)
        .map((row, context) ->
            new Link(
                row.getLong("seq"),
                row.getString("previous"),
                row.getString("hash"),
                row.getString("canonical")))
        .list();
  }

  /** What the chain is made of; hashes are in hexadecimal. */
  private record Link(long seq, String previous, String hash, String canonical) {

    @Nullable String wrong(long expectedSeq, String expectedPrevious) {
      if (seq != expectedSeq) {
        return "it is missing; the next that is there is " + seq;
      }
      if (!previous.equals(expectedPrevious)) {
        return "it does not follow from the entry before";
      }
      return hash.equals(computed()) ? null : "its hash is not that of its content";
    }

    private String computed() {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(HEX.parseHex(previous));
        return HEX.formatHex(digest.digest(canonical.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }
}
