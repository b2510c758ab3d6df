package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Secret;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A {@link Till} in a process of its own, that can be paused: holds and settles as it is told on
 * standard input. Its leases last two seconds.
 */
final class Teller {

  private static final String ANSWER = "answer: ";

  private Teller() {}

  static ChildJvm start(StorageConfig database, UUID node, Path journal, OrgScope scope)
      throws IOException {
    ChildJvm child =
        ChildJvm.start(
            Teller.class,
            database.jdbcUrl(),
            database.user(),
            database.password().reveal(),
            node.toString(),
            journal.toString(),
            scope.organizationId().toString());
    child.awaitLine("ready");
    return child;
  }

  /** Tells the teller to hold so many cents. */
  static void askToHold(ChildJvm teller, long cents) throws IOException {
    teller.tell("hold " + cents);
  }

  /** Has it hold so many cents; asked again where its new lease was over before it had looked. */
  static String holds(ChildJvm teller, long cents) throws IOException {
    String answer;
    do {
      askToHold(teller, cents);
      answer = answer(teller);
    } while (answer.startsWith(ErrorCode.BUDGET_UNAVAILABLE.toString()));
    return answer;
  }

  /** Tells the teller to settle its first hold. */
  static void askToSettle(ChildJvm teller, long cents) throws IOException {
    teller.tell("settle " + cents);
  }

  /** What became of what it was told: {@code granted}, {@code settled}, or why it was refused. */
  static String answer(ChildJvm teller) throws IOException {
    return teller.awaitLine(ANSWER);
  }

  public static void main(String[] arguments) throws IOException {
    StorageConfig database =
        new StorageConfig(
            arguments[0], arguments[1], new Secret(arguments[2]), 4, Duration.ofSeconds(20));
    UUID node = UUID.fromString(arguments[3]);
    List<Hold> holds = new ArrayList<>();
    try (Till till = Till.open(database, Till.brief(), node, Path.of(arguments[4]));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      OrgScope scope = till.scope(UUID.fromString(arguments[5]));
      System.out.println("ready");
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(ANSWER + obey(till, scope, line, holds));
      }
    }
  }

  private static String obey(Till till, OrgScope scope, String line, List<Hold> holds) {
    String[] words = line.split(" ", 2);
    Money amount = Money.ofCents(Long.parseLong(words[1]));
    if (words[0].equals("settle")) {
      till.settle(holds.removeFirst(), amount);
      return "settled";
    }
    return switch (till.admit(scope, amount)) {
      case Admission.Granted<String> granted -> {
        holds.add(granted.hold());
        yield "granted";
      }
      case Admission.Refused<String> refused -> refused.code() + " " + refused.message();
    };
  }
}
