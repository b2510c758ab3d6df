package dev.tollgate.mcp;

import org.jspecify.annotations.Nullable;

/**
 * How a server presents itself, in whichever era: as the result of {@code initialize} or of {@code
 * server/discover}, field by field.
 *
 * @param capabilities an object
 * @param info null: it did not say
 * @param rest further members of its answer, kept
 */
public record ServerFace(Raw capabilities, @Nullable Raw info, Members rest) {

  /** From the result of {@code initialize}. */
  public static ServerFace ofInitialize(Raw result) {
    Members members = Members.of(result);
    return new ServerFace(
        capabilities(members),
        members.get("serverInfo"),
        members.without("protocolVersion", "capabilities", "serverInfo"));
  }

  /** From the result of {@code server/discover}. */
  public static ServerFace ofDiscover(Raw result) {
    Members members = Members.of(result);
    return new ServerFace(
        capabilities(members),
        members.within(Meta.FIELD).get(Meta.SERVER_INFO),
        members.without("supportedVersions", "capabilities", "resultType"));
  }

  private static Raw capabilities(Members members) {
    Raw capabilities = members.get("capabilities");
    return capabilities == null || !capabilities.isObject() ? Raw.EMPTY_OBJECT : capabilities;
  }

  /** The result of {@code initialize} for a client that speaks {@code revision}. */
  public Raw initializeResult(Revision revision) {
    Members meta = rest.within(Meta.FIELD).without(Meta.SERVER_INFO);
    Members kept = rest.without("ttlMs", "cacheScope", Meta.FIELD);
    Members result =
        Members.NONE
            .with("protocolVersion", Raw.string(revision.wire()))
            .with("capabilities", capabilities)
            .with("serverInfo", info == null ? unnamed() : info);
    for (var member : kept.entries()) {
      result = result.with(member.getKey(), member.getValue());
    }
    return (meta.isEmpty() ? result : result.with(Meta.FIELD, meta.raw())).raw();
  }

  /** The result of {@code server/discover}: every revision, since the gateway translates. */
  public Raw discoverResult() {
    Members result =
        Members.NONE
            .with("resultType", Raw.string("complete"))
            .with("supportedVersions", Elements.strings(Revision.supported()))
            // Tasks of the session era have no counterpart in the core of the modern one.
            .with("capabilities", Members.of(capabilities).without("tasks").raw());
    for (var member : rest.entries()) {
      result = result.with(member.getKey(), member.getValue());
    }
    if (!rest.has("ttlMs")) {
      result = result.with("ttlMs", Raw.number(0)).with("cacheScope", Raw.string("private"));
    }
    Members meta = rest.within(Meta.FIELD).withIf(Meta.SERVER_INFO, info);
    return (meta.isEmpty() ? result : result.with(Meta.FIELD, meta.raw())).raw();
  }

  private static Raw unnamed() {
    return Members.NONE.with("name", Raw.string("unnamed")).with("version", Raw.string("0")).raw();
  }
}
