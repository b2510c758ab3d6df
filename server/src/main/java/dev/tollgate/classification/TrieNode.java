package dev.tollgate.classification;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A place in the lexicon's trie. Grows while the lexicon is read, and never after. */
final class TrieNode {

  private static final TrieNode[] NONE = {};

  private char[] keys = {};
  private TrieNode[] nodes = NONE;

  /** The number of the group whose term ends here; -1: none does. */
  int group = -1;

  /** Whether the term that ends here takes any ending. */
  boolean open;

  /** The number of the term that ends here. */
  int id;

  @Nullable TrieNode next(char key) {
    int at = Arrays.binarySearch(keys, key);
    return at < 0 ? null : nodes[at];
  }

  TrieNode grow(char key) {
    int at = Arrays.binarySearch(keys, key);
    if (at >= 0) {
      return nodes[at];
    }
    int to = -at - 1;
    char[] moreKeys = Arrays.copyOf(keys, keys.length + 1);
    TrieNode[] moreNodes = Arrays.copyOf(nodes, nodes.length + 1);
    System.arraycopy(keys, to, moreKeys, to + 1, keys.length - to);
    System.arraycopy(nodes, to, moreNodes, to + 1, nodes.length - to);
    moreKeys[to] = key;
    moreNodes[to] = new TrieNode();
    keys = moreKeys;
    nodes = moreNodes;
    return moreNodes[to];
  }
}
