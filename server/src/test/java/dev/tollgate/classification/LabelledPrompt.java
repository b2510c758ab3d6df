package dev.tollgate.classification;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/**
 * A prompt with its label, as {@code classification/README.md} tells the files' format.
 *
 * @param language {@code en} or {@code ko}
 * @param request a body in one of three APIs by turns
 */
record LabelledPrompt(String id, Category label, String language, String request) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String FOLDER = "/classification/";
  private static final String PIXEL =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

  static List<LabelledPrompt> all(String file) {
    List<LabelledPrompt> all = new ArrayList<>();
    for (String block : resource(file).split("(?m)^=== ", -1)) {
      if (!block.isBlank()) {
        int end = block.indexOf('\n');
        all.add(of(block.substring(0, end), block.substring(end + 1).strip(), all.size()));
      }
    }
    return all;
  }

  /** The labels alone, of a file with a line for each: id, label. */
  static Map<String, Category> labels(String file) {
    Map<String, Category> labels = new HashMap<>();
    for (String line : resource(file).lines().toList()) {
      String[] words = line.strip().split(" ", -1);
      labels.put(words[0], Objects.requireNonNull(Category.named(words[1]), line));
    }
    return labels;
  }

  /** The same prompt under another's label. */
  LabelledPrompt labelled(Category other) {
    return new LabelledPrompt(id, other, language, request);
  }

  byte[] body() {
    return request.getBytes(StandardCharsets.UTF_8);
  }

  private static LabelledPrompt of(String head, String text, int number) {
    String[] words = head.strip().split(" ", -1);
    Map<String, String> options = new HashMap<>();
    for (int i = 3; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      options.put(words[i].substring(0, equals), words[i].substring(equals + 1));
    }
    String attach = options.get("attach");
    String whole = attach == null ? text : text + "\n\n" + resource("attachments/" + attach);
    return new LabelledPrompt(
        words[0],
        Objects.requireNonNull(Category.named(words[1]), head),
        words[2],
        JSON.writeValueAsString(body(whole, options, number % 3)));
  }

  private static Map<String, Object> body(String text, Map<String, String> options, int api) {
    Map<String, Object> body = new HashMap<>();
    body.put("model", "auto");
    List<Object> turns = new ArrayList<>();
    String system = options.get("system");
    if (system != null) {
      String prompt = resource("attachments/" + system.substring(1) + ".txt");
      switch (api) {
        case 0 -> body.put("system", List.of(Map.of("type", "text", "text", prompt)));
        case 1 -> turns.add(Map.of("role", "system", "content", prompt));
        default -> body.put("instructions", prompt);
      }
    }
    int before = Integer.parseInt(options.getOrDefault("turns", "0"));
    for (int i = 0; i < before; i++) {
      boolean user = (before - i) % 2 == 0;
      turns.add(
          Map.of(
              "role",
              user ? "user" : "assistant",
              "content",
              user ? "Here is what I have so far." : "Noted. What comes next?"));
    }
    turns.add(Map.of("role", "user", "content", content(text, options, api)));
    body.put(api == 2 ? "input" : "messages", turns);
    int tools = Integer.parseInt(options.getOrDefault("tools", "0"));
    if (tools > 0) {
      List<Object> offered = new ArrayList<>();
      for (int i = 0; i < tools; i++) {
        offered.add(Map.of("name", "tool_" + i, "description", "Writes, designs and analyzes."));
      }
      body.put("tools", offered);
    }
    return body;
  }

  private static Object content(String text, Map<String, String> options, int api) {
    int images = Integer.parseInt(options.getOrDefault("images", "0"));
    if (images == 0 && api == 1) {
      return text;
    }
    List<Object> blocks = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      blocks.add(
          switch (api) {
            case 0 ->
                Map.of(
                    "type",
                    "image",
                    "source",
                    Map.of("type", "base64", "media_type", "image/png", "data", PIXEL));
            case 1 ->
                Map.of(
                    "type",
                    "image_url",
                    "image_url",
                    Map.of("url", "data:image/png;base64," + PIXEL));
            default -> Map.of("type", "input_image", "image_url", "data:image/png;base64," + PIXEL);
          });
    }
    blocks.add(Map.of("type", api == 2 ? "input_text" : "text", "text", text));
    return blocks;
  }

  private static String resource(String name) {
    try (InputStream file = LabelledPrompt.class.getResourceAsStream(FOLDER + name)) {
      return new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
