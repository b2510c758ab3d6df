package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.kernel.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LadderJsonTest {

  @Test
  void readsThePresets() {
    assertThat(Ladder.parse("\"default\"", "ladder")).isEqualTo(Ladder.DEFAULT);
    assertThat(Ladder.parse("\"percent\"", "ladder")).isEqualTo(Ladder.PERCENT);
    assertThat(Ladder.parse("\"off\"", "ladder")).isEqualTo(Ladder.OFF);
    assertThat(Ladder.parse("{\"preset\":\"percent\"}", "ladder")).isEqualTo(Ladder.PERCENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"default\"",
        "\"percent\"",
        "\"off\"",
        "{\"preset\":\"percent\",\"optOutOfDowngrades\":true}",
        "{\"steps\":[]}",
        "{\"steps\":[{\"name\":\"low\",\"remainingBelowCents\":250,\"action\":\"downgrade\","
            + "\"from\":\"premium\",\"to\":\"standard\",\"requestClass\":\"auxiliary\"},"
            + "{\"name\":\"note\",\"usedPercent\":62.5,\"action\":\"warn\"},"
            + "{\"name\":\"end\",\"usedPercent\":100,\"action\":\"block\"}],"
            + "\"optOutOfDowngrades\":true}",
      })
  void writesWhatItReads(String json) {
    Ladder ladder = Ladder.parse(json, "ladder");
    assertThat(ladder.text()).isEqualTo(json);
    assertThat(Ladder.parse(ladder.text(), "ladder")).isEqualTo(ladder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'gentle'                          | ladder | must be default, percent or off, not "gentle"
          7                                 | ladder | must be "default", "percent", "off" or an object with steps
          {}                                | ladder | needs either preset or steps
          {'preset':'off','steps':[]}       | ladder | needs either preset or steps
          {'preset':'mild'}                 | ladder.preset | must be default
          {'stepz':[]}                      | ladder.stepz | did you mean steps?
          {'steps':{}}                      | ladder.steps | must be a list
          {'steps':[1]}                     | ladder.steps[0] | must be an object
          {'steps':[{'usedPercent':1,'action':'block'}]} | ladder.steps[0].name | snake case
          {'steps':[{'name':'A b','usedPercent':1,'action':'block'}]} | ladder.steps[0].name | snake case
          {'steps':[{'name':'a','action':'block'}]} | ladder.steps[0].remainingBelowCents | not both
          {'steps':[{'name':'a','usedPercent':1,'remainingBelowCents':1,'action':'block'}]} | ladder.steps[0].remainingBelowCents | not both
          {'steps':[{'name':'a','usedPercent':-1,'action':'block'}]} | ladder.steps[0].usedPercent | 0 or more
          {'steps':[{'name':'a','usedPercent':100.5,'action':'block'}]} | ladder.steps[0].usedPercent | at most 100
          {'steps':[{'name':'a','remainingBelowCents':-5,'action':'block'}]} | ladder.steps[0].remainingBelowCents | 0 or more
          {'steps':[{'name':'a','remainingBelowCents':0,'action':'block'}]} | ladder.steps[0].remainingBelowCents | from 1 to
          {'steps':[{'name':'a','usedPercent':1e-2147483647,'action':'block'}]} | ladder.steps[0].usedPercent | decimal places
          {'steps':[{'name':'a','usedPercent':1e400,'action':'block'}]} | ladder.steps[0].usedPercent | at most
          {'steps':[{'name':'a','usedPercent':1,'action':'block','requestClass':'a\\u0000b'}]} | ladder.steps[0].requestClass | of ASCII
          {'steps':[{'name':'a','usedPercent':1,'action':'block','requestClass':'\\ud800'}]} | ladder.steps[0].requestClass | of ASCII
          {'steps':[{'name':'a','remainingBelowCents':1.5,'action':'block'}]} | ladder.steps[0].remainingBelowCents | whole number
          {'steps':[{'name':'a','remainingBelowCents':9000000000000000000,'action':'block'}]} | ladder.steps[0].remainingBelowCents | number of cents
          {'steps':[{'name':'a','usedPercent':1,'action':'explode'}]} | ladder.steps[0].action | warn, downgrade or block
          {'steps':[{'name':'a','usedPercent':1,'action':'block','to':'economy'}]} | ladder.steps[0].action | must be downgrade
          {'steps':[{'name':'a','usedPercent':1,'action':'downgrade','from':'premium'}]} | ladder.steps[0].to | must be there
          {'steps':[{'name':'a','usedPercent':1,'action':'downgrade','from':'gold','to':'economy'}]} | ladder.steps[0].from | premium, standard, economy
          {'steps':[{'name':'a','usedPercent':1,'action':'downgrade','from':'economy','to':'premium'}]} | ladder.steps[0].to | cheaper tier than economy
          {'steps':[{'name':'a','usedPercent':1,'action':'warn'},{'name':'a','usedPercent':2,'action':'warn'}]} | ladder.steps[1].name | another than that of an earlier step
          {'steps':[{'name':'a','usedPercent':50,'action':'block'},{'name':'b','usedPercent':60,'action':'warn'}]} | ladder.steps[1].action | never reached
          {'steps':[{'name':'b','usedPercent':60,'action':'warn'},{'name':'a','usedPercent':50,'action':'block'}]} | ladder.steps[0].action | never reached
          {'steps':[{'name':'a','usedPercent':50,'action':'block'},{'name':'b','usedPercent':50,'action':'block'}]} | ladder.steps[1].action | never reached
          {'steps':[{'name':'a','remainingBelowCents':50,'action':'downgrade','from':'premium','to':'economy'},{'name':'b','remainingBelowCents':40,'action':'downgrade','from':'premium','to':'standard'}]} | ladder.steps[1].action | never reached
          """)
  void refusesWhatMakesNoSense(String json, String field, String complaint) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Ladder.parse(json.replace('\'', '"'), "ladder"))
        .withMessageContaining(complaint)
        .satisfies(failure -> assertThat(failure.field()).isEqualTo(field));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'steps':[{'name':'a','usedPercent':50,'action':'block','requestClass':'auxiliary'},"
            + "{'name':'b','usedPercent':60,'action':'block'}]}",
        "{'steps':[{'name':'a','usedPercent':50,'action':'block'},"
            + "{'name':'b','remainingBelowCents':10,'action':'block'}]}",
        "{'steps':[{'name':'a','usedPercent':50,'action':'downgrade','from':'premium','to':'standard'},"
            + "{'name':'b','usedPercent':60,'action':'downgrade','from':'premium','to':'economy'}]}",
        "{'steps':[{'name':'a','usedPercent':50,'action':'warn'},"
            + "{'name':'b','usedPercent':60,'action':'warn'}]}",
      })
  void admitsStepsThatDifferInClassUnitOrReach(String json) {
    assertThat(Ladder.parse(json.replace('\'', '"'), "ladder").steps()).hasSize(2);
  }
}
