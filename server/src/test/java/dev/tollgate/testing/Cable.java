package dev.tollgate.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The way to a server on this machine, which a test can cut and mend. */
public final class Cable implements AutoCloseable {

  private final int target;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile boolean silent;

  public Cable(int target) {
    this.target = target;
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Ends all connections and refuses new ones. */
  public void cut() {
    cut = true;
    sockets.forEach(Cable::end);
  }

  /** Swallows whatever comes, both ways: nobody notices at once. */
  public void silence() {
    silent = true;
  }

  public void mend() {
    boolean lost = silent;
    silent = false;
    cut = false;
    if (lost) {
      sockets.forEach(Cable::end);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        if (cut) {
          end(near);
        } else {
          connect(near);
        }
      } catch (IOException e) {
        return;
      }
    }
  }

  private void connect(Socket near) {
    Socket far = new Socket();
    try {
      far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 1_000);
    } catch (IOException e) {
      end(near);
      return;
    }
    sockets.add(near);
    sockets.add(far);
    if (cut) {
      end(near);
      end(far);
    }
    Thread.startVirtualThread(() -> pump(near, far));
    Thread.startVirtualThread(() -> pump(far, near));
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[16_384];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (!silent) {
          out.write(buffer, 0, read);
        }
      }
    } catch (IOException e) {
      end(to);
    } finally {
      sockets.remove(from);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    sockets.forEach(Cable::end);
  }
}
