package dev.tollgate.bootstrap;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;

/** What a start prints for the person at the terminal: where it is, the keys, what to try. */
final class Welcome {

  private final Node node;
  private final Map<String, String> environment;

  Welcome(Node node, Map<String, String> environment) {
    this.node = node;
    this.environment = environment;
  }

  void print(PrintWriter out) {
    out.println();
    out.println("Tollgate serves at " + node.url());
    if (node.simulated()) {
      out.println("No provider is configured: the simulator answers, and every answer says so.");
    }
    if (node.embeddedDatabase()) {
      out.println("PostgreSQL and Redis are embedded, for one node and for trying out; their data");
      out.println("is in " + node.data() + ".");
      keys(out);
    }
    out.flush();
  }

  private void keys(PrintWriter out) {
    Path key = DataDirectory.organizationKey(node.data());
    Path administrator = DataDirectory.administratorKey(node.data());
    out.println();
    out.println("Keys    organization default  " + key);
    out.println("        administrator         " + administrator);
    if (environment.containsKey("TOLLGATE_ADMIN_KEY")) {
      out.println("        and the value of TOLLGATE_ADMIN_KEY");
    }
    out.println();
    out.println("Try     a call, its cost in a header:");
    out.println();
    out.println("  curl -i " + node.url() + "/v1/messages \\");
    out.println("    -H \"x-api-key: $(cat '" + key + "')\" -H 'anthropic-version: 2023-06-01' \\");
    out.println(
        "    -d '{\"model\":\"claude-sonnet-5-5\",\"max_tokens\":200,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'");
    out.println();
    out.println("        what it spent so far:");
    out.println();
    out.println(
        "  curl " + node.url() + "/v1/usage -H \"authorization: Bearer $(cat '" + key + "')\"");
    out.println();
    out.println("        every budget:");
    out.println();
    out.println(
        "  curl "
            + node.url()
            + "/health/budget -H \"authorization: Bearer $(cat '"
            + administrator
            + "')\"");
    out.println();
  }
}
