package dev.tollgate.models;

import java.util.Set;

/**
 * Which members name an object that a provider keeps, such as a file or an earlier answer.
 *
 * <p>One list for requests and answers, and for every dialect: what an answer gives out under one
 * of these names a later request may name. Source: OpenAI's API reference, Responses and Chat, and
 * Anthropic's, Messages, both as their Java SDKs have them (4.101 and 3.12). Calls of tools ({@code
 * call_id}, {@code tool_use_id}) are no objects: they are looked for in the conversation alone.
 */
final class ObjectNames {

  /** Longer than any id. */
  static final int LONGEST = 256;

  static final String ID = "id";

  /** Members that are an id, or a list of ids, wherever they stand. */
  private static final Set<String> NAMING =
      Set.of(
          "file_id",
          "file_ids",
          "container_id",
          "vector_store_id",
          "vector_store_ids",
          "approval_request_id",
          "previous_response_id",
          "comparison_response_id",
          "previous_message_id",
          "skill_id",
          "tunnel_id",
          "connector_id");

  /** Objects whose {@code id} is one. */
  private static final Set<String> OWNERS =
      Set.of("conversation", "container", "prompt", "audio", "voice");

  /** Services that everybody has, and that open to a caller's own token alone. */
  private static final Set<String> PUBLIC_CONNECTORS =
      Set.of(
          "connector_dropbox",
          "connector_gmail",
          "connector_googlecalendar",
          "connector_googledrive",
          "connector_microsoftteams",
          "connector_outlookcalendar",
          "connector_outlookemail",
          "connector_sharepoint");

  private ObjectNames() {}

  /** Whether a string, or one of a list of strings, that is the member {@code name} is an id. */
  static boolean names(String name) {
    return NAMING.contains(name);
  }

  /** Whether the {@code id} of an object that is the member {@code owner} is one. */
  static boolean owns(String owner) {
    return OWNERS.contains(owner);
  }

  /** Whether a member of the body's top-level object may be the id itself. */
  static boolean onTop(String name) {
    return NAMING.contains(name) || name.equals("conversation") || name.equals("container");
  }

  /** Whether an id is everybody's, and so nobody's. */
  static boolean isPublic(String id) {
    return PUBLIC_CONNECTORS.contains(id) || id.startsWith("openai-");
  }
}
