package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.models.StreamReader.Verdict;
import dev.tollgate.objects.ObjectKind;
import dev.tollgate.spend.Usage;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of answers of Responses in passing: usage, deltas, the end, and ids. */
class ResponsesReadingTest {

  private static final String USAGE =
      "{'input_tokens':100,'input_tokens_details':{'cached_tokens':30,'cache_write_tokens':20,"
          + "'cache_write_tokens_details':{'ttl_30m_tokens':15,'ttl_12h_tokens':5}},"
          + "'output_tokens':45,'output_tokens_details':{'reasoning_tokens':20},"
          + "'total_tokens':145}";
  private static final String OUTPUT =
      "[{'type':'reasoning','id':'rs_1','summary':[]},"
          + "{'type':'web_search_call','id':'ws_1','action':{'type':'search','query':'q'}},"
          + "{'type':'web_search_call','id':'ws_2','action':{'type':'open_page','url':'u'}},"
          + "{'type':'file_search_call','id':'fs_1','results':[{'file_id':'file_r',"
          + "'attributes':{'file_id':'not'}}]},"
          + "{'type':'code_interpreter_call','id':'ci_1','container_id':'cntr_1'},"
          + "{'type':'mcp_list_tools','id':'mcpl_1','tools':[{'id':'not','annotations':"
          + "{'file_id':'not','container_id':'not'},'input_schema':{'file_id':'not'}}]},"
          + "{'type':'function_call','id':'fc_1','call_id':'not','arguments':'{}'},"
          + "{'type':'message','id':'msg_1','content':[{'type':'output_text','text':'hi',"
          + "'annotations':[{'type':'container_file_citation','container_id':'cntr_1',"
          + "'file_id':'cfile_1'}]}]}]";
  private static final String RESPONSE =
      "{'id':'resp_1','object':'response','status':'completed','conversation':{'id':'conv_1'},"
          + "'previous_response_id':'not','prompt':{'id':'not'},'service_tier':'flex',"
          + "'tools':[{'type':'file_search','vector_store_ids':['not']}],'output':"
          + OUTPUT
          + ",'usage':"
          + USAGE
          + "}";
  private static final Map<String, ObjectKind> GIVEN =
      Map.ofEntries(
          Map.entry("resp_1", ObjectKind.RESPONSE),
          Map.entry("conv_1", ObjectKind.CONVERSATION),
          Map.entry("rs_1", ObjectKind.ITEM),
          Map.entry("ws_1", ObjectKind.ITEM),
          Map.entry("ws_2", ObjectKind.ITEM),
          Map.entry("fs_1", ObjectKind.ITEM),
          Map.entry("file_r", ObjectKind.FILE),
          Map.entry("ci_1", ObjectKind.ITEM),
          Map.entry("cntr_1", ObjectKind.CONTAINER),
          Map.entry("mcpl_1", ObjectKind.ITEM),
          Map.entry("fc_1", ObjectKind.ITEM),
          Map.entry("msg_1", ObjectKind.ITEM),
          Map.entry("cfile_1", ObjectKind.FILE));

  /** Of 100 tokens in, 30 were read from a cache and 20 written to one, 5 of them for hours. */
  private static final Usage READ = new Usage(50, 30, 15, 5, 45, 20, 0, 0, 1, "flex", null, null);

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static AnswerItems items() {
    return new AnswerItems(Surface.RESPONSES, false, null);
  }

  private static String event(String kind, String members) {
    return json("event: " + kind + "\ndata: {'type':'" + kind + "'" + members + "}\n\n");
  }

