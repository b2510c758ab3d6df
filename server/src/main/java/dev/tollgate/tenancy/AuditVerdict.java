package dev.tollgate.tenancy;

/** Whether the audit is as it was written. */
public sealed interface AuditVerdict {

  /**
   * Every entry follows from the one before.
   *
   * @param head the last entry's hash; kept elsewhere, it shows later whether the end was cut off
   */
  record Intact(long entries, String head) implements AuditVerdict {}

  /** The first entry, by its number, that does not follow from the one before. */
  record Broken(long seq, String why) implements AuditVerdict {}
}
