package dev.tollgate.spend;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The prices of a model, read from dollars a million tokens into nanos a token. */
final class PriceReader {

  private static final BigDecimal PER_MILLION_TO_NANOS = new BigDecimal("1000");
  static final BigDecimal PER_THOUSAND_TO_NANOS = new BigDecimal("1000000");

  private static final Set<String> RATES =
      Set.of(
          "input",
          "output",
          "cache_read",
          "cache_write_5m",
          "cache_write_1h",
          "input_audio",
          "output_audio");
  private static final Set<String> TARIFF = with(RATES, "long_context");
  private static final Set<String> PRICE = with(TARIFF, "from", "web_search", "source");
  private static final Set<String> LONG_CONTEXT = with(RATES, "over", "times");

  private PriceReader() {}

  /** The prices of {@code model}, latest first. */
  static List<Price> prices(Fields model, BigDecimal vendorSearch) {
    List<Price> prices = new ArrayList<>();
    Set<Instant> seen = new HashSet<>();
    for (Fields item : model.objects("prices")) {
      item.only(PRICE);
      Instant from = from(item);
      if (!seen.add(from)) {
        throw item.wrong("from", "must be another than that of an earlier price");
      }
      BigDecimal perThousand = item.decimal("web_search");
      BigDecimal search =
          perThousand == null ? vendorSearch : perThousand.multiply(PER_THOUSAND_TO_NANOS);
      Tariff standard = tariff(item);
      prices.add(
          new Price(
              from,
              standard,
              serviceTiers(model, standard),
              factors(model, "speeds"),
              factors(model, "geos"),
              search));
    }
    prices.sort(Comparator.comparing(Price::from).reversed());
    return prices;
  }

  /** A day such as {@code 2026-10-07}; null: the field is not there. */
  static @Nullable LocalDate day(Fields fields, String name) {
    String value = fields.string(name);
    if (value == null) {
      return null;
    }
    try {
      return LocalDate.parse(value);
    } catch (DateTimeException e) {
      throw fields.wrong(name, "must be a day such as 2026-10-07");
    }
  }

  private static Instant from(Fields item) {
    LocalDate day = day(item, "from");
    return day == null ? Instant.EPOCH : day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static Map<String, Tariff> serviceTiers(Fields model, Tariff standard) {
    return model.each(
        "service_tiers",
        (all, name) -> {
          if (all.isObject(name)) {
            return tariff(all.object(name).only(TARIFF));
          }
          return standard.times(all.decimal(name, BigDecimal.ONE));
        });
  }

  private static Map<String, BigDecimal> factors(Fields model, String name) {
    return new HashMap<>(model.each(name, (all, term) -> all.decimal(term, BigDecimal.ONE)));
  }

  private static Tariff tariff(Fields fields) {
    Rates base = rates(fields);
    List<Tariff.LongContext> steps = new ArrayList<>();
    for (Fields item : fields.objects("long_context")) {
      item.only(LONG_CONTEXT);
      long over = item.whole("over", 0);
      if (over < 1 || (!steps.isEmpty() && over <= steps.getLast().over())) {
        throw item.wrong("over", "must be a number of tokens, rising from step to step");
      }
      BigDecimal times = item.decimal("times");
      steps.add(new Tariff.LongContext(over, times == null ? rates(item) : base.times(times)));
    }
    return new Tariff(base, steps);
  }

  /**
   * A class without a rate of its own costs what the class it is made of costs: nothing is free by
   * omission.
   */
  private static Rates rates(Fields fields) {
    BigDecimal input = nanos(fields, "input", null);
    BigDecimal output = nanos(fields, "output", null);
    BigDecimal write = nanos(fields, "cache_write_5m", input);
    return new Rates(
        input,
        nanos(fields, "cache_read", input),
        write,
        nanos(fields, "cache_write_1h", write),
        output,
        nanos(fields, "input_audio", input),
        nanos(fields, "output_audio", output));
  }

  private static BigDecimal nanos(Fields fields, String name, @Nullable BigDecimal otherwise) {
    BigDecimal dollars = fields.decimal(name);
    if (dollars != null) {
      if (dollars.compareTo(BigDecimal.valueOf(10_000)) > 0) {
        throw fields.wrong(name, "is in dollars a million tokens, and that is too much");
      }
      return dollars.multiply(PER_MILLION_TO_NANOS);
    }
    if (otherwise == null) {
      throw fields.wrong(name, "must be there, in dollars a million tokens");
    }
    return otherwise;
  }

  private static Set<String> with(Set<String> names, String... more) {
    Set<String> all = new HashSet<>(names);
    all.addAll(List.of(more));
    return all;
  }
}
