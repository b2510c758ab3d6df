package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files and directories that nobody but their owner may read: mode 0600 and 0700.
 *
 * <p>A file is written whole or not at all: it is made beside its place, synced and renamed.
 */
final class PrivateFiles {

  private static final SecureRandom RANDOM = new SecureRandom();

  private PrivateFiles() {}

  /** Makes {@code directory} and its parents; what is made is for its owner alone. */
  static Path directory(Path directory) {
    try {
      return Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw Failure.of(
          ErrorCode.UNAVAILABLE, "cannot make the directory " + directory + ": " + why(e), e);
    }
  }

  /** Writes {@code text} and a newline, replacing what was there. */
  static void write(Path file, String text) {
    try {
      Path fresh =
          Files.createTempFile(
              directory(parent(file)),
              file.getFileName() + ".",
              ".new",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        try (FileChannel channel = FileChannel.open(fresh, Set.of(StandardOpenOption.WRITE))) {
          channel.write(
              ByteBuffer.wrap((text + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8)));
          channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw Failure.of(ErrorCode.UNAVAILABLE, "cannot write " + file + ": " + why(e), e);
    }
  }

  /** The text of {@code file} without blanks around it; null where there is no such file. */
  static @Nullable String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file).strip() : null;
    } catch (IOException e) {
      throw Failure.of(ErrorCode.UNAVAILABLE, "cannot read " + file + ": " + why(e), e);
    }
  }

  /** The secret in {@code file}; one of 192 random bits is made where there is none yet. */
  static Secret secret(Path file) {
    String known = read(file);
    if (known != null) {
      return new Secret(known);
    }
    byte[] bits = new byte[24];
    RANDOM.nextBytes(bits);
    String made = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    write(file, made);
    return new Secret(made);
  }

  /** What the file system has against it, in words. */
  static String why(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException there -> there.getFile() + " is a file";
      case NoSuchFileException missing -> "there is no " + missing.getFile();
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " has no directory");
    }
    return parent;
  }
}
