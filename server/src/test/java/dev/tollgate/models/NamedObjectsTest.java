package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which ids of a provider's side a request names, and where. */
class NamedObjectsTest {

  private static RequestScan scan(String body) {
    byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return RequestScan.of(RequestScan.factory(32), BodyBytes.of(bytes), Set.of("model"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Responses
        "{'previous_response_id':'X'}|previous_response_id",
        "{'conversation':'X'}|conversation",
        "{'conversation':{'id':'X'}}|conversation.id",
        "{'prompt':{'id':'X','variables':{'name':'Y'}}}|prompt.id",
        "{'prompt':{'variables':{'f':{'type':'input_file','file_id':'X'}}}}"
            + "|prompt.variables.f.file_id",
        "{'prompt_cache_options':{'comparison_response_id':'X'}}"
            + "|prompt_cache_options.comparison_response_id",
        "{'input':[{'type':'item_reference','id':'X'}]}|input[0].id",
        "{'input':['hi',{'id':'X'}]}|input[1].id",
        "{'input':[{'type':'message','id':'X','role':'assistant','content':[]}]}|input[0].id",
        "{'input':[{'type':'reasoning','id':'X','summary':[]}]}|input[0].id",
        "{'input':[{'type':'mcp_approval_response','approval_request_id':'X'}]}"
            + "|input[0].approval_request_id",
        "{'input':[{'role':'user','content':[{'type':'input_file','file_id':'X'}]}]}"
            + "|input[0].content[0].file_id",
        "{'input':[{'role':'user','content':[{'type':'input_image','file_id':'X'}]}]}"
            + "|input[0].content[0].file_id",
        "{'input':[{'type':'computer_call_output','output':{'file_id':'X'}}]}"
            + "|input[0].output.file_id",
        "{'input':[{'type':'function_call_output','output':[{'type':'input_file',"
            + "'file_id':'X'}]}]}|input[0].output[0].file_id",
        "{'input':[{'type':'code_interpreter_call','container_id':'X'}]}|input[0].container_id",
        "{'input':[{'type':'file_search_call','results':[{'file_id':'X','attributes':"
            + "{'file_id':'Y'}}]}]}|input[0].results[0].file_id",
        "{'input':[{'content':[{'annotations':[{'type':'file_citation','file_id':'X'}]}]}]}"
            + "|input[0].content[0].annotations[0].file_id",
        "{'input':[{'type':'tool_search_output','tools':[{'type':'code_interpreter',"
            + "'container':'X'}]}]}|input[0].tools[0].container",
        "{'tools':[{'type':'file_search','vector_store_ids':['X']}]}|tools[0].vector_store_ids[0]",
        "{'tools':[{'type':'code_interpreter','container':'X'}]}|tools[0].container",
        "{'tools':[{'type':'code_interpreter','container':{'type':'auto','file_ids':['X']}}]}"
            + "|tools[0].container.file_ids[0]",
        "{'tools':[{'type':'shell','environment':{'type':'container_reference',"
            + "'container_id':'X'}}]}|tools[0].environment.container_id",
        "{'tools':[{'type':'shell','environment':{'skills':[{'type':'skill_reference',"
            + "'skill_id':'X'}]}}]}|tools[0].environment.skills[0].skill_id",
        "{'tools':[{'type':'image_generation','input_image_mask':{'file_id':'X'}}]}"
            + "|tools[0].input_image_mask.file_id",
        "{'tools':[{'type':'mcp','connector_id':'X'}]}|tools[0].connector_id",
        "{'tools':[{'type':'mcp','tunnel_id':'X'}]}|tools[0].tunnel_id",
        // Chat Completions
        "{'messages':[{'content':[{'type':'file','file':{'file_id':'X'}}]}]}"
            + "|messages[0].content[0].file.file_id",
        "{'messages':[{'role':'assistant','audio':{'id':'X'}}]}|messages[0].audio.id",
        "{'audio':{'voice':{'id':'X'}}}|audio.voice.id",
        // Messages
        "{'container':'X'}|container",
        "{'container':{'id':'X','skills':[{'type':'anthropic','skill_id':'Y'}]}}|container.id",
        "{'container':{'skills':[{'skill_id':'X','type':'custom'}]}}|container.skills[0].skill_id",
        "{'diagnostics':{'previous_message_id':'X'}}|diagnostics.previous_message_id",
        "{'messages':[{'content':[{'type':'image','source':{'type':'file','file_id':'X'}}]}]}"
            + "|messages[0].content[0].source.file_id",
        "{'messages':[{'content':[{'type':'container_upload','file_id':'X'}]}]}"
            + "|messages[0].content[0].file_id",
        "{'messages':[{'content':[{'type':'tool_result','content':[{'type':'document','source':"
            + "{'type':'file','file_id':'X'}}]}]}]}"
            + "|messages[0].content[0].content[0].source.file_id",
        "{'messages':[{'content':[{'type':'code_execution_tool_result','content':{'content':"
            + "[{'type':'code_execution_output','file_id':'X'}]}}]}]}"
            + "|messages[0].content[0].content.content[0].file_id",
        "{'system':[{'type':'document','source':{'type':'file','file_id':'X'}}]}"
            + "|system[0].source.file_id",
        // Of no API, should one come to have it
        "{'input':{'content':[{'type':'input_file','file_id':'X'}]}}|input.content[0].file_id",
        "{'attributes':{'file_id':'X'}}|attributes.file_id",
        "{'vector_store_ids':['X']}|vector_store_ids[0]",
        // Written otherwise
        "{'input':[{'\\u0069d':'X'}]}|input[0].id",
        "{'tools':[{'\\u0063ontainer':'\\u0058'}]}|tools[0].container",
      })
  void findsIt(String body, String field) {
    assertThat(scan(body).objects()).containsExactly(new NamedObject(field, "X"));
  }

  @Test
  void refusesMoreThanCanBeLookedUp() {
    String body = "{'input':[" + "{'id':'X'},".repeat(10_000) + "{'id':'Y'}]}";

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> scan(body))
        .satisfies(refused -> assertThat(refused.field()).isEqualTo("input[10000].id"));
  }

