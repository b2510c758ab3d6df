package dev.tollgate.http.openai;

import dev.tollgate.models.ModelListing;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The models that calls can name, as OpenAI lists them (API reference, Models). */
public final class OpenAiModelList {

  private OpenAiModelList() {}

  public static Map<String, Object> all(List<ModelListing> listings) {
    Map<String, Object> list = new LinkedHashMap<>();
    list.put("object", "list");
    list.put("data", listings.stream().map(OpenAiModelList::one).toList());
    return list;
  }

  /** One model; its release is in seconds since the epoch, zero where it is not known. */
  public static Map<String, Object> one(ModelListing listing) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("id", listing.id());
    model.put("object", "model");
    model.put(
        "created",
        listing.created() == null
            ? 0
            : listing.created().atStartOfDay(ZoneOffset.UTC).toEpochSecond());
    model.put("owned_by", listing.provider());
    return model;
  }
}
