public class SimplePool {
  private final List<Connection> idle = new ArrayList<>();
  private final int max;
  private volatile int total = 0;

  public SimplePool(int max) {
    this.max = max;
  }

  public Connection take() throws Exception {
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.remove(0);
      }
    }
    if (total < max) {
      total++;
      return open();
    }
    synchronized (idle) {
      idle.wait(1000);
      return idle.isEmpty() ? null : idle.remove(0);
    }
  }

  public void giveBack(Connection connection) {
    if (connection.isBroken()) {
      total--;
      return;
    }
    synchronized (idle) {
      idle.add(connection);
      idle.notify();
    }
  }

  private Connection open() throws Exception {
    return DriverManager.connect(System.getenv("DB_URL"));
  }
}
