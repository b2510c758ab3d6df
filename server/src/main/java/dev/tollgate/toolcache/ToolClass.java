package dev.tollgate.toolcache;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a tool is to the cache.
 *
 * @param write whether a call of it may change something, and so ends earlier answers
 * @param freshness how long an answer of it is kept; never of a write
 */
public record ToolClass(boolean write, Freshness freshness) {

  private static final ToolClass MAY_WRITE = new ToolClass(true, Freshness.NEVER);
  private static final ToolClass READ_ONCE = new ToolClass(false, Freshness.NEVER);

  /** Verbs that change something, wherever they stand in a name. */
  private static final Set<String> MUTATIONS =
      Set.of(
          "add",
          "append",
          "apply",
          "approve",
          "archive",
          "assign",
          "cancel",
          "clear",
          "close",
          "commit",
          "complete",
          "copy",
          "create",
          "delete",
          "deploy",
          "disable",
          "duplicate",
          "edit",
          "enable",
          "execute",
          "fork",
          "import",
          "insert",
          "install",
          "invite",
          "invoke",
          "lock",
          "mark",
          "merge",
          "modify",
          "move",
          "mutate",
          "patch",
          "pin",
          "post",
          "publish",
          "purge",
          "push",
          "put",
          "reject",
          "remove",
          "rename",
          "reopen",
          "replace",
          "reply",
          "request",
          "reset",
          "resolve",
          "restore",
          "revert",
          "revoke",
          "rotate",
          "run",
          "save",
          "send",
          "set",
          "share",
          "start",
          "stop",
          "submit",
          "subscribe",
          "transfer",
          "trigger",
          "unarchive",
          "unassign",
          "unlock",
          "unpin",
          "unsubscribe",
          "update",
          "upload",
          "upsert",
          "write");

  /** Verbs, and nouns that stand for one, that only look. */
  private static final Set<String> READS =
      Set.of(
          "count",
          "describe",
          "download",
          "fetch",
          "find",
          "get",
          "inspect",
          "list",
          "lookup",
          "query",
          "read",
          "schema",
          "search",
          "show",
          "status",
          "view");

  private static final Pattern BORDERS =
      Pattern.compile(
          "[^\\p{L}\\p{N}]+|(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");

  /**
   * Decides by the connector's policy, and where it has none by what the server says of the tool
   * and by its name.
   *
   * @param policy of the connector for this tool; null where it has none
   * @param readOnlyHint the server's annotation; null where it makes none
   */
  public static ToolClass of(@Nullable Policy policy, @Nullable Boolean readOnlyHint, String name) {
    if (policy != null) {
      return policy.write() ? MAY_WRITE : new ToolClass(false, policy.freshness());
    }
    String[] words = BORDERS.split(name);
    if (has(words, MUTATIONS) || Boolean.FALSE.equals(readOnlyHint)) {
      return MAY_WRITE;
    }
    if (has(words, READS)) {
      return new ToolClass(false, Freshness.VOLATILE);
    }
    return Boolean.TRUE.equals(readOnlyHint) ? READ_ONCE : MAY_WRITE;
  }

  private static boolean has(String[] words, Set<String> verbs) {
    for (String word : words) {
      if (verbs.contains(word.toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  /**
   * What a catalogue or an administrator says of a tool.
   *
   * @param write whether it may change something
   * @param freshness how long its answers are kept where it does not
   */
  public record Policy(boolean write, Freshness freshness) {}
}
