package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          postgresql://u:p@h:5433/d            | jdbc:postgresql://h:5433/d            | u   | p
          postgres://u:p@h/d                   | jdbc:postgresql://h/d                 | u   | p
          postgresql://u@h                     | jdbc:postgresql://h/u                 | u   | ''
          postgresql://u:p%40%2F+w@h/d         | jdbc:postgresql://h/d                 | u   | p@/+w
          postgresql://u:p:q@h/d               | jdbc:postgresql://h/d                 | u   | p:q
          postgresql://u%20v@h/d%20e           | jdbc:postgresql://h/d%20e             | u v | ''
          postgresql:///d?user=u&password=p    | jdbc:postgresql://localhost/d         | u   | p
          postgresql://u@[::1]:5433/d          | jdbc:postgresql://[::1]:5433/d        | u   | ''
          postgresql://u@a:1,b:2/d             | jdbc:postgresql://a:1,b:2/d           | u   | ''
          postgresql://u@h/d?sslmode=verify-full&connect_timeout=3 | jdbc:postgresql://h/d?sslmode=verify-full&connectTimeout=3 | u | ''
          postgresql://u@a,b/d?target_session_attrs=read-write | jdbc:postgresql://a,b/d?targetServerType=primary | u | ''
          """)
  void readsTheFormOfLibpq(String url, String jdbcUrl, String user, String password) {
    assertThat(DatabaseUrl.parse(url))
        .isEqualTo(new DatabaseUrl(jdbcUrl, user, new Secret(password)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://u:hidden@h/d",
        "jdbc:postgresql://h/d?user=u&password=hidden",
        "postgresql://u:hidden%4@h/d",
        "postgresql://u:x@hidden@h/d",
        "postgresql://u:hidden/y@h/d",
        "postgresql://u:12?hidden@h/d",
        "postgresql://u:hidden@%2Fvar%2Frun/d",
        "postgresql://u:hidden@h/d?sslmod=require",
        "postgresql://u:hidden@h/d?target_session_attrs=standby",
        "postgresql://:hidden@h/d"
      })
  void refusesWhatItCannotReadWithoutShowingThePassword(String url) {
    assertThatThrownBy(() -> DatabaseUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("hidden");
  }

  @Test
  void suggestsTheParameterThatWasMeant() {
    assertThatThrownBy(() -> DatabaseUrl.parse("postgresql://u@h/d?sslmod=require"))
        .hasMessageContaining("did you mean sslmode?");
  }
}
