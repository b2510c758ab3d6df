package dev.tollgate.spend;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/**
 * Looks through a journal's files once, before anything is appended.
 *
 * <p>Segments whose batches PostgreSQL has are known by their headers alone, so that a start does
 * not read a gigabyte; the others, and the last one, are read whole.
 */
final class JournalOpening {

  private static final int CUT_KEPT = 1 << 20;

  private final Path directory;
  private final UUID node;
  private final Mark mark;
  private final Deque<Segment> segments = new ArrayDeque<>();
  private final List<Damage> damaged = new ArrayList<>();
  private long batches;
  private long bytesCut;
  private int setAside;

  JournalOpening(Path directory, UUID node, Mark mark) {
    this.directory = directory;
    this.node = node;
    this.mark = mark;
  }

  Deque<Segment> segments() {
    return segments;
  }

  Recovery look() throws IOException {
    OwnerFiles.deleteHalfMade(directory);
    List<Path> files = new ArrayList<>();
    List<SegmentHeader> headers = new ArrayList<>();
    for (Path file : OwnerFiles.list(directory, "^\\d{12}\\.batches$")) {
      SegmentHeader header = SegmentHeader.read(file);
      if (header != null && isOurs(file, header)) {
        files.add(file);
        headers.add(header);
      } else {
        doubt();
        OwnerFiles.setAside(file);
        setAside++;
      }
    }
    for (int i = 0; i < files.size(); i++) {
      if (i + 1 < files.size()) {
        earlier(files.get(i), headers.get(i), headers.get(i + 1));
      } else {
        last(files.get(i), headers.get(i));
      }
    }
    return new Recovery(
        segments.size(), batches, bytesCut, setAside, List.copyOf(damaged), mark.sameBoot());
  }

  private boolean isOurs(Path file, SegmentHeader header) {
    return header.node().equals(node)
        && file.getFileName().toString().equals(Segment.name(header.sequence()));
  }

  private void earlier(Path file, SegmentHeader header, SegmentHeader next) throws IOException {
    long end = Files.size(file);
    long last = next.after();
    if (last > mark.acknowledged()) {
      try (SegmentReader reader = new SegmentReader(file, header, end)) {
        Instant _ = readAll(reader, header.created());
        if (reader.last() < last || reader.position() < end) {
          damaged.add(new Damage(reader.last(), last, end - reader.position()));
        }
      }
    }
    segments.add(new Segment(file, header, end, last, next.created()));
  }

  private void last(Path file, SegmentHeader header) throws IOException {
    long size = Files.size(file);
    try (SegmentReader reader = new SegmentReader(file, header, size)) {
      Instant newest = readAll(reader, header.created());
      if (reader.position() < size) {
        cut(file, reader.position(), size);
      }
      segments.add(new Segment(file, header, reader.position(), reader.last(), newest));
    }
  }

  /** When the last batch was appended. */
  private Instant readAll(SegmentReader reader, Instant created) throws IOException {
    Instant newest = created;
    for (JournalBatch batch = reader.next(); batch != null; batch = reader.next()) {
      batches++;
      newest = batch.at();
    }
    damaged.addAll(reader.damages());
    return newest;
  }

  private void cut(Path file, long from, long size) throws IOException {
    doubt();
    bytesCut = size - from;
    try (RandomAccessFile tail = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] kept = new byte[(int) Math.min(CUT_KEPT, bytesCut)];
      tail.seek(from);
      tail.readFully(kept);
      OwnerFiles.keepAside(file, ByteBuffer.wrap(kept));
      OwnerFiles.sync(directory);
      tail.setLength(from);
      tail.getFD().sync();
    }
  }

  /** Before a trace of the trouble is removed: the next start must know, should this one die. */
  private void doubt() {
    mark.doubt();
  }
}
