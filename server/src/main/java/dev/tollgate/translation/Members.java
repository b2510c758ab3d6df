package dev.tollgate.translation;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * The members of one object of a request, each to be decided on: what was neither taken nor dropped
 * when {@link #done} is called is refused by its name.
 */
final class Members {

  /** More than any documented object has. */
  private static final int MOST = 100;

  private final Node object;
  private final String path;
  private final boolean[] decided;

  private Members(Node object, String path) {
    this.object = object;
    this.path = path;
    this.decided = new boolean[object.names.size()];
  }

  /** A request's body. */
  static Members body(byte[] body) {
    try {
      return of(Node.parse(body, 0, body.length), "");
    } catch (StreamConstraintsException tooMuch) {
      throw Failure.of(
          ErrorCode.INVALID_REQUEST,
          "the body has more values, or is nested more deeply, than can be carried into the API of"
              + " the model that serves this call",
          tooMuch);
    } catch (JacksonException malformed) {
      throw Failure.of(ErrorCode.INVALID_REQUEST, "the body is not valid JSON", malformed);
    }
  }

  static Members of(Node node, String path) {
    if (!node.is(Node.Kind.OBJECT)) {
      throw wrong(path, "an object");
    }
    Members members = new Members(node, path);
    members.refuseTwice();
    return members;
  }

  /** A second member of one name could be the one that counts at the provider. */
  private void refuseTwice() {
    List<String> names = object.names;
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (i == MOST) {
        throw cannot(path(name), "it comes after " + MOST + " others");
      }
      if (names.indexOf(name) < i) {
        throw Failure.invalid(path(name), "the field " + path(name) + " is there twice");
      }
    }
  }

  /** Where a member is, as errors name it. */
  String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  String path() {
    return path;
  }

  /** A member, decided on by this; null: not there, or null. */
  @Nullable Node take(String name) {
    int at = object.names.indexOf(name);
    if (at < 0) {
      return null;
    }
    decided[at] = true;
    Node value = object.values.get(at);
    return value.is(Node.Kind.NULL) ? null : value;
  }

  @Nullable Node take(String name, Node.Kind kind) {
    Node value = take(name);
    if (value != null && !value.is(kind)) {
      throw wrong(path(name), article(kind));
    }
    return value;
  }

  Node need(String name, Node.Kind kind) {
    Node value = take(name, kind);
    if (value == null) {
      throw Failure.invalid(path(name), "the field " + path(name) + " is missing");
    }
    return value;
  }

  /** The text of a short string, such as a type; null: not there. */
  @Nullable String word(String name) {
    Node value = take(name, Node.Kind.STRING);
    return value == null ? null : value.text();
  }

  /** The text of a short string that has to be there. */
  String needWord(String name) {
    return need(name, Node.Kind.STRING).text();
  }

  /** A boolean; false where it is not there. */
  boolean flag(String name) {
    Node value = take(name);
    if (value == null || value.is(Node.Kind.FALSE)) {
      return false;
    }
    if (!value.is(Node.Kind.TRUE)) {
      throw wrong(path(name), "true or false");
    }
    return true;
  }

  /** Leaves members out, whatever they say: none of them changes the answer. */
  void drop(String... names) {
    for (String name : names) {
      take(name);
    }
  }

  /** Refuses members, whatever they say but null. */
  void refuse(String why, String... names) {
    for (String name : names) {
      if (take(name) != null) {
        throw cannot(path(name), why);
      }
    }
  }

  /** Refuses a member unless it says one of {@code harmless}, as it is written in JSON. */
  void refuseBut(String name, String why, String... harmless) {
    Node value = take(name);
    if (value != null && !List.of(harmless).contains(value.json())) {
      throw cannot(path(name), why);
    }
  }

  /** What has not been decided on is not known here, so it is refused. */
  void done() {
    for (int i = 0; i < decided.length; i++) {
      if (!decided[i] && !object.values.get(i).is(Node.Kind.NULL)) {
        throw cannot(path(object.names.get(i)), "it is not known here");
      }
    }
  }

  static Failure wrong(String path, String what) {
    String where = path.isEmpty() ? "the body" : "the field " + path;
    return path.isEmpty()
        ? Failure.of(ErrorCode.INVALID_REQUEST, where + " must be " + what)
        : Failure.invalid(path, where + " must be " + what);
  }

  /** What the model's own API has no word for. */
  static Failure cannot(String path, String why) {
    return Failure.invalid(
        path,
        "the field "
            + path
            + " cannot be carried into the API of the model that serves this call: "
            + why);
  }

  private static String article(Node.Kind kind) {
    return switch (kind) {
      case OBJECT -> "an object";
      case ARRAY -> "an array";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case TRUE, FALSE -> "true or false";
      case NULL -> "null";
    };
  }
}
