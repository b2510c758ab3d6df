package dev.tollgate.bootstrap;

import dev.tollgate.http.engine.Doorkeeper;
import dev.tollgate.spend.Spend;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.Tenancy;
import org.jspecify.annotations.Nullable;

/** Lets callers in by tenancy's word, while there is a database to charge them in. */
record Entrance(Tenancy tenancy, Spend spend) implements Doorkeeper {

  @Override
  public @Nullable Caller cached(String key) {
    return tenancy.cached(key);
  }

  @Override
  public Caller authenticate(String key) {
    return tenancy.authenticate(key);
  }

  @Override
  public @Nullable String obstacle() {
    return spend.obstacle();
  }
}
