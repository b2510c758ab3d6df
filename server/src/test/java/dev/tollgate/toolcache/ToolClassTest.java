package dev.tollgate.toolcache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolClassTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "list_issues",
        "getTasks",
        "search-pages",
        "notion-search",
        "fetch",
        "describe_table",
        "schema",
        "queryDatabase",
        "get_file_contents",
        "listArchivedItems",
        "getURLStatus",
        "get_updates",
        "list_additions"
      })
  void aNameThatOnlyLooksIsVolatile(String name) {
    assertThat(ToolClass.of(null, null, name)).isEqualTo(new ToolClass(false, Freshness.VOLATILE));
    assertThat(ToolClass.of(null, true, name).freshness()).isEqualTo(Freshness.VOLATILE);
    assertThat(ToolClass.of(null, false, name).write()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create_issue", "issue-update", "deleteTask", "add_comment", "removeUser", "archivePage",
        "merge_pull_request", "movePage", "send", "write_file", "get_or_create_user", "setState",
        "SEND_MESSAGE", "notion-create-pages"
      })
  void aNameThatChangesIsAWriteWhateverTheServerSays(String name) {
    for (Boolean hint : new Boolean[] {null, true, false}) {
      assertThat(ToolClass.of(null, hint, name)).isEqualTo(new ToolClass(true, Freshness.NEVER));
    }
  }

  @Test
  void whatNobodyKnowsMayWriteAndIsNeverKept() {
    assertThat(ToolClass.of(null, null, "frobnicate").write()).isTrue();
    assertThat(ToolClass.of(null, true, "echo")).isEqualTo(new ToolClass(false, Freshness.NEVER));
    assertThat(ToolClass.of(null, null, "").write()).isTrue();
  }

  @Test
  void aPolicyDecides() {
    ToolClass.Policy stable = new ToolClass.Policy(false, Freshness.STABLE);
    assertThat(ToolClass.of(stable, false, "merge_base"))
        .isEqualTo(new ToolClass(false, Freshness.STABLE));
    ToolClass.Policy write = new ToolClass.Policy(true, Freshness.STABLE);
    assertThat(ToolClass.of(write, true, "list_issues"))
        .isEqualTo(new ToolClass(true, Freshness.NEVER));
  }
}
