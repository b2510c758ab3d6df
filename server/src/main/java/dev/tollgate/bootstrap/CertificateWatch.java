package dev.tollgate.bootstrap;

import dev.tollgate.http.engine.FrontDoor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the listener read its certificate anew when the files change, as renewals do. */
final class CertificateWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CertificateWatch.class);

  private final List<Path> files;
  private final FrontDoor door;
  private final Thread watcher;
  private List<FileTime> seen;
  private List<FileTime> refused = List.of();

  CertificateWatch(ListenSection.Tls tls, FrontDoor door, Duration every) {
    this.files = List.of(tls.certificate(), tls.privateKey());
    this.door = door;
    this.seen = times();
    this.watcher = Thread.ofVirtual().name("certificates").start(() -> watch(every));
  }

  private void watch(Duration every) {
    try {
      while (true) {
        Thread.sleep(every);
        look();
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    List<FileTime> now = times();
    if (now.equals(seen)) {
      return;
    }
    try {
      door.reloadCertificates();
      seen = now;
      log.info("the certificate of the listener was read anew");
    } catch (RuntimeException unusable) {
      // Tried again until it can be used, told once: a renewal writes its files one by one.
      if (!now.equals(refused)) {
        refused = now;
        log.warn(
            "the new certificate cannot be used, the old one stays: {}", unusable.getMessage());
      }
    }
  }

  private List<FileTime> times() {
    return files.stream().map(CertificateWatch::time).toList();
  }

  private static FileTime time(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException away) {
      return FileTime.fromMillis(0);
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
