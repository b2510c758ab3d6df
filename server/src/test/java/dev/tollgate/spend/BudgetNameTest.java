package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.kernel.Failure;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Scopes;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetNameTest {

  private static final OrgScope ORGANIZATION = Scopes.of(new UUID(0, 1));

  @Test
  void takesEveryProjectThatAKeyMayHave() {
    String longest = "\uD83D\uDC27".repeat(200);
    assertThat(new BudgetName(ORGANIZATION, BudgetScope.PROJECT, longest).subject())
        .isEqualTo(longest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\0b", "a\nb"})
  void refusesAProjectThatNoKeyCanHave(String project) {
    refuses(project);
  }

  @Test
  void refusesAProjectThatIsTooLong() {
    refuses("x".repeat(201));
  }

  private static void refuses(String project) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> new BudgetName(ORGANIZATION, BudgetScope.PROJECT, project))
        .satisfies(failure -> assertThat(failure.field()).isEqualTo("project"));
  }
}