  private static Verdict read(StreamReader reader, String event) {
    byte[] bytes = ("xx" + event).getBytes(StandardCharsets.UTF_8);
    return reader.read(bytes, 2, bytes.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 10_000})
  void readsAWholeAnswer(int chunk) {
    AnswerItems items = items();
    AnswerReader reader = new AnswerReader(Surface.RESPONSES, items);
    byte[] bytes = json(RESPONSE).getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; at += chunk) {
      reader.feed(bytes, at, Math.min(bytes.length, at + chunk));
    }
    assertThat(reader.wellFormed()).isTrue();
    assertThat(reader.failed()).isFalse();
    assertThat(reader.meter().usage()).isEqualTo(READ);
    assertThat(reader.meter().uses()).containsExactly(Map.entry("file_search", 1));
    assertThat(items.given()).containsExactlyInAnyOrderEntriesOf(GIVEN);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64, 1_000_000})
  void readsAStreamHoweverItIsChunked(int chunk) {
    String stream =
        event("response.created", ",'response':{'id':'resp_1','status':'in_progress','usage':null}")
            + event("response.output_item.added", ",'item':{'type':'message','id':'msg_1'}")
            + event(
                "response.output_text.delta",
                ",'item_id':'not','delta':'héllo','obfuscation':'xxxx'")
            + event("response.function_call_arguments.delta", ",'delta':'{\\'a'")
            + event("response.output_text.done", ",'text':'héllo'")
            + event("response.output_item.done", ",'item':{'type':'web_search_call','id':'ws_1'}")
            + event("response.completed", ",'response':" + RESPONSE);
    AnswerItems items = items();
    StreamReader reader = StreamReader.of(Surface.RESPONSES, true, items);
    List<Verdict> verdicts = new ArrayList<>();
    ServerSentEvents events = new ServerSentEvents(1 << 20);
    byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; at += chunk) {
      Buffer part = Buffer.buffer().appendBytes(bytes, at, Math.min(chunk, bytes.length - at));
      events.feed(part, (event, from, to) -> verdicts.add(reader.read(event, from, to)));
    }
    assertThat(verdicts).hasSize(7).endsWith(Verdict.LAST);
    assertThat(verdicts.subList(0, 6)).containsOnly(Verdict.PASS);
    assertThat(reader.delivered()).isEqualTo(6 + 4);
    assertThat(reader.finished()).isTrue();
    assertThat(reader.failed()).isFalse();
    assertThat(reader.meter().usage()).isEqualTo(READ);
    assertThat(items.given()).containsExactlyInAnyOrderEntriesOf(GIVEN);
  }

  @Test
  void knowsTheKindsOfEventsWithoutEventLines() {
    StreamReader reader = StreamReader.of(Surface.RESPONSES, true, items());
    assertThat(read(reader, json("data: {'type':'response.output_text.delta','delta':'abc'}\n\n")))
        .isEqualTo(Verdict.PASS);
    assertThat(reader.delivered()).isEqualTo(3);
    assertThat(
            read(
                reader,
                json(
                    "data: {'response':{'text':{'format':{'type':'text'}},'usage':"
                        + USAGE
                        + "},'type':'response.incomplete'}\n\n")))
        .isEqualTo(Verdict.LAST);
    assertThat(reader.meter().usage().output()).isEqualTo(45);
  }

  @Test
  void keepsTheIdsOfAnAnswerThatIsCut() {
    AnswerItems items = items();
    StreamReader reader = StreamReader.of(Surface.RESPONSES, true, items);
    read(reader, event("response.created", ",'response':{'id':'resp_1'}"));
    read(
        reader,
        event(
            "response.output_item.added",
            ",'item':{'type':'code_interpreter_call','id':'ci_1','container_id':'cntr_1'}"));
    assertThat(items.given()).containsOnlyKeys("resp_1", "ci_1", "cntr_1");
    assertThat(reader.finished()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "response.incomplete|{'status':'incomplete','usage':{'output_tokens':3}}|false|false",
        "response.failed|{'status':'failed','usage':{'output_tokens':3}}|true|false",
        "response.failed|{'status':'failed','usage':null}|true|true",
      })
  void endsWithEachOfTheLastEvents(String kind, String response, boolean failed, boolean refused) {
    StreamReader reader = StreamReader.of(Surface.RESPONSES, true, items());
    assertThat(read(reader, event(kind, ",'response':" + response))).isEqualTo(Verdict.LAST);
    assertThat(reader.failed()).isEqualTo(failed);
    assertThat(reader.refused()).isEqualTo(refused);
  }

  @Test
  void chargesWhatWasDeliveredBeforeAFailure() {
    StreamReader reader = StreamReader.of(Surface.RESPONSES, true, items());
    read(reader, event("response.output_text.delta", ",'delta':'abc'"));
    read(reader, event("response.failed", ",'response':{'status':'failed','usage':null}"));
    assertThat(reader.refused()).isFalse();
    assertThat(reader.delivered()).isEqualTo(3);
  }

  @Test
  void endsAStreamAtTheProvidersError() {
    StreamReader reader = StreamReader.of(Surface.RESPONSES, true, items());
    assertThat(read(reader, event("error", ",'code':'server_error'"))).isEqualTo(Verdict.LAST);
    assertThat(reader.failed()).isTrue();
  }

  @Test
  void takesNoIdThatAModelOrAServerOfToolsWrote() {
    AnswerItems items = new AnswerItems(Surface.MESSAGES, false, null);
    StreamReader reader = StreamReader.of(Surface.MESSAGES, true, items);
    read(
        reader,
        event(
            "message_start",
            ",'message':{'id':'not','container':{'id':'container_1'},'content':[],"
                + "'usage':{'input_tokens':1}}"));
    read(
        reader,
        event(
            "content_block_start",
            ",'content_block':{'type':'tool_use','id':'not','input':{'file_id':'not',"
                + "'content':{'content':[{'file_id':'not'}]}}}"));
    read(
        reader,
        event(
            "content_block_start",
            ",'content_block':{'type':'bash_code_execution_tool_result','tool_use_id':'not',"
                + "'content':{'type':'bash_code_execution_result','content':[{'file_id':'file_1'}]}}"));
    assertThat(items.given())
        .containsExactly(
            Map.entry("container_1", ObjectKind.CONTAINER), Map.entry("file_1", ObjectKind.FILE));
  }

  @Test
  void keepsTheIdOfSpokenAnswers() {
    AnswerItems items = new AnswerItems(Surface.CHAT_COMPLETIONS, false, null);
    StreamReader reader = StreamReader.of(Surface.CHAT_COMPLETIONS, false, items);
    read(reader, json("data: {'id':'not','choices':[{'delta':{'audio':{'id':'audio_1'}}}]}\n\n"));
    read(reader, json("data: {'choices':[{'delta':{'tool_calls':[{'id':'not'}]}}]}\n\n"));
    assertThat(items.given()).containsExactly(Map.entry("audio_1", ObjectKind.AUDIO));
  }

  @Test
  void billsSearchesOfTheOlderToolByItsOwnPrice() {
    AnswerItems items = new AnswerItems(Surface.RESPONSES, false, "web_search_preview_2025_03_11");
    AnswerReader reader = new AnswerReader(Surface.RESPONSES, items);
    byte[] bytes = json(RESPONSE).getBytes(StandardCharsets.UTF_8);
    reader.feed(bytes, 0, bytes.length);
    assertThat(reader.meter().usage().webSearches()).isZero();
    assertThat(reader.meter().uses())
        .containsOnly(Map.entry("web_search_preview_2025_03_11", 1), Map.entry("file_search", 1));
  }

  @Test
  void keepsNoMoreIdsThanAreBounded() {
    AnswerItems items = items();
    AnswerReader reader = new AnswerReader(Surface.RESPONSES, items);
    StringBuilder output = new StringBuilder("{'id':'resp_1','output':[{'id':'x'}");
    for (int i = 0; i < 3_000; i++) {
      output.append(",{'id':'item_").append(i).append("'}");
    }
    byte[] bytes = json(output + "]}").getBytes(StandardCharsets.UTF_8);
    reader.feed(bytes, 0, bytes.length);
    assertThat(reader.wellFormed()).isTrue();
    assertThat(items.given()).hasSize(AnswerItems.MOST);
  }
}
