package dev.tollgate.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourcesTest {

  @ParameterizedTest
  @CsvSource({
    "https://mcp.test/one, true",
    "https://MCP.test:443/one/, true",
    "https://mcp.test/one?tenant=2, true",
    "https://mcp.test/one/below, true",
    "https://mcp.test/one/../two, false",
    "https://mcp.test/one/%2E%2e/two, false",
    "https://mcp.test/one/..%2ftwo, false",
    "https://mcp.test/onemore, false",
    "https://mcp.test/, false",
    "https://mcp.test:8443/one, false",
    "http://mcp.test/one, false",
    "https://mcp.test.evil.test/one, false",
  })
  void coversItselfAndWhatIsBelow(URI url, boolean covered) {
    assertThat(Resources.covers(URI.create("https://mcp.test/one"), url)).isEqualTo(covered);
  }
}
