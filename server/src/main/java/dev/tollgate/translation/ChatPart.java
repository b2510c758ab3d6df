package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.translation.Node.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a message's content in Chat Completions, which is a block of one in Messages. */
sealed interface ChatPart {

  /** Where it stands, as errors name it. */
  String path();

  /** Whether there is anything in it: Messages takes no empty text. */
  default boolean says() {
    return true;
  }

  void write(Out out);

  /**
   * Text, or a refusal, which is text there.
   *
   * @param cached whether the prompt up to its end is to be cached
   */
  record Text(String path, Node text, boolean cached) implements ChatPart {

    @Override
    public boolean says() {
      return !text.isBlank();
    }

    @Override
    public void write(Out out) {
      out.object().put("type", "text").put("text", text);
      cacheControl(out, cached);
      out.endObject();
    }
  }

  /** An image or a document, by its bytes in base64 or by its address. */
  record Media(
      String path,
      String type,
      @Nullable DataUrl data,
      Node url,
      @Nullable Node title,
      boolean cached)
      implements ChatPart {

    @Override
    public void write(Out out) {
      out.object().put("type", type).object("source");
      if (data == null) {
        out.put("type", "url").put("url", url);
      } else {
        out.put("type", "base64").put("media_type", data.mediaType());
        out.putString("data", "", url.bytes, data.from(), data.to());
      }
      out.endObject();
      out.put("title", title);
      cacheControl(out, cached);
      out.endObject();
    }
  }

  private static void cacheControl(Out out, boolean cached) {
    if (cached) {
      out.object("cache_control").put("type", "ephemeral").endObject();
    }
  }

  /** The parts of a member that is a string or an array; none where it is not there. */
  static List<ChatPart> all(Members message, String name) {
    Node content = message.take(name);
    return content == null ? List.of() : all(content, message.path(name));
  }

  static List<ChatPart> all(Node content, String path) {
    if (content.is(Kind.STRING)) {
      return List.of(new Text(path, content, false));
    }
    if (!content.is(Kind.ARRAY)) {
      throw Members.wrong(path, "a string or an array");
    }
    List<ChatPart> parts = new ArrayList<>(content.values.size());
    for (int i = 0; i < content.values.size(); i++) {
      parts.add(part(Members.of(content.values.get(i), path + "[" + i + "]")));
    }
    return parts;
  }

  private static ChatPart part(Members members) {
    String type = members.needWord("type");
    boolean cached = breakpoint(members);
    ChatPart part =
        switch (type) {
          case "text" -> new Text(members.path(), members.need("text", Kind.STRING), cached);
          case "refusal" -> new Text(members.path(), members.need("refusal", Kind.STRING), cached);
          case "image_url" -> image(members, cached);
          case "file" -> file(members, cached);
          case "input_audio" -> throw cannot(members.path(), "it hears no audio");
          default -> throw cannot(members.path("type"), "it knows no content of type " + type);
        };
    members.done();
    return part;
  }

  private static boolean breakpoint(Members members) {
    Node breakpoint = members.take("prompt_cache_breakpoint", Kind.OBJECT);
    if (breakpoint == null) {
      return false;
    }
    Members mark = Members.of(breakpoint, members.path("prompt_cache_breakpoint"));
    mark.refuseBut("mode", "it knows no other mode", "\"explicit\"");
    mark.done();
    return true;
  }

  private static ChatPart image(Members members, boolean cached) {
    Members image = Members.of(members.need("image_url", Kind.OBJECT), members.path("image_url"));
    Node url = image.need("url", Kind.STRING);
    // Images are always read in full there.
    image.refuseBut("detail", "images are read in full there", "\"auto\"", "\"high\"");
    image.done();
    DataUrl data = DataUrl.of(url, image.path("url"));
    if (data != null && !DataUrl.IMAGES.contains(data.mediaType())) {
      throw cannot(image.path("url"), "it sees no images of type " + data.mediaType());
    }
    return new Media(members.path(), "image", data, url, null, cached);
  }

  private static ChatPart file(Members members, boolean cached) {
    Members file = Members.of(members.need("file", Kind.OBJECT), members.path("file"));
    file.refuse("it cannot read files that are kept at OpenAI", "file_id");
    Node bytes = file.need("file_data", Kind.STRING);
    Node name = file.take("filename", Kind.STRING);
    file.done();
    DataUrl data = DataUrl.of(bytes, file.path("file_data"));
    if (data == null || !data.mediaType().equals(DataUrl.PDF)) {
      throw cannot(file.path("file_data"), "it reads PDF alone, as a data URL in base64");
    }
    return new Media(members.path(), "document", data, bytes, name, cached);
  }
}
