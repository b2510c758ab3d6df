package dev.tollgate.models;

import dev.tollgate.kernel.Clock;
import dev.tollgate.spend.Capabilities;
import dev.tollgate.translation.Asked;
import dev.tollgate.translation.StreamTranslation;
import dev.tollgate.translation.Target;
import dev.tollgate.translation.Translated;
import dev.tollgate.translation.Translation;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The way of one call over to the other wire format, and of its answer back. */
final class Crossing {

  private final Translation translation;
  private final Asked asked;
  private final List<String> rewritten;

  private Crossing(Translation translation, Asked asked, List<String> rewritten) {
    this.translation = translation;
    this.asked = asked;
    this.rewritten = rewritten;
  }

  /** The caller's fields that became something else than they say. */
  List<String> rewritten() {
    return rewritten;
  }

  /** Who can go over: both directions, and how a request is read on the other side. */
  static final class Border {

    private final Map<Dialect, Function<BodyBytes, Envelope>> readers;
    private final Translation chatToMessages;
    private final Translation messagesToChat;

    /**
     * @param readers of the conversations of each dialect
     */
    Border(Map<Dialect, Function<BodyBytes, Envelope>> readers, Clock clock) {
      this.readers = Map.copyOf(readers);
      this.chatToMessages = Translation.chatToMessages(clock);
      this.messagesToChat = Translation.messagesToChat();
    }

    /**
     * {@code call} in the wire format of {@code choice}; throws {@code INVALID_REQUEST} for a field
     * that cannot be carried, by its name.
     */
    Leg cross(ModelCall call, Choice choice) {
      return cross(call.body(), choice, call.dialect());
    }

    Leg cross(BodyBytes body, Choice choice, Dialect from) {
      Translation translation =
          switch (from) {
            case OPENAI -> chatToMessages;
            case ANTHROPIC -> messagesToChat;
          };
      Dialect to = choice.provider().dialect();
      Translated translated = translation.request(body.bytes(), target(choice));
      BodyBytes written = BodyBytes.of(translated.body());
      return new Leg(
          Surface.conversations(to),
          written,
          reader(to).apply(written),
          null,
          new Crossing(translation, translated.asked(), translated.rewritten()));
    }

    private Function<BodyBytes, Envelope> reader(Dialect dialect) {
      Function<BodyBytes, Envelope> reader = readers.get(dialect);
      if (reader == null) {
        throw new IllegalStateException("nobody reads " + dialect);
      }
      return reader;
    }
  }

  private static Target target(Choice choice) {
    Capabilities capabilities = choice.entry().capabilities();
    Capabilities.Reasoning reasoning = capabilities.reasoning();
    boolean known = !capabilities.equals(Capabilities.UNKNOWN);
    return new Target(
        choice.model(),
        capabilities.limits().maxOutput(),
        reasoning.maximumField(),
        reasoning.forms().stream().map(Crossing::form).collect(Collectors.toSet()),
        known ? reasoning.efforts() : null);
  }

  private static Target.Thinking form(Capabilities.Form form) {
    return switch (form) {
      case DISABLED -> Target.Thinking.DISABLED;
      case BETWEEN_TOOLS -> Target.Thinking.BETWEEN_TOOLS;
      case ENABLED -> Target.Thinking.ENABLED;
      case ADAPTIVE -> Target.Thinking.ADAPTIVE;
    };
  }

  /** A whole answer as the caller takes it; throws {@code UPSTREAM_INVALID}. */
  byte[] answer(byte[] body) {
    return translation.answer(body, asked);
  }

  /** Begins with the events of an answer. */
  StreamTranslation stream() {
    return translation.stream(asked);
  }

  /** A refusal as the caller takes it. */
  byte[] error(int status, byte[] body, String requestId) {
    return translation.error(status, body, requestId);
  }
}
