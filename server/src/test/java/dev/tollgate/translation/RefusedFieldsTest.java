package dev.tollgate.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be carried is refused by the name of its field. */
class RefusedFieldsTest {

  /** Members of a request to Chat Completions, or a whole list of messages. */
  private static final String CHAT =
      """
      haiku | n | "n": 2
      haiku | store | "store": true
      haiku | seed | "seed": 1
      haiku | logprobs | "logprobs": true
      haiku | top_logprobs | "top_logprobs": 3
      haiku | logit_bias | "logit_bias": {"50256": -100}
      haiku | frequency_penalty | "frequency_penalty": 0.5
      haiku | presence_penalty | "presence_penalty": -1
      haiku | verbosity | "verbosity": "low"
      haiku | audio | "audio": {"voice": "alloy", "format": "mp3"}
      haiku | modalities | "modalities": ["text", "audio"]
      haiku | moderation | "moderation": {"model": "m"}
      haiku | functions | "functions": [{"name": "f"}]
      haiku | function_call | "function_call": "auto"
      haiku | web_search_options | "web_search_options": {}
      haiku | temperature | "temperature": 1.2
      haiku | temperature | "temperature": "hot"
      haiku | stop | "stop": 5
      haiku | stop | "stop": [null]
      haiku | stream | "stream": "yes"
      haiku | stream_options.include_more | "stream": true, "stream_options": {"include_more": true}
      haiku | service_tier | "service_tier": "flex"
      haiku | service_tier | "service_tier": "priority"
      haiku | response_format.type | "response_format": {"type": "json_object"}
      haiku | response_format.type | "response_format": {"type": "grammar"}
      haiku | response_format.json_schema.extra | "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}, "extra": 1}}
      haiku | response_format.json_schema.description | "response_format": {"type": "json_schema", "json_schema": {"name": "a", "description": "b", "schema": {"description": "c"}}}
      haiku | response_format.json_schema.schema | "response_format": {"type": "json_schema", "json_schema": {"name": "a"}}
      haiku | reasoning_effort | "reasoning_effort": "minimal"
      haiku | reasoning_effort | "reasoning_effort": "low", "max_tokens": 1024
      adaptive | reasoning_effort | "reasoning_effort": "none"
      adaptive | reasoning_effort | "reasoning_effort": "minimal"
      gpt | reasoning_effort | "reasoning_effort": "low"
      haiku | tools[0].type | "tools": [{"type": "custom", "custom": {"name": "c"}}]
      haiku | tools[0].type | "tools": [{"type": "web_search"}]
      haiku | tools[0].function.name | "tools": [{"type": "function", "function": {}}]
      haiku | tools[0].function.extra | "tools": [{"type": "function", "function": {"name": "a", "extra": 1}}]
      haiku | tools[0].extra | "tools": [{"type": "function", "extra": 1, "function": {"name": "a"}}]
      haiku | tool_choice | "tool_choice": "some"
      haiku | tool_choice.type | "tool_choice": {"type": "custom", "custom": {"name": "c"}}
      haiku | tool_choice.allowed_tools.tools[0].type | "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{"type": "custom"}]}}
      haiku | parallel_tool_calls | "parallel_tool_calls": 1
      haiku | unheard_of | "unheard_of": 1
      haiku | user | "user": 1
      haiku | max_tokens | "max_tokens": "many"
      haiku | user | "user": "a", "user": "b"
      haiku | messages | "messages": []
      haiku | messages | "messages": [{"role": "system", "content": "only"}]
      haiku | messages[0] | "messages": ["hello"]
      haiku | messages[0].role | "messages": [{"content": "hello"}]
      haiku | messages[0].role | "messages": [{"role": "critic", "content": "hello"}]
      haiku | messages[0].role | "messages": [{"role": "function", "name": "f", "content": "x"}]
      haiku | messages[0].name | "messages": [{"role": "user", "name": "ann", "content": "hello"}]
      haiku | messages[0].name | "messages": [{"role": "system", "name": "ann", "content": "x"}, {"role": "user", "content": "y"}]
      haiku | messages[0].content | "messages": [{"role": "user", "content": ""}]
      haiku | messages[0].content | "messages": [{"role": "user"}]
      haiku | messages[0].content | "messages": [{"role": "user", "content": 5}]
      haiku | messages[0].mood | "messages": [{"role": "user", "content": "a", "mood": 1}]
      haiku | messages[1] | "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
      haiku | messages[0].content[0] | "messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]}]
      haiku | messages[0].content[0].type | "messages": [{"role": "user", "content": [{"type": "video"}]}]
      haiku | messages[0].content[0].image_url.detail | "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a", "detail": "low"}}]}]
      haiku | messages[0].content[0].image_url.url | "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/bmp;base64,AA=="}}]}]
      haiku | messages[0].content[0].image_url.url | "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png,AA=="}}]}]
      haiku | messages[0].content[0].image_url.url | "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png"}}]}]
      haiku | messages[0].content[0].file.file_id | "messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]}]
      haiku | messages[0].content[0].file.file_data | "messages": [{"role": "user", "content": [{"type": "file", "file": {"file_data": "data:text/plain;base64,AA=="}}]}]
      haiku | messages[0].content[0] | "messages": [{"role": "system", "content": [{"type": "image_url", "image_url": {"url": "https://a"}}]}, {"role": "user", "content": "y"}]
      haiku | messages[0].audio | "messages": [{"role": "assistant", "audio": {"id": "a"}}, {"role": "user", "content": "y"}]
      haiku | messages[0].function_call | "messages": [{"role": "assistant", "function_call": {"name": "a", "arguments": ""}}, {"role": "user", "content": "y"}]
      haiku | messages[0].tool_calls[0].type | "messages": [{"role": "assistant", "tool_calls": [{"id": "c", "type": "custom", "custom": {"name": "a", "input": ""}}]}, {"role": "user", "content": "y"}]
      haiku | messages[0].tool_calls[0].function.arguments | "messages": [{"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "a", "arguments": "[1]"}}]}, {"role": "user", "content": "y"}]
      haiku | messages[0].tool_calls[0].function.arguments | "messages": [{"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "a", "arguments": "{"}}]}, {"role": "user", "content": "y"}]
      haiku | messages[0].thinking_blocks[0].signature | "messages": [{"role": "assistant", "thinking_blocks": [{"type": "thinking", "thinking": "a"}]}, {"role": "user", "content": "y"}]
      haiku | messages[0].tool_call_id | "messages": [{"role": "tool", "content": "a"}]
      """;

