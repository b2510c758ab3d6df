package dev.tollgate.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressTest {

  private static final Map<String, String> NAMES =
      Map.of(
          "public.test", "93.184.215.14",
          "six.test", "2606:4700::1111",
          "private.test", "10.1.2.3",
          "loopback.test", "127.0.0.1",
          "mixed.test", "93.184.215.14 192.168.0.1",
          "metadata.test", "169.254.169.254",
          "nat.test", "64:ff9b::a9fe:a9fe");

  private final CountDownLatch never = new CountDownLatch(1);
  private final Egress strict = open();
  private final Egress lenient = open("127.0.0.0/8", "10.0.0.0/8", "::1");

  private Egress open(String... allowed) {
    return Egress.open(
        Arrays.stream(allowed).map(AddressRange::parse).toList(),
        this::resolve,
        Duration.ofSeconds(2),
        null);
  }

  private InetAddress[] resolve(String host) throws UnknownHostException {
    if (host.equals("slow.test")) {
      await();
    }
    String addresses = NAMES.get(host);
    if (addresses == null) {
      throw new UnknownHostException(host);
    }
    return Arrays.stream(addresses.split(" "))
        .map(InetAddress::ofLiteral)
        .toArray(InetAddress[]::new);
  }

  private void await() {
    try {
      never.await();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void close() {
    strict.close();
    lenient.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // schemes
        "ftp://public.test/",
        "file:///etc/passwd",
        "gopher://public.test/",
        "jar:https://x!/",
        "data:text/plain,x",
        "//public.test/",
        "public.test",
        "",
        // plain text to the open internet
        "http://public.test/",
        "http://93.184.215.14/",
        // credentials
        "https://user@public.test/",
        "https://user:word@public.test/",
        "https://:@public.test/",
        "https://public.test@127.0.0.1/",
        "https://public.test:443@127.0.0.1/",
        // addresses in plain sight
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/",
        "https://100.100.100.200/",
        "https://[::1]/",
        "https://[::]/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://224.0.0.1/",
        // addresses in disguise
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://127.1/",
        "https://127.0.1/",
        "https://127.0.0.1./",
        "https://127.0.0.1../",
        "https://00127.0.0.1/",
        "https://1.1.1.0x1/",
        "https://256.1.1.1/",
        "https://0/",
        "https://%31%32%37.0.0.1/",
        "https://１２７.0.0.1/",
        "https://127。0。0。1/",
        "https://[fe80::1%25lo]/",
        "https://[fe80::1%lo]/",
        // names that lead inside
        "https://private.test/",
        "https://loopback.test/",
        "https://mixed.test/",
        "https://metadata.test/",
        "https://nat.test/",
        "https://LOOPBACK.test./",
        // what parsers disagree about
        "https://public.test\\@127.0.0.1/",
        "https://public.test#@127.0.0.1:x/",
        "https://public.test:0/",
        "https://public.test:65536/",
        "https://public.test:-1/",
        "https:///path",
        "https://",
        "https://pub lic.test/",
        "https://public..test/",
        "https://public.test\r\nx: y/",
        "https://-public.test-/"
      })
  void refuses(String url) {
    assertThat(refusal(strict, url)).isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  private static ErrorCode refusal(Egress egress, String url) {
    try {
      CompletionStage<Pinned> checked = egress.check(Egress.parse(url));
      Pinned pinned = checked.toCompletableFuture().join();
      throw new AssertionError(url + " passed: " + pinned);
    } catch (Failure refused) {
      assertThat(refused.field()).isEqualTo("url");
      return refused.code();
    } catch (CompletionException refused) {
      return ((Failure) Stages.cause(refused)).code();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://public.test/mcp?a=b, 93.184.215.14, public.test, 443, public.test",
    "HTTPS://Public.Test:8443/, 93.184.215.14, public.test, 8443, public.test:8443",
    "https://public.test./, 93.184.215.14, public.test, 443, public.test",
    "https://six.test/, 2606:4700:0:0:0:0:0:1111, six.test, 443, six.test",
    "https://1.1.1.1/, 1.1.1.1, 1.1.1.1, 443, 1.1.1.1",
    "https://[2606:4700::1111]:444/, 2606:4700:0:0:0:0:0:1111, 2606:4700::1111, 444,"
        + " [2606:4700::1111]:444"
  })
  void pinsWhatMayBeReached(String url, String address, String host, int port, String authority) {
    Pinned pinned = strict.check(URI.create(url)).toCompletableFuture().join();
    assertThat(pinned.addresses().getFirst().getHostAddress()).isEqualTo(address);
    assertThat(pinned.host()).isEqualTo(host);
    assertThat(pinned.port()).isEqualTo(port);
    assertThat(pinned.authority()).isEqualTo(authority);
    assertThat(pinned.tls()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:9000/mcp", "http://loopback.test/", "https://10.9.9.9/",
        "http://[::1]:3000/", "http://[::ffff:127.0.0.1]/", "https://public.test/"
      })
  void admitsWhatTheOperatorAllowed(String url) {
    assertThat(lenient.check(URI.create(url)).toCompletableFuture().join()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://public.test/", "https://192.168.0.1/", "https://mixed.test/", "http://0/"})
  void admitsNoMoreThanTheOperatorAllowed(String url) {
    assertThat(refusal(lenient, url)).isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  @Test
  void tellsANameThatDoesNotResolveFromOneThatTakesTooLong() {
    assertThat(refusal(strict, "https://nobody.test/")).isEqualTo(ErrorCode.UPSTREAM_UNREACHABLE);
    assertThat(refusal(strict, "https://slow.test/")).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
  }

  @Test
  void keepsABoundOnNamesThatAreBeingResolved() {
    List<CompletionStage<Pinned>> many =
        IntStream.range(0, 400)
            .mapToObj(i -> strict.check(URI.create("https://slow.test/")))
            .toList();
    assertThat(many.stream().map(EgressTest::code))
        .contains(ErrorCode.OVERLOADED, ErrorCode.UPSTREAM_TIMEOUT)
        .containsOnly(ErrorCode.OVERLOADED, ErrorCode.UPSTREAM_TIMEOUT);
  }

  private static ErrorCode code(CompletionStage<Pinned> refused) {
    Throwable thrown = refused.toCompletableFuture().handle((pinned, e) -> e).join();
    return ((Failure) Stages.cause(thrown)).code();
  }

  @Test
  void checksEachRedirect() {
    Pinned first = strict.check(URI.create("https://public.test/a/b")).toCompletableFuture().join();
    Pinned second = strict.redirect(first, "../c?d#e").toCompletableFuture().join();
    assertThat(second.url()).isEqualTo(URI.create("https://public.test/c?d"));
    assertThat(second.redirects()).isEqualTo(1);
    for (String location :
        List.of(
            "https://127.0.0.1/",
            "//loopback.test/",
            "http://public.test/",
            "file:///etc/passwd",
            "https://u:p@public.test/",
            "https://2130706433/",
            "ht tp://x")) {
      assertThat(code(strict.redirect(first, location)))
          .as(location)
          .isEqualTo(ErrorCode.UPSTREAM_INVALID);
    }
  }

  @Test
  void keepsABoundOnRedirects() {
    Pinned at = strict.check(URI.create("https://public.test/")).toCompletableFuture().join();
    for (int i = 0; i < Egress.REDIRECTS; i++) {
      at = strict.redirect(at, "/again").toCompletableFuture().join();
    }
    assertThat(code(strict.redirect(at, "/again"))).isEqualTo(ErrorCode.UPSTREAM_INVALID);
  }

  @Test
  void namesTheFieldAndNotTheAddress() {
    assertThatThrownBy(
            () -> strict.check(URI.create("https://private.test/")).toCompletableFuture().join())
        .hasMessageContaining("allow-private-addresses")
        .hasMessageNotContaining("10.1.2.3");
  }
}
