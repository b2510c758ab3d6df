package dev.tollgate.spend;

import dev.tollgate.kernel.Ids;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Charges as rows of {@code settlement}: what a commit sends and what the journal keeps. Not
 * thread-safe.
 */
final class ChargeRows {

  /** Of the rows: to be raised with every change of {@code settlement}. */
  static final int FORMAT = 3;

  private static final int FIELDS = 44;

  /** The format before calls of tools were charged. */
  private static final int WITHOUT_TOOLS = 1;

  /** The format before categories were told by prompts. */
  private static final int WITHOUT_AUTO = 2;

  private final RowBuffer buffer = new RowBuffer();

  /**
   * Rows of a journal as they are today.
   *
   * @return null: {@code format} is not known here
   */
  static byte @Nullable [] upgrade(int format, byte[] rows) {
    return switch (format) {
      case FORMAT -> rows;
      case WITHOUT_AUTO -> RowBuffer.widened(rows, RowBuffer.FLOAT8, RowBuffer.TEXT);
      case WITHOUT_TOOLS ->
          RowBuffer.widened(rows, RowBuffer.TEXT, RowBuffer.TEXT, RowBuffer.FLOAT8, RowBuffer.TEXT);
      default -> null;
    };
  }

  /** The rows of {@code charges}. */
  byte[] encode(List<PendingCharge> charges) {
    buffer.begin();
    for (PendingCharge charge : charges) {
      buffer.beginRow(FIELDS);
      call(charge.hold(), charge.facts());
      result(charge.outcome());
      usage(charge.outcome().usage());
      money(charge);
      tool(charge.facts());
      category(charge.facts());
      buffer.endRow();
    }
    return buffer.toBytes();
  }

  private void call(Hold hold, CallFacts facts) {
    buffer
        .instant(Ids.instant(hold.callId()))
        .id(hold.callId())
        .number(hold.attempt())
        .id(hold.scope().organizationId())
        .id(hold.scope().keyId())
        .id(hold.scope().userId())
        .text(hold.scope().project());
    switch (facts) {
      case CallFacts.Model model -> model(model);
      case CallFacts.Tool tool -> {
        buffer.text(tool.requestId());
        none(5).text(CallFacts.Tool.DIALECT);
        none(2);
      }
    }
  }

  private void model(CallFacts.Model facts) {
    buffer
        .text(facts.requestId())
        .text(facts.requestClass())
        .text(facts.category())
        .text(facts.modelAsked())
        .text(facts.modelServed())
        .text(facts.ladderStep())
        .text(facts.dialect())
        .text(facts.provider())
        .text(facts.credential());
  }

  private RowBuffer none(int texts) {
    for (int i = 0; i < texts; i++) {
      buffer.text(null);
    }
    return buffer;
  }

  private void result(Outcome outcome) {
    buffer.text(outcome.providerRequestId()).text(outcome.rawUsage());
  }

  private void usage(@Nullable Usage usage) {
    if (usage == null) {
      for (int tokens = 0; tokens < 9; tokens++) {
        buffer.number((Long) null);
      }
      buffer.text(null).text(null).text(null);
      return;
    }
    buffer
        .number(usage.input())
        .number(usage.cacheRead())
        .number(usage.cacheWrite5m())
        .number(usage.cacheWrite1h())
        .number(usage.output())
        .number(usage.reasoning())
        .number(usage.inputAudio())
        .number(usage.outputAudio())
        .number(usage.webSearches())
        .text(usage.serviceTier())
        .text(usage.speed())
        .text(usage.geo());
  }

  private void money(PendingCharge charge) {
    Outcome outcome = charge.outcome();
    List<Hold.Part> parts = charge.hold().parts();
    Money cost = outcome.cost();
    buffer
        .text(charge.facts() instanceof CallFacts.Model model ? model.priceVersion() : null)
        .number(charge.hold().amount().nanos())
        .number(cost == null ? null : (Long) cost.nanos())
        .text(outcome.status().wire())
        .number(outcome.totalMicros())
        .number(outcome.firstByteMicros())
        .number(outcome.upstreamMicros())
        .ids(parts, part -> part.lease().budget())
        .numbers(parts, part -> part.lease().window())
        .numbers(parts, part -> part.lease().id());
  }

  private void tool(CallFacts facts) {
    buffer
        .text(facts instanceof CallFacts.Tool called ? called.connector() : null)
        .text(facts instanceof CallFacts.Tool called ? called.tool() : null);
  }

  private void category(CallFacts facts) {
    buffer
        .fraction(facts instanceof CallFacts.Model model ? model.categoryConfidence() : null)
        .text(facts instanceof CallFacts.Model model ? model.categoryReason() : null);
  }
}
