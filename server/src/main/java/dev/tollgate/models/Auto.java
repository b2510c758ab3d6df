package dev.tollgate.models;

import dev.tollgate.classification.Classifier;
import dev.tollgate.classification.Prompt;
import dev.tollgate.classification.Verdict;
import dev.tollgate.kernel.Clock;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.CallShape.Thinking;
import dev.tollgate.spend.Tier;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * Sorts calls for {@code auto} by their prompt: the classifier's verdict, or below a confidence
 * that of a cheap model. Whatever that model does, a call gets a verdict. All event loops share it.
 */
final class Auto {

  private final AutoConfig config;
  private final Directory directory;
  private final Classifier classifier = Classifier.standard();
  private final Verdicts verdicts;

  Auto(AutoConfig config, Directory directory, Clock clock) {
    this.config = config;
    this.directory = directory;
    this.verdicts = new Verdicts(clock);
  }

  /** The classifier's verdict, and whom to ask where it is not sure; costs nothing. */
  Sorted sorted(BodyBytes body, Dialect dialect) {
    Prompt prompt = Prompt.of(body.bytes());
    Verdict guess = classifier.classify(prompt);
    boolean sure = !config.fallback() || guess.confidence() >= config.confidence();
    Choice judge = sure ? null : directory.judge(config.model(), dialect);
    return judge == null ? Sorted.as(guess) : new Sorted(guess, judge, Question.of(prompt), false);
  }

  /**
   * What a cheap model says where one has to be asked, else the guess; never fails.
   *
   * @param used gets the tokens of the question, unless another call asks the same
   */
  Future<Verdict> judge(ModelLoop loop, ModelCall call, Sorted sorted, LongConsumer used) {
    Verdict guess = Objects.requireNonNull(sorted.verdict());
    Choice judge = sorted.judge();
    Question question = sorted.question();
    if (judge == null || question == null) {
      return Future.succeededFuture(guess);
    }
    return verdicts
        .of(
            call.scope().organizationId(),
            judge.provider().name() + '/' + judge.model(),
            question,
            () -> new Judging(loop, call.scope(), call.requestId(), judge, question, used).start())
        .otherwise(guess);
  }

  /** Whether the economy tier will do for a call that named a category. */
  boolean trivial(Choice asked, CallShape shape, BodyBytes body) {
    return config.lowComplexity()
        && asked.category() != null
        && asked.tier() == Tier.PREMIUM
        && !(shape.output().thinking() instanceof Thinking.Enabled)
        && shape.output().effort() == null
        && shape.input().tools() == 0
        && classifier.trivial(Prompt.of(body.bytes()));
  }
}
