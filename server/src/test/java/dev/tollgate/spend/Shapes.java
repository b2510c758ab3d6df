package dev.tollgate.spend;

import dev.tollgate.spend.CallShape.CacheWrite;
import dev.tollgate.spend.CallShape.Thinking;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shapes of requests for tests: a plain one, changed where a test needs it. */
record Shapes(
    CallShape.Input input,
    CallShape.Output output,
    CallShape.Terms terms,
    CallShape.Features features) {

  static Shapes text(long bytes, @Nullable Long maxTokens) {
    return new Shapes(
        new CallShape.Input(bytes, ByteCounts.NONE, 1, 0, 0, 0, 0, false, CacheWrite.NONE),
        new CallShape.Output(maxTokens, 1, new Thinking.Unsaid(), null),
        new CallShape.Terms(null, null, null, Map.of()),
        new CallShape.Features(false, false, false, false, List.of()));
  }

  CallShape shape() {
    return new CallShape(input, output, terms, features);
  }

  Shapes input(CallShape.Input changed) {
    return new Shapes(changed, output, terms, features);
  }

  Shapes classes(ByteCounts classes) {
    return input(
        new CallShape.Input(
            input.textBytes(), classes, input.messages(), 0, 0, 0, 0, false, input.cacheWrite()));
  }

  Shapes images(int images) {
    return input(
        new CallShape.Input(
            input.textBytes(),
            input.classes(),
            input.messages(),
            0,
            images,
            0,
            0,
            false,
            input.cacheWrite()));
  }

  Shapes tools(int tools) {
    return input(
        new CallShape.Input(
            input.textBytes(),
            input.classes(),
            input.messages(),
            tools,
            0,
            0,
            0,
            false,
            input.cacheWrite()));
  }

  Shapes documents(int documents) {
    return input(
        new CallShape.Input(
            input.textBytes(),
            input.classes(),
            input.messages(),
            0,
            0,
            documents,
            0,
            false,
            input.cacheWrite()));
  }

  Shapes audios(int audios) {
    return input(
        new CallShape.Input(
            input.textBytes(),
            input.classes(),
            input.messages(),
            0,
            0,
            0,
            audios,
            false,
            input.cacheWrite()));
  }

  Shapes external() {
    return input(
        new CallShape.Input(
            input.textBytes(),
            input.classes(),
            input.messages(),
            0,
            0,
            0,
            0,
            true,
            input.cacheWrite()));
  }

  Shapes cacheWrite(CacheWrite write) {
    return input(
        new CallShape.Input(
            input.textBytes(), input.classes(), input.messages(), 0, 0, 0, 0, false, write));
  }

  Shapes choices(int choices) {
    return new Shapes(
        input,
        new CallShape.Output(output.maxTokens(), choices, output.thinking(), output.effort()),
        terms,
        features);
  }

  Shapes thinking(Thinking thinking) {
    return new Shapes(
        input,
        new CallShape.Output(output.maxTokens(), output.choices(), thinking, output.effort()),
        terms,
        features);
  }

  Shapes effort(String effort) {
    return new Shapes(
        input,
        new CallShape.Output(output.maxTokens(), output.choices(), output.thinking(), effort),
        terms,
        features);
  }

  Shapes terms(@Nullable String tier, @Nullable String speed, @Nullable String geo) {
    return new Shapes(
        input, output, new CallShape.Terms(tier, speed, geo, terms.hostedTools()), features);
  }

  Shapes compacts(long from) {
    return new Shapes(
        input,
        output,
        new CallShape.Terms(
            terms.serviceTier(), terms.speed(), terms.geo(), terms.hostedTools(), from),
        features);
  }

  Shapes hosted(String tool, int uses) {
    return new Shapes(
        input,
        output,
        new CallShape.Terms(terms.serviceTier(), terms.speed(), terms.geo(), Map.of(tool, uses)),
        features);
  }

  Shapes features(CallShape.Features changed) {
    return new Shapes(input, output, terms, changed);
  }
}