  /** Members of a request to Messages. */
  private static final String MESSAGES =
      """
      gpt | max_tokens | "max_tokens": 0
      gpt | max_tokens | "max_tokens": null
      gpt | top_k | "top_k": 5
      gpt | stop_sequences | "stop_sequences": ["1", "2", "3", "4", "5"]
      gpt | stop_sequences | "stop_sequences": [1]
      gpt | service_tier | "service_tier": "batch"
      gpt | speed | "speed": "fast"
      gpt | inference_geo | "inference_geo": "us"
      gpt | container | "container": "c_1"
      gpt | mcp_servers | "mcp_servers": []
      gpt | context_management.edits[0].type | "context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}
      gpt | context_management.more | "context_management": {"more": 1}
      gpt | unheard_of | "unheard_of": false
      gpt | metadata.team | "metadata": {"team": "blue"}
      gpt | thinking | "thinking": {"type": "enabled", "budget_tokens": 2000}
      gpt | thinking.budget_tokens | "thinking": {"type": "enabled"}
      gpt | thinking.type | "thinking": {"type": "between_tools"}
      gpt | thinking.display | "thinking": {"type": "adaptive", "display": "raw"}
      gpt | thinking.extra | "thinking": {"type": "adaptive", "extra": 1}
      gpt | output_config.effort | "output_config": {"effort": "high"}
      gpt | output_config.task_budget | "output_config": {"task_budget": {"total": 1}}
      gpt | output_config.format.type | "output_config": {"format": {"type": "regex"}}
      gpt | output_format.schema | "output_format": {"type": "json_schema"}
      pro | thinking.type | "thinking": {"type": "disabled"}
      reasoner | output_config.effort | "thinking": {"type": "disabled"}, "output_config": {"effort": "max"}
      reasoner | output_config.effort | "thinking": {"type": "disabled"}, "output_config": {"effort": "extreme"}
      reasoner | output_config.effort | "output_config": {"effort": "extreme"}
      gpt | tools[0].type | "tools": [{"type": "web_search_20250305", "name": "web_search"}]
      gpt | tools[0].type | "tools": [{"type": "bash_20250124", "name": "bash"}]
      gpt | tools[0].defer_loading | "tools": [{"name": "a", "input_schema": {}, "defer_loading": true}]
      gpt | tools[0].input_examples | "tools": [{"name": "a", "input_schema": {}, "input_examples": [{}]}]
      gpt | tools[0].allowed_callers | "tools": [{"name": "a", "input_schema": {}, "allowed_callers": ["code_execution_20250825"]}]
      gpt | tools[0].input_schema | "tools": [{"name": "a"}]
      gpt | tools[0].extra | "tools": [{"name": "a", "input_schema": {}, "extra": 1}]
      gpt | tool_choice.type | "tool_choice": {"type": "most"}
      gpt | tool_choice.extra | "tool_choice": {"type": "auto", "extra": 1}
      gpt | system[0] | "system": [{"type": "image", "source": {"type": "url", "url": "https://a"}}]
      gpt | system | "system": 5
      gpt | messages | "messages": []
      gpt | messages[0].role | "messages": [{"role": "tool", "content": "a"}]
      gpt | messages[0].extra | "messages": [{"role": "user", "content": "a", "extra": 1}]
      gpt | messages[1] | "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "{"}]
      gpt | messages[0].content[0].type | "messages": [{"role": "user", "content": [{"type": "search_result", "source": "a", "title": "b", "content": []}]}]
      gpt | messages[0].content[0].type | "messages": [{"role": "user", "content": [{"type": "container_upload", "file_id": "f"}]}]
      gpt | messages[0].content[0].type | "messages": [{"role": "assistant", "content": [{"type": "server_tool_use", "id": "a", "name": "web_search", "input": {}}]}, {"role": "user", "content": "a"}]
      gpt | messages[0].content[0].extra | "messages": [{"role": "user", "content": [{"type": "text", "text": "a", "extra": 1}]}]
      gpt | messages[0].content[0].source | "messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "file", "file_id": "f"}}]}]
      gpt | messages[0].content[0].source.media_type | "messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/bmp", "data": ""}}]}]
      gpt | messages[0].content[0].transformations | "messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": "https://a"}, "transformations": {"oversized_image": "error"}}]}]
      gpt | messages[0].content[0].source.url | "messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "url", "url": "https://a"}}]}]
      gpt | messages[0].content[0].source | "messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "file", "file_id": "f"}}]}]
      gpt | messages[0].content[0].citations.enabled | "messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a"}, "citations": {"enabled": true}}]}]
      gpt | messages[0].content[0] | "messages": [{"role": "user", "content": [{"type": "tool_use", "id": "a", "name": "b", "input": {}}]}]
      gpt | messages[0].content[0] | "messages": [{"role": "user", "content": [{"type": "thinking", "thinking": "a", "signature": "b"}]}]
      gpt | messages[0].content[0].toolset_name | "messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "toolset_name": "browser"}]}]
      gpt | messages[0].content[0].content[0].type | "messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": [{"type": "tool_reference", "tool_name": "b"}]}]}]
      gpt | messages[0].content[0].is_error | "messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "is_error": "yes"}]}]
      gpt | messages[0].content[0] | "messages": [{"role": "assistant", "content": [{"type": "image", "source": {"type": "url", "url": "https://a"}}]}, {"role": "user", "content": "a"}]
      gpt | messages[0].content[0].caller.type | "messages": [{"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "b", "input": {}, "caller": {"type": "code_execution_20250825", "tool_id": "x"}}]}, {"role": "user", "content": "a"}]
      gpt | messages[0].content[0].input | "messages": [{"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "b", "input": []}]}, {"role": "user", "content": "a"}]
      """;