  @Test
  void findsEachOfTwo() {
    assertThat(
            scan("{'input':[{'id':'A','id':'B'}],'conversation':'C','conversation':'D'}").objects())
        .extracting(NamedObject::id)
        .containsExactly("A", "B", "C", "D");
    assertThat(scan("{'tools':[{'container':'A','container':'B'}]}").objects())
        .extracting(NamedObject::id)
        .containsExactly("A", "B");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'input':'file_id previous_response_id'}",
        "{'previous_response_id':null,'conversation':null,'container':null}",
        "{'input':[{'type':'function_call','call_id':'X','arguments':'{\\'file_id\\':1}'}]}",
        "{'input':[{'type':'function_call_output','call_id':'X','output':'{}'}]}",
        "{'messages':[{'content':[{'type':'tool_use','id':'X','input':{'file_id':'X'}}]}]}",
        "{'messages':[{'content':[{'type':'tool_result','tool_use_id':'X'}]}]}",
        "{'messages':[{'tool_calls':[{'id':'X','function':{'arguments':'{}'}}]}]}",
        "{'messages':[{'role':'tool','tool_call_id':'X','content':'file_id'}]}",
        "{'tools':[{'input_schema':{'properties':{'file_id':{'const':'X','container':'X'}}}}]}",
        "{'tools':[{'input_examples':[{'file_id':'X'}]}]}",
        "{'metadata':{'file_id':'X','conversation':'X'}}",
        "{'tools':[{'type':'mcp','headers':{'container_id':'X'}}]}",
        "{'prompt':{'variables':{'file_id':'a text'}}}",
        "{'container':{'skills':[{'type':'anthropic','skill_id':'pdf'}]}}",
        "{'tools':[{'type':'mcp','connector_id':'connector_gmail'}]}",
        "{'audio':{'voice':'alloy'}}",
      })
  void takesNothingElseForAnId(String body) {
    assertThat(scan(body.replace("\\'", "\\\"")).objects()).isEmpty();
  }

  @Test
  void refusesWhatIsTooLongToBeAnId() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> scan("{'conversation':'" + "x".repeat(257) + "'}"))
        .matches(failure -> failure.code() == ErrorCode.INVALID_REQUEST)
        .matches(failure -> "conversation".equals(failure.field()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'message','id':'X','content':'hi'}|false",
        "{'role':'assistant','id':'X','content':[{'type':'output_text'}]}|false",
        "{'type':'function_call','id':'X','arguments':'{}'}|false",
        "{'type':'reasoning','id':'X','encrypted_content':'AAAA','summary':[]}|false",
        "{'type':'reasoning','id':'X','encrypted_content':null,'summary':[]}|true",
        "{'type':'web_search_call','id':'X'}|true",
        "{'id':'X'}|true",
        "{'type':'item_reference','id':'X'}|true",
      })
  void knowsWhetherAnItemIsAllThere(String item, boolean external) {
    assertThat(scan("{'input':[" + item + "]}").external()).isEqualTo(external);
  }
}
