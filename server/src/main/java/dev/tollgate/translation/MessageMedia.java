package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.translation.Node.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Images and documents of Messages. */
final class MessageMedia {

  private static final String KEPT = "it cannot read files that are kept at Anthropic";

  private MessageMedia() {}

  static MessageBlock image(Members block) {
    Members source = source(block);
    String type = source.needWord("type");
    MessageBlock image =
        switch (type) {
          case "base64" -> base64(block, source, true, "");
          case "url" -> {
            Node url = source.need("url", Kind.STRING);
            yield new MessageBlock.Media(block.path(), true, "", url, "");
          }
          case "file" -> throw cannot(source.path(), KEPT);
          default -> throw cannot(source.path("type"), "it knows no source " + type);
        };
    source.done();
    block.refuseBut(
        "transformations",
        "it sizes images as it likes",
        "{}",
        "{\"oversized_image\":\"downsize\"}");
    return image;
  }

  /** A document's title and context come before it, as text, but for the title of a PDF. */
  static List<MessageBlock> document(Members block) {
    Members source = source(block);
    String type = source.needWord("type");
    Node title = block.take("title", Kind.STRING);
    Node context = block.take("context", Kind.STRING);
    citations(block);
    List<MessageBlock> parts = new ArrayList<>();
    if (context != null && !context.isBlank()) {
      parts.add(new MessageBlock.Text(block.path("context"), context, ""));
    }
    switch (type) {
      case "base64" -> {
        String name = title == null || title.isBlank() ? "document.pdf" : title.text();
        parts.add(base64(block, source, false, name));
      }
      case "text" -> {
        source.drop("media_type");
        text(title, block.path("title"), parts);
        text(source.need("data", Kind.STRING), source.path("data"), parts);
      }
      case "content" -> {
        text(title, block.path("title"), parts);
        parts.addAll(MessageBlock.all(source, "content"));
      }
      case "url" ->
          throw cannot(source.path("url"), "it takes documents by their bytes, not by an address");
      case "file" -> throw cannot(source.path(), KEPT);
      default -> throw cannot(source.path("type"), "it knows no source " + type);
    }
    source.done();
    return parts;
  }

  private static void text(@Nullable Node text, String path, List<MessageBlock> parts) {
    if (text != null && !text.isBlank()) {
      parts.add(new MessageBlock.Text(path, text, ""));
    }
  }

  private static Members source(Members block) {
    return Members.of(block.need("source", Kind.OBJECT), block.path("source"));
  }

  private static MessageBlock base64(
      Members block, Members source, boolean image, String filename) {
    String type = source.needWord("media_type");
    Node data = source.need("data", Kind.STRING);
    if (image ? !DataUrl.IMAGES.contains(type) : !type.equals(DataUrl.PDF)) {
      throw cannot(source.path("media_type"), "it takes nothing of type " + type + " here");
    }
    String prefix = "data:" + type + ";base64,";
    return new MessageBlock.Media(block.path(), image, prefix, data, filename);
  }

  private static void citations(Members block) {
    Node citations = block.take("citations", Kind.OBJECT);
    if (citations != null) {
      Members members = Members.of(citations, block.path("citations"));
      members.refuseBut("enabled", "it cites no documents", "false");
      members.done();
    }
  }
}
