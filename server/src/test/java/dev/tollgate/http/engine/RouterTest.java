package dev.tollgate.http.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {

  private static Route route(HttpMethod method, String template) {
    return Route.blocking(method, template, Access.OPEN, null, call -> Reply.empty(204));
  }

  private final Router router =
      new Router(
          List.of(
              route(HttpMethod.GET, "/v1/models"),
              route(HttpMethod.GET, "/v1/models/{model}"),
              route(HttpMethod.DELETE, "/a/{x}/b/{y}")));

  @Test
  void findsTemplatesAndDecodesTheirParameters() {
    assertThat(router.match(HttpMethod.GET, "/v1/models"))
        .isInstanceOfSatisfying(
            Router.Match.Found.class, found -> assertThat(found.index()).isZero());
    assertThat(router.match(HttpMethod.DELETE, "/a/1%2F2/b/p+q"))
        .isInstanceOfSatisfying(
            Router.Match.Found.class,
            found -> assertThat(found.path()).isEqualTo(Map.of("x", "1/2", "y", "p+q")));
  }

  @Test
  void tellsAWrongMethodFromAnUnknownPath() {
    assertThat(router.match(HttpMethod.POST, "/v1/models"))
        .isInstanceOfSatisfying(
            Router.Match.WrongMethod.class,
            wrong -> assertThat(wrong.allowed()).containsExactly("GET"));
    assertThat(router.match(HttpMethod.GET, "/a/1/b/2"))
        .isInstanceOf(Router.Match.WrongMethod.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "",
        "/v1",
        "/v1/models/",
        "/v1/models/a/b",
        "/a//b/2",
        "/v1/models/%zz",
        "/V1/models"
      })
  void knowsNoOtherPath(String path) {
    assertThat(router.match(HttpMethod.GET, path)).isInstanceOf(Router.Match.Unknown.class);
  }
}
