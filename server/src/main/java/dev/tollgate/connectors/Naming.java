package dev.tollgate.connectors;

import dev.tollgate.mcp.Elements;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How things of one connector are called among those of all: {@code connector__tool}, and {@code
 * connector+scheme:rest} for resources. Pure.
 */
final class Naming {

  private static final String NAME = "__";
  private static final String URI = "+";

  private Naming() {}

  /** A name or URI of all, taken apart; null: it is none. */
  record Apart(String connector, String own) {
    static @Nullable Apart name(@Nullable String name) {
      return at(name, NAME);
    }

    static @Nullable Apart uri(@Nullable String uri) {
      return at(uri, URI);
    }

    private static @Nullable Apart at(@Nullable String text, String mark) {
      int at = text == null ? -1 : text.indexOf(mark);
      return text == null || at <= 0
          ? null
          : new Apart(text.substring(0, at), text.substring(at + mark.length()));
    }
  }

  /** Those of {@code uris} that are this connector's, under its own names. */
  static Set<String> own(String connector, Set<String> uris) {
    Set<String> own = new LinkedHashSet<>();
    for (String uri : uris) {
      Apart apart = Apart.uri(uri);
      if (apart != null && apart.connector().equals(connector)) {
        own.add(apart.own());
      }
    }
    return own;
  }

  /** A notification whose resource is under the names of all. */
  static Message.Notification changed(String connector, Message.Notification notification) {
    return notification.method().equals(Method.RESOURCE_UPDATED)
        ? new Message.Notification(
            notification.method(),
            uri(connector, Members.orNone(notification.params()), "uri").raw())
        : notification;
  }

  static Raw name(String connector, String own) {
    return Raw.string(connector + NAME + own);
  }

  static Raw uri(String connector, String own) {
    return Raw.string(connector + URI + own);
  }

  /** An item of a list, renamed by what names it. */
  static Raw item(String connector, String method, Raw item) {
    Members members = Members.orNone(item);
    return switch (method) {
      case Method.RESOURCES_LIST -> uri(connector, members, "uri").raw();
      case Method.TEMPLATES_LIST -> uri(connector, members, "uriTemplate").raw();
      default -> {
        String name = members.string("name");
        yield name == null ? item : members.with("name", name(connector, name)).raw();
      }
    };
  }

  private static Members uri(String connector, Members members, String field) {
    String uri = members.string(field);
    return uri == null ? members : members.with(field, uri(connector, uri));
  }

  /** A result whose resources are under the names of all. */
  static Raw result(String connector, String method, Raw result) {
    return switch (method) {
      case Method.RESOURCES_READ -> within(connector, result, "contents", Naming::contents);
      case Method.TOOLS_CALL -> within(connector, result, "content", Naming::block);
      case Method.PROMPTS_GET -> within(connector, result, "messages", Naming::message);
      default -> result;
    };
  }

  private interface Renaming {
    Raw of(String connector, Raw value);
  }

  private static Raw within(String connector, Raw result, String field, Renaming renaming) {
    Members members = Members.of(result);
    Raw list = members.get(field);
    if (list == null || !list.isArray()) {
      return result;
    }
    List<Raw> renamed =
        Elements.of(list).stream().map(each -> renaming.of(connector, each)).toList();
    return members.with(field, Elements.raw(renamed)).raw();
  }

  private static Raw contents(String connector, Raw contents) {
    return uri(connector, Members.orNone(contents), "uri").raw();
  }

  /** Links to resources, and resources themselves; anything else stays as it is. */
  private static Raw block(String connector, Raw block) {
    Members members = Members.orNone(block);
    String type = String.valueOf(members.string("type"));
    return switch (type) {
      case "resource_link" -> uri(connector, members, "uri").raw();
      case "resource" ->
          members.with("resource", uri(connector, members.within("resource"), "uri").raw()).raw();
      default -> block;
    };
  }

  private static Raw message(String connector, Raw message) {
    Members members = Members.orNone(message);
    Raw content = members.get("content");
    return content == null ? message : members.with("content", block(connector, content)).raw();
  }
}
