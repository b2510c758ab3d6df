package dev.tollgate.spend;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every model that is known: what it costs, from when on, and what it can do.
 *
 * <p>Immutable. Read from three layers of one form, each laid over the one before: {@code
 * prices.json} (made by {@code tools/refresh-prices} from the npm package {@code
 * @pydantic/genai-prices}), {@code models.json} (capabilities, and prices that the first does not
 * have yet), and the operator's own file.
 */
public final class PriceCatalogue {

  private static final Duration FRESH = Duration.ofDays(60);

  private final String version;
  private final LocalDate generated;
  private final Map<String, Vendor> vendors;

  PriceCatalogue(String version, LocalDate generated, Map<String, Vendor> vendors) {
    this.version = version;
    this.generated = generated;
    this.vendors = new LinkedHashMap<>(vendors);
  }

  /**
   * One price list.
   *
   * @param models in the order of the file
   * @param names the same by every name they go by
   */
  record Vendor(String dialect, List<ModelEntry> models, Map<String, ModelEntry> names) {}

  /**
   * Reads the catalogue.
   *
   * @param overlay the operator's own file, laid over ours; null: none
   * @throws dev.tollgate.kernel.Failure naming file and field, if anything in it is wrong
   */
  public static PriceCatalogue load(@Nullable Path overlay) {
    return CatalogueReader.read(CatalogueLayers.shipped(overlay));
  }

  /**
   * The model that {@code vendor} sells as {@code name}: by its name, an alias, or either with the
   * date of a snapshot; null: there is none.
   */
  public @Nullable ModelEntry find(String vendor, String name) {
    Vendor list = vendors.get(vendor);
    if (list == null) {
      return null;
    }
    ModelEntry exact = list.names().get(name);
    return exact != null ? exact : list.names().get(ModelNames.withoutDate(name));
  }

  /** As {@link #find}; a model that is not there gets an entry without price or bounds. */
  public ModelEntry entry(String vendor, String dialect, String name) {
    ModelEntry found = find(vendor, name);
    return found != null ? found : ModelEntry.unknown(vendor, dialect, name);
  }

  /** Every model of {@code vendor}; none where the vendor is not known. */
  public List<ModelEntry> models(String vendor) {
    Vendor list = vendors.get(vendor);
    return list == null ? List.of() : list.models();
  }

  /** The vendors, by name: {@code anthropic}, {@code openai} and others that speak a dialect. */
  public List<String> vendors() {
    return List.copyOf(vendors.keySet());
  }

  /** The wire format that {@code vendor} serves its models in; null: the vendor is not known. */
  public @Nullable String dialect(String vendor) {
    Vendor list = vendors.get(vendor);
    return list == null ? null : list.dialect();
  }

  /** What the ledger keeps beside each charge: the day and a digest of all layers. */
  public String version() {
    return version;
  }

  /** The day on which the prices were taken from their source. */
  public LocalDate generated() {
    return generated;
  }

  /** Whether the prices are older than 60 days at {@code now}, which deserves a warning. */
  public boolean staleAt(Instant now) {
    return now.isAfter(generated.atStartOfDay(ZoneOffset.UTC).toInstant().plus(FRESH));
  }
}
