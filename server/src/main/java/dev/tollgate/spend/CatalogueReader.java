package dev.tollgate.spend;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The merged files of the catalogue as entries. */
final class CatalogueReader {

  private static final Set<String> TOP = Set.of("generated", "source", "note", "vendors");
  private static final Set<String> VENDOR =
      Set.of("dialect", "defaults", "families", "hosted_tools", "models", "note", "source");

  private CatalogueReader() {}

  static PriceCatalogue read(CatalogueLayers layers) {
    Fields top = layers.merged().only(TOP);
    LocalDate generated = PriceReader.day(top, "generated");
    if (generated == null) {
      throw top.wrong("generated", "must be there");
    }
    Map<String, PriceCatalogue.Vendor> vendors =
        top.each("vendors", (all, name) -> vendor(name, all.object(name)));
    return new PriceCatalogue(generated + "." + layers.digest(), generated, vendors);
  }

  private static PriceCatalogue.Vendor vendor(String name, Fields fields) {
    fields.only(VENDOR);
    String dialect = fields.string("dialect");
    if (dialect == null) {
      throw fields.wrong("dialect", "must be there: anthropic or openai");
    }
    Map<String, BigDecimal> tools =
        fields.each(
            "hosted_tools",
            (all, tool) ->
                all.decimal(tool, BigDecimal.ZERO).multiply(PriceReader.PER_THOUSAND_TO_NANOS));
    List<ModelEntry> models = new ArrayList<>();
    Map<String, ModelEntry> names = new HashMap<>();
    Fields all = fields.object("models");
    for (String id : all.node().propertyNames()) {
      Fields model = whole(fields, all.object(id));
      ModelEntry entry = model(name, dialect, id, tools, model);
      models.add(entry);
      register(names, id, entry, model);
      model.strings("aliases").forEach(alias -> register(names, alias, entry, model));
    }
    return new PriceCatalogue.Vendor(dialect, List.copyOf(models), Map.copyOf(names));
  }

  private static void register(
      Map<String, ModelEntry> names, String name, ModelEntry entry, Fields model) {
    ModelEntry other = names.putIfAbsent(name, entry);
    if (other != null && !other.id().equals(entry.id())) {
      throw model.wrong("aliases", "has " + name + ", which is a name of " + other.id());
    }
  }

  /** The model's own fields on top of its family's, on top of the vendor's defaults. */
  private static Fields whole(Fields vendor, Fields model) {
    JsonNode whole = vendor.object("defaults").node();
    String family = model.string("family");
    if (family != null) {
      Fields families = vendor.object("families");
      if (!families.has(family)) {
        throw model.wrong("family", "names no family of the vendor: " + family);
      }
      whole = CatalogueLayers.merge(whole, families.object(family).node());
    }
    return model.with(CatalogueLayers.merge(whole, model.node()));
  }

  private static ModelEntry model(
      String vendor,
      String dialect,
      String id,
      Map<String, BigDecimal> vendorTools,
      Fields fields) {
    fields.only(ModelFields.KNOWN);
    @Nullable BigDecimal search = vendorTools.get("web_search");
    List<Price> prices = PriceReader.prices(fields, search == null ? BigDecimal.ZERO : search);
    return new ModelEntry(
        vendor,
        id,
        fields.string("name", id),
        dialect,
        PriceReader.day(fields, "created"),
        fields.flag("free", false),
        prices,
        vendorTools,
        ModelFields.capabilities(fields));
  }
}
