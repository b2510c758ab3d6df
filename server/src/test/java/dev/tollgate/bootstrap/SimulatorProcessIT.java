package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SimulatorProcessIT {

  @Test
  void comesBackAtItsPortWhenItIsKilled() throws Exception {
    try (SimulatorProcess simulator = SimulatorProcess.start();
        HttpClient http = HttpClient.newHttpClient()) {
      assertThat(answers(http, simulator.url())).isTrue();
      simulator.kill();
      await()
          .atMost(Duration.ofMinutes(2))
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> answers(http, simulator.url()));
    }
  }

  private static boolean answers(HttpClient http, String url)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v1/models"))
            .timeout(Duration.ofSeconds(10))
            .header("authorization", "Bearer any")
            .build();
    return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
  }
}
