package dev.tollgate.litellm;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Secrets as references to the environment. One in clear text is never copied: it gets a variable
 * of its own, the same wherever the same secret stands.
 */
final class Secrets {

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Findings findings;
  private final Set<String> taken = new HashSet<>();
  private final Map<String, String> given = new HashMap<>();
  private final Set<String> usual = new HashSet<>();

  /**
   * @param configuration whose variables are not to be given another meaning
   */
  Secrets(JsonNode configuration, Findings findings) {
    this.findings = findings;
    collect(configuration);
  }

  private void collect(JsonNode node) {
    if (node.isString() && Reference.isVariable(node.stringValue())) {
      taken.add(Reference.name(node.stringValue()));
    }
    node.forEach(this::collect);
  }

  /**
   * The key of a vendor's as Tollgate's file has it.
   *
   * @param value null: not said, so that it is in the variable where LiteLLM looks
   */
  String key(@Nullable String value, String path, Vendor vendor) {
    String name = vendor.keyVariable();
    if (value != null) {
      return reference(value, path, name);
    }
    boolean first = usual.add(name);
    if (vendor.keyless()) {
      if (first) {
        findings.note(
            path,
            "no key is said: that of the environment variable "
                + name
                + " is sent, or else the word none, at which such servers do not look",
            "");
      }
      return "${" + name + ":-none}";
    }
    if (first) {
      findings.note(
          path,
          "no key is said: it is taken from the environment variable " + name + ", as before",
          "set it where Tollgate runs, which does not start without");
    }
    return "${" + name + "}";
  }

  /**
   * A secret as Tollgate's file has it.
   *
   * @param usual the name of a variable for it
   */
  String reference(String value, String path, String usual) {
    if (Reference.isVariable(value) && VARIABLE.matcher(Reference.name(value)).matches()) {
      return Reference.plain(value);
    }
    String name = given.computeIfAbsent(value, secret -> free(usual));
    findings.note(
        path,
        "a secret stands here in clear text; it was not copied",
        "put it into the environment variable " + name + ", or into a file and write ${file:…}");
    return "${" + name + "}";
  }

  private String free(String usual) {
    String name = usual;
    for (int number = 2; !taken.add(name); number++) {
      name = usual + "_" + number;
    }
    return name;
  }
}
