package dev.tollgate.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Secret;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import org.junit.jupiter.api.Test;

class RedisUrlTest {

  @Test
  void verifiesCertificateAndHostNameOfTls() {
    RedisURI uri = parse("rediss://user:pass@redis.example.org:6380/2");
    assertThat(uri.isSsl()).isTrue();
    assertThat(uri.getVerifyMode()).isEqualTo(SslVerifyMode.FULL);
    assertThat(uri.getPort()).isEqualTo(6380);
    assertThat(uri.getDatabase()).isEqualTo(2);
  }

  @Test
  void readsAPlainUrl() {
    RedisURI uri = parse("redis://127.0.0.1");
    assertThat(uri.isSsl()).isFalse();
    assertThat(uri.getPort()).isEqualTo(6379);
  }

  private static RedisURI parse(String url) {
    return Redis.parse(new RedisConfig(new Secret(url), "t:"));
  }
}
