package dev.tollgate.spend;

import dev.tollgate.kernel.Failure;
import dev.tollgate.tenancy.OrgScope;
import java.util.UUID;

/**
 * Which budget of an organization is meant.
 *
 * @param subject as {@link BudgetScope} says: an id, a label, or nothing
 */
public record BudgetName(OrgScope organization, BudgetScope scope, String subject) {

  private static final int LONGEST = 200;

  public BudgetName {
    if (subject.codePointCount(0, subject.length()) > LONGEST
        || subject.codePoints().anyMatch(Character::isISOControl)) {
      throw Failure.invalid(scope.wire(), scope.wire() + " is no name that a budget can have");
    }
    if (subject.isBlank() != (scope == BudgetScope.ORGANIZATION)) {
      throw Failure.invalid(scope.wire(), "say which " + scope.wire() + " the budget is for");
    }
  }

  /** The budget of a whole organization. */
  public static BudgetName whole(OrgScope organization) {
    return new BudgetName(organization, BudgetScope.ORGANIZATION, "");
  }

  UUID organizationId() {
    return organization.organizationId();
  }
}
