package dev.tollgate.spend;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.ZJ_Result;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/** The money of a lease under two threads: none is made, none is lost. */
public final class SliceStress {

  private SliceStress() {}

  /** Two calls, money for one. */
  @JCStressTest
  @Outcome(
      id = {"true, false, 4", "false, true, 4"},
      expect = Expect.ACCEPTABLE)
  @Outcome(expect = Expect.FORBIDDEN, desc = "the same money was held twice, or lost")
  @State
  public static class TwoTakes {

    private final Slice slice = funded(10);

    @Actor
    public void one(ZZJ_Result result) {
      result.r1 = slice.take(6);
    }

    @Actor
    public void other(ZZJ_Result result) {
      result.r2 = slice.take(6);
    }

    @Arbiter
    public void after(ZZJ_Result result) {
      result.r3 = slice.free();
    }
  }

  /** A grant arrives while a call takes. */
  @JCStressTest
  @Outcome(
      id = {"true, 5", "false, 5"},
      expect = Expect.ACCEPTABLE)
  @Outcome(expect = Expect.FORBIDDEN, desc = "money was made or lost")
  @State
  public static class TakeWhilePut {

    private final Slice slice = new Slice(0);

    @Actor
    public void grant() {
      slice.put(5);
    }

    @Actor
    public void take(ZJ_Result result) {
      result.r1 = slice.take(5);
    }

    @Arbiter
    public void after(ZJ_Result result) {
      result.r2 = slice.free() + (result.r1 ? 5 : 0);
    }
  }

  /** A slice is given back while a call settles and the next one takes. */
  @JCStressTest
  @Outcome(id = "13", expect = Expect.ACCEPTABLE)
  @Outcome(expect = Expect.FORBIDDEN, desc = "money was made or lost")
  @State
  public static class GiveBackWhileSettled {

    private final Slice slice = funded(3);
    private boolean taken;
    private long given;

    @Actor
    public void settleAndTake() {
      slice.settle(10, 4);
      taken = slice.take(2);
    }

    @Actor
    public void giveBack() {
      given = slice.takeUpTo(100);
    }

    @Arbiter
    public void after(J_Result result) {
      result.r1 = slice.free() + slice.settled() + given + (taken ? 2 : 0);
    }
  }

  /** Whoever sees the refund sees the cost. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 4", "6, 4"},
      expect = Expect.ACCEPTABLE)
  @Outcome(expect = Expect.FORBIDDEN, desc = "the refund was free before the cost was settled")
  @State
  public static class RefundAfterCost {

    private final Slice slice = new Slice(0);

    @Actor
    public void settle() {
      slice.settle(10, 4);
    }

    @Actor
    public void look(JJ_Result result) {
      result.r1 = slice.free();
      result.r2 = slice.settled();
    }
  }

  private static Slice funded(long amount) {
    Slice slice = new Slice(0);
    slice.put(amount);
    return slice;
  }
}
