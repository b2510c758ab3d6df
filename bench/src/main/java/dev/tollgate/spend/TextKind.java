package dev.tollgate.spend;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A kind of text: two halves, one to learn from and one held out.
 *
 * @param escaped whether characters beyond ASCII are written as escapes
 */
record TextKind(String taught, String heldOut, boolean escaped) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final JsonMapper ASCII =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static final int MOST_FILES = 400;
  private static final int MOST_CHARACTERS = 2_000_000;
  private static final int LEAST = 400;

  /** Every second file of a directory, or the halves of a file. */
  static TextKind of(Path path) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(path)) {
      files = all.filter(Files::isRegularFile).sorted().limit(MOST_FILES).toList();
    }
    if (files.size() == 1) {
      String text = Files.readString(path);
      return new TextKind(
          text.substring(0, text.length() / 2), text.substring(text.length() / 2), false);
    }
    StringBuilder[] halves = {new StringBuilder(), new StringBuilder()};
    for (int i = 0; i < files.size(); i++) {
      if (halves[i % 2].length() < MOST_CHARACTERS) {
        halves[i % 2].append(text(files.get(i)));
      }
    }
    return new TextKind(halves[0].toString(), halves[1].toString(), false);
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (MalformedInputException notText) {
      return "";
    }
  }

  /** What comes in ordinary requests beside text. */
  static Map<String, TextKind> ordinary(Random random) {
    byte[] noise = new byte[120_000];
    random.nextBytes(noise);
    return Map.of(
        "base64", halves(Base64.getEncoder().encodeToString(noise)),
        "base64-lines", halves(Base64.getMimeEncoder().encodeToString(noise)),
        "hex", halves(HexFormat.of().formatHex(noise)),
        "emoji", halves(characters(random, 0x1F600, 0x1F64F)),
        "numbers", halves(numbers(random)));
  }

  /** What only comes in order to be dear. */
  static Map<String, TextKind> odd(Random random) {
    return Map.of(
        "random-letters", halves(letters(random, "abcdefghijklmnopqrstuvwxyz")),
        "common-letters", halves(letters(random, "etaoinsrhldcu")),
        "printable", halves(characters(random, 33, 126)),
        "any-character", halves(characters(random, 0x80, 0x2FFF)),
        "any-han", halves(characters(random, 0x4E00, 0x9FFF)),
        "any-hangul", halves(characters(random, 0xAC00, 0xD7A3)),
        "any-arabic", halves(characters(random, 0x620, 0x6FF)),
        "any-cyrillic", halves(characters(random, 0x400, 0x4FF)));
  }

  private static TextKind halves(String text) {
    return new TextKind(
        text.substring(0, text.length() / 2), text.substring(text.length() / 2), false);
  }

  private static String letters(Random random, String alphabet) {
    StringBuilder text = new StringBuilder();
    while (text.length() < 100_000) {
      for (int i = 2 + random.nextInt(8); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      text.append(' ');
    }
    return text.toString();
  }

  private static String characters(Random random, int from, int to) {
    StringBuilder text = new StringBuilder();
    while (text.length() < 50_000) {
      int one = random.nextInt(from, to + 1);
      if (Character.isDefined(one)) {
        text.appendCodePoint(one);
      }
    }
    return text.toString();
  }

  private static String numbers(Random random) {
    StringBuilder text = new StringBuilder();
    while (text.length() < 100_000) {
      text.append(random.nextInt(1_000_000)).append(random.nextInt(7) == 0 ? "\n" : ", ");
    }
    return text.toString();
  }

  /** The same, written with escapes. */
  TextKind inEscapes() {
    return new TextKind(taught, heldOut, true);
  }

  /** A chat of one to five turns out of one half. */
  LearnedText.Request request(Random random, boolean held) {
    String half = held ? heldOut : taught;
    List<String> texts = new ArrayList<>();
    List<Map<String, String>> messages = new ArrayList<>();
    for (int turns = 1 + random.nextInt(5); turns > 0; turns--) {
      int length = Math.min(half.length(), LEAST + random.nextInt(3_600));
      int from = random.nextInt(half.length() - length + 1);
      String text = whole(half, from, from + length);
      texts.add(text);
      messages.add(Map.of("role", turns % 2 == 0 ? "assistant" : "user", "content", text));
    }
    Map<String, Object> body = Map.of("model", "gpt-4o", "messages", messages);
    return new LearnedText.Request((escaped ? ASCII : JSON).writeValueAsString(body), texts);
  }

  /** Without half a surrogate pair at its ends. */
  private static String whole(String text, int from, int to) {
    int start = Character.isLowSurrogate(text.charAt(from)) ? from + 1 : from;
    int end = Character.isHighSurrogate(text.charAt(to - 1)) ? to - 1 : to;
    return text.substring(start, end);
  }
}
