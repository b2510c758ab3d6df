package dev.tollgate.spend;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** The slots of the table of holds under several threads. */
public final class SlotsStress {

  private static final int MIXED = -1;

  private SlotsStress() {}

  /** A slot is used twice while somebody looks, twice. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1", "0, 2", "1, 0", "1, 1", "1, 2", "2, 2"},
      expect = Expect.ACCEPTABLE)
  @Outcome(expect = Expect.FORBIDDEN, desc = "a mixture of two holds, or an old one after a new")
  @State
  public static class SeenWhole {

    private final Slots slots = slots();

    @Actor
    public void write() {
      open(slots, 1);
      slots.close(0);
      open(slots, 2);
    }

    @Actor
    public void read(II_Result result) {
      result.r1 = number(slots.read(0));
      result.r2 = number(slots.read(0));
    }
  }

  /** A hold is ended by another thread than the one that looks. */
  @JCStressTest
  @Outcome(
      id = {"0", "1"},
      expect = Expect.ACCEPTABLE)
  @Outcome(expect = Expect.FORBIDDEN, desc = "not what was opened")
  @State
  public static class SeenWhileEnded {

    private final Slots slots = slots();

    public SeenWhileEnded() {
      open(slots, 1);
    }

    @Actor
    public void close() {
      slots.close(0);
    }

    @Actor
    public void read(I_Result result) {
      result.r1 = number(slots.read(0));
    }
  }

  /** Two threads want the last slot. */
  @JCStressTest
  @Outcome(
      id = {"true, false, 0", "false, true, 0"},
      expect = Expect.ACCEPTABLE)
  @Outcome(expect = Expect.FORBIDDEN, desc = "a slot was given twice, or to nobody")
  @State
  public static class LastSlot {

    private final SlotMap map = almostFull();

    @Actor
    public void one(ZZI_Result result) {
      result.r1 = map.take() != SlotMap.FULL;
    }

    @Actor
    public void other(ZZI_Result result) {
      result.r2 = map.take() != SlotMap.FULL;
    }

    @Arbiter
    public void after(ZZI_Result result) {
      result.r3 = rest(map);
    }
  }

  /** A slot is freed while another thread takes the last one. */
  @JCStressTest
  @Outcome(id = "true, 1", expect = Expect.ACCEPTABLE)
  @Outcome(expect = Expect.FORBIDDEN, desc = "a slot was given twice, or lost")
  @State
  public static class FreedWhileTaken {

    private final SlotMap map = almostFull();

    @Actor
    public void take(ZI_Result result) {
      result.r1 = map.take() != SlotMap.FULL;
    }

    @Actor
    public void free() {
      map.give(7);
    }

    @Arbiter
    public void after(ZI_Result result) {
      result.r2 = rest(map);
    }
  }

  private static SlotMap almostFull() {
    SlotMap map = new SlotMap(64);
    for (int slot = 0; slot < 63; slot++) {
      map.occupy(slot);
    }
    return map;
  }

  private static int rest(SlotMap map) {
    int rest = 0;
    while (map.take() != SlotMap.FULL) {
      rest++;
    }
    return rest;
  }

  private static Slots slots() {
    return new Slots(MemorySegment.ofArray(new long[Slots.BYTES / Long.BYTES]));
  }

  private static void open(Slots slots, int number) {
    slots.open(0, new UUID(number, number), number, number, number, number, number, number);
  }

  /** Which hold it is; 0: none. */
  private static int number(@Nullable OpenHold hold) {
    if (hold == null) {
      return 0;
    }
    long number = hold.amount();
    boolean whole =
        hold.call().equals(new UUID(number, number))
            && hold.attempt() == number
            && hold.leases().equals(List.of(number, number, number, number));
    return whole ? (int) number : MIXED;
  }
}