  static Stream<Arguments> fields() {
    return Stream.concat(
        lines("chat-to-messages", CHAT, "\"max_completion_tokens\": 2000"),
        lines("messages-to-chat", MESSAGES, "\"max_tokens\": 2000"));
  }

  private static Stream<Arguments> lines(String direction, String table, String maximum) {
    return Arrays.stream(table.split("\n"))
        .map(line -> line.split(" \\| ", 3))
        .map(cells -> Arguments.of(direction, cells[0], cells[1], body(cells[2], maximum)));
  }

  private static String body(String members, String maximum) {
    StringBuilder body = new StringBuilder("{\"model\": \"m\", ").append(members);
    if (!members.startsWith("\"messages\"")) {
      body.append(", \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]");
    }
    if (!members.contains("\"max_tokens\"")) {
      body.append(", ").append(maximum);
    }
    return body.append('}').toString();
  }

  @ParameterizedTest
  @MethodSource("fields")
  void namesTheField(String direction, String target, String field, String body) {
    assertThatThrownBy(() ->
            Targets.direction(direction)
                .request(body.getBytes(StandardCharsets.UTF_8), Targets.named(target)))
        .asInstanceOf(InstanceOfAssertFactories.type(Failure.class))
        .satisfies(failure -> {
          assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
          assertThat(failure.field()).isEqualTo(field);
          assertThat(failure.getMessage()).contains(field);
        });
  }
}
