package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Secret;
import java.net.URI;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NodeProofTest {

  private static final UUID NODE = UUID.randomUUID();
  private static final NodeAddresses.Peer PEER = peer("http://10.0.0.1:4000", "secret");

  private static NodeAddresses.Peer peer(String url, String secret) {
    return new NodeAddresses.Peer(URI.create(url), new Secret(secret));
  }

  @Test
  void isOfOneNodeAtOneAddressForOneChallenge() {
    String challenge = NodeProof.challenge();
    assertThat(NodeProof.isChallenge(challenge)).isTrue();
    String answer = NodeProof.of(NODE, PEER, challenge);
    assertThat(NodeProof.proves(answer, NODE, PEER, challenge)).isTrue();
    assertThat(NodeProof.proves(answer, UUID.randomUUID(), PEER, challenge)).isFalse();
    assertThat(NodeProof.proves(answer, NODE, peer("http://10.0.0.2:4000", "secret"), challenge))
        .isFalse();
    assertThat(NodeProof.proves(answer, NODE, peer("http://10.0.0.1:4000", "other"), challenge))
        .isFalse();
    assertThat(NodeProof.proves(answer, NODE, PEER, NodeProof.challenge())).isFalse();
    assertThat(NodeProof.proves("", NODE, PEER, challenge)).isFalse();
  }
}
