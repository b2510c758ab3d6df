package dev.tollgate.bootstrap;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A limit as the command line has it: cents, or {@code unlimited}.
 *
 * @param cents null: unlimited
 */
record BudgetCents(@Nullable Long cents) {

  /** Reads it. */
  static final class Reader implements ITypeConverter<BudgetCents> {

    @Override
    public BudgetCents convert(String text) {
      if (text.equals("unlimited")) {
        return new BudgetCents(null);
      }
      try {
        return new BudgetCents(Long.valueOf(text));
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' is neither cents nor 'unlimited'");
      }
    }
  }
}
