package dev.tollgate.bootstrap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * New keys, a line each, in a file that its owner alone may read: the only place where they are
 * told. A line is on disk before the next key is made.
 */
record SecretsFile(Path file) {

  void add(String organization, String name, String id, String key) {
    String line =
        Stream.of(organization, name, id, key)
            .map(field -> "\"" + field.replace("\"", "\"\"") + "\"")
            .collect(Collectors.joining(",", "", "\n"));
    boolean fresh = !Files.exists(file);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      // Of a file that was there before the mode is whatever somebody gave it.
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      write(channel, fresh ? "organization,name,id,key\n" + line : line);
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ", so a key is lost: " + id, e);
    }
  }

  private static void write(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
