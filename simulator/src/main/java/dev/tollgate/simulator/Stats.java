package dev.tollgate.simulator;

import java.util.Map;

/**
 * What has happened since the start or the last reset; requests to {@code /simulator} not counted.
 *
 * @param requests that arrived
 * @param active arrived and not yet ended in any way, parked ones included
 * @param parked waiting at the closed gate
 * @param completed answered to the last byte, errors included
 * @param cancelled given up by the caller before the last byte
 * @param cut broken off by the simulator, as it was told
 * @param connections open now, the control API's included
 * @param models what completed answers reported, by model
 */
public record Stats(
    long requests,
    long active,
    long parked,
    long completed,
    long cancelled,
    long cut,
    long connections,
    Map<String, ModelTotals> models) {

  /**
   * What completed answers of one model reported in sum.
   *
   * @param inputTokens every token of the prompts, cached ones included
   * @param outputTokens every token generated, reasoning included
   */
  public record ModelTotals(long answers, long inputTokens, long outputTokens) {}
}
