package dev.tollgate.litellm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of models and their prices, as far as reading needs it. */
public interface PriceList {

  /**
   * A model with a price.
   *
   * @param vendor the list that has it
   * @param id its name there
   */
  record Priced(String vendor, String id) {}

  /** The names of a vendor's models; none where the vendor is not known. */
  List<String> models(String vendor);

  /** The price of a model that a provider of this dialect serves; null: it has none. */
  @Nullable Priced find(String dialect, String model);
}
