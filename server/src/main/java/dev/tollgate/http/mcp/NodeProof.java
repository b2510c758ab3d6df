package dev.tollgate.http.mcp;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How a node proves that it is the one in the table of nodes: by an HMAC of a challenge under the
 * secret of its row. The node and its address go into it, so that nobody can pass a challenge on to
 * another node, or to the same one where it is by now. Pure.
 */
final class NodeProof {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int CHALLENGE_BYTES = 32;
  private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final SecureRandom RANDOM = new SecureRandom();

  private NodeProof() {}

  /** Another each time. */
  static String challenge() {
    byte[] bytes = new byte[CHALLENGE_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static boolean isChallenge(String text) {
    return CHALLENGE.matcher(text).matches();
  }

  /** What the node answers. */
  static String of(UUID node, NodeAddresses.Peer peer, String challenge) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(hmac(peer.secret().reveal(), node, peer.url(), challenge));
  }

  static boolean proves(String answer, UUID node, NodeAddresses.Peer peer, String challenge) {
    return MessageDigest.isEqual(
        of(node, peer, challenge).getBytes(StandardCharsets.UTF_8),
        answer.strip().getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] hmac(String secret, UUID node, URI url, String challenge) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return mac.doFinal(
          ("tollgate node\n" + node + "\n" + url + "\n" + challenge)
              .getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
