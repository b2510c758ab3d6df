package dev.tollgate.credentials;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Sets of scope tokens, separated by spaces (RFC 6749, section 3.3); what is none is left out. */
final class Scopes {

  private static final int LONGEST = 2_000;

  private static final Pattern TOKEN = Pattern.compile("[!#-\\[\\]-~]+");

  private Scopes() {}

  private static Set<String> tokens(String scope) {
    return Arrays.stream(scope.split(" ", -1))
        .filter(token -> TOKEN.matcher(token).matches())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** All tokens of each, once; what is beyond 2,000 characters is left out. */
  static String union(String... scopes) {
    Set<String> all = new LinkedHashSet<>();
    int length = 0;
    for (String scope : scopes) {
      for (String token : tokens(scope)) {
        if (!all.contains(token) && length + token.length() < LONGEST) {
          all.add(token);
          length += token.length() + 1;
        }
      }
    }
    return String.join(" ", all);
  }

  /** Whether {@code scope} has every token of {@code other}. */
  static boolean contains(String scope, String other) {
    return tokens(scope).containsAll(tokens(other));
  }
}
