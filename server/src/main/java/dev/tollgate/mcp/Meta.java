package dev.tollgate.mcp;

/** Keys of {@code _meta} that the protocol reserves, and those that are ours. */
public final class Meta {

  public static final String FIELD = "_meta";
  public static final String PROGRESS_TOKEN = "progressToken";
  public static final String PROTOCOL_VERSION = "io.modelcontextprotocol/protocolVersion";
  public static final String CLIENT_INFO = "io.modelcontextprotocol/clientInfo";
  public static final String CLIENT_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
  public static final String LOG_LEVEL = "io.modelcontextprotocol/logLevel";
  public static final String SERVER_INFO = "io.modelcontextprotocol/serverInfo";
  public static final String SUBSCRIPTION_ID = "io.modelcontextprotocol/subscriptionId";

  /** Connectors that a list of all of them had to leave out. */
  public static final String UNAVAILABLE = "dev.tollgate/unavailable";

  private Meta() {}
}
