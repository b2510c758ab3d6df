package dev.tollgate.http.anthropic;

import dev.tollgate.models.ModelListing;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The models that calls can name, as Anthropic lists them (API reference, Models). */
public final class AnthropicModelList {

  private AnthropicModelList() {}

  /** The whole list: there are few enough that no second page is ever needed. */
  public static Map<String, Object> all(List<ModelListing> listings) {
    List<Object> data = new ArrayList<>();
    listings.forEach(listing -> data.add(one(listing)));
    Map<String, Object> list = new LinkedHashMap<>();
    list.put("data", data);
    list.put("has_more", false);
    list.put("first_id", id(listings, 0));
    list.put("last_id", id(listings, listings.size() - 1));
    return list;
  }

  private static @Nullable String id(List<ModelListing> listings, int at) {
    return listings.isEmpty() ? null : listings.get(at).id();
  }

  /** One model. */
  public static Map<String, Object> one(ModelListing listing) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("type", "model");
    model.put("id", listing.id());
    model.put("display_name", listing.displayName());
    model.put(
        "created_at",
        listing.created() == null
            ? "1970-01-01T00:00:00Z"
            : listing.created().atStartOfDay(ZoneOffset.UTC).toInstant().toString());
    model.put("max_input_tokens", listing.context());
    model.put("max_tokens", listing.maxOutput());
    return model;
  }
}
