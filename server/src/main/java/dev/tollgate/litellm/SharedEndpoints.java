package dev.tollgate.litellm;

import dev.tollgate.litellm.Deployment.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes deployments of one name, model and address agree in what else is said of the address, so
 * that they are several keys of one provider: in how it was called, and in the time that an answer
 * may take to begin.
 */
record SharedEndpoints(Findings findings) {

  /** What counts where nothing is said, in milliseconds. */
  private static final long USUAL = 600_000;

  List<Deployment> join(List<Deployment> deployments) {
    Map<List<@Nullable Object>, List<Deployment>> groups = new LinkedHashMap<>();
    for (Deployment each : deployments) {
      groups.computeIfAbsent(same(each), none -> new ArrayList<>()).add(each);
    }
    Map<List<@Nullable Object>, Endpoint> shared = new LinkedHashMap<>();
    groups.forEach((same, all) -> shared.put(same, shared(all)));
    return deployments.stream()
        .map(each -> {
          Endpoint endpoint = shared.get(same(each));
          return endpoint == null ? each : each.at(endpoint);
        })
        .toList();
  }

  private static List<@Nullable Object> same(Deployment each) {
    Endpoint endpoint = each.endpoint();
    return Arrays.asList(
        each.name(),
        each.model(),
        each.deployed(),
        endpoint.vendor().dialect(),
        endpoint.azure(),
        endpoint.baseUrl(),
        endpoint.headers(),
        endpoint.azureVersion());
  }

  private Endpoint shared(List<Deployment> all) {
    Endpoint first = all.getFirst().endpoint();
    String longest = first.firstByteTimeout();
    for (Deployment each : all) {
      String timeout = each.endpoint().firstByteTimeout();
      longest = millis(timeout) > millis(longest) ? timeout : longest;
    }
    long times =
        all.stream().map(each -> millis(each.endpoint().firstByteTimeout())).distinct().count();
    String paths = all.stream().map(Deployment::path).collect(Collectors.joining(", "));
    if (times > 1) {
      findings.note(
          paths,
          "they are keys of one provider, which has one time for all: the longest of theirs",
          "");
    }
    if (all.stream().map(Deployment::key).distinct().count() > 1) {
      findings.note(
          paths,
          "they are keys of one provider: conversations are spread over them evenly, and each keeps"
              + " to its key",
          "");
    }
    return first.within(longest);
  }

  private static long millis(@Nullable String timeout) {
    if (timeout == null) {
      return USUAL;
    }
    return timeout.endsWith("ms")
        ? Long.parseLong(timeout.substring(0, timeout.length() - 2))
        : 1_000 * Long.parseLong(timeout.substring(0, timeout.length() - 1));
  }
}
