package dev.tollgate.catalogue;

import dev.tollgate.kernel.Failure;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which tools may be used, by patterns over {@code connector__tool} in which {@code *} stands for
 * any text: not what {@code deny} has, and where {@code allow} has anything, nothing else.
 */
public record ToolRules(List<String> allow, List<String> deny) {

  public static final ToolRules NONE = new ToolRules(List.of(), List.of());

  private static final int MOST = 200;
  private static final int LONGEST = 300;
  private static final Pattern PATTERN = Pattern.compile("[!-~]+");

  /** Copies, and refuses what is no pattern by its place. */
  public ToolRules {
    allow = check("allow", allow);
    deny = check("deny", deny);
  }

  private static List<String> check(String field, List<String> patterns) {
    if (patterns.size() > MOST) {
      throw Failure.invalid(field, field + " may have at most " + MOST + " patterns");
    }
    for (int at = 0; at < patterns.size(); at++) {
      String pattern = patterns.get(at);
      if (pattern.length() > LONGEST || !PATTERN.matcher(pattern).matches()) {
        String place = field + "[" + at + "]";
        throw Failure.invalid(
            place, place + " must be 1 to " + LONGEST + " visible characters without spaces");
      }
    }
    return List.copyOf(patterns);
  }

  /** What they say of a tool; null: nothing. */
  @Nullable Boolean verdict(String connector, String tool) {
    String name = connector + "__" + tool;
    if (matches(deny, name)) {
      return false;
    }
    return allow.isEmpty() ? null : (Boolean) matches(allow, name);
  }

  private static boolean matches(List<String> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, name));
  }

  /** A star goes back to the last one alone. */
  private static boolean matches(String pattern, String name) {
    int at = 0;
    int in = 0;
    int star = -1;
    int from = 0;
    while (in < name.length()) {
      if (at < pattern.length() && pattern.charAt(at) == '*') {
        star = at++;
        from = in;
      } else if (at < pattern.length() && pattern.charAt(at) == name.charAt(in)) {
        at++;
        in++;
      } else if (star >= 0) {
        at = star + 1;
        in = ++from;
      } else {
        return false;
      }
    }
    return pattern.chars().skip(at).allMatch(rest -> rest == '*');
  }
}
