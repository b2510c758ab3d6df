package dev.tollgate.connectors;

import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.RpcError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where each connector's list goes on, as the one cursor of the list of all. Pure. */
final class Cursors {

  private Cursors() {}

  /** The cursor of the next page; null: no connector has one. */
  static @Nullable String join(Map<String, String> cursors) {
    if (cursors.isEmpty()) {
      return null;
    }
    Members members = Members.NONE;
    for (Map.Entry<String, String> cursor : cursors.entrySet()) {
      members = members.with(cursor.getKey(), Raw.string(cursor.getValue()));
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(members.raw().copy());
  }

  /** The cursors by connector; null: the first page. Throws {@link RpcError}. */
  static @Nullable Map<String, String> split(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      String json = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      Map<String, String> cursors = new LinkedHashMap<>();
      for (Map.Entry<String, Raw> member : Members.of(Raw.of(json)).entries()) {
        String own = member.getValue().string();
        if (own == null) {
          throw unknown();
        }
        cursors.put(member.getKey(), own);
      }
      return cursors;
    } catch (IllegalArgumentException | RpcError malformed) {
      throw unknown();
    }
  }

  private static RpcError unknown() {
    return RpcError.of(RpcError.INVALID_PARAMS, "the cursor is not one that was handed out here");
  }
}
