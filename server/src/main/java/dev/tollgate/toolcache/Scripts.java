package dev.tollgate.toolcache;

import dev.tollgate.storage.RedisScript;

/**
 * What is one step in Redis (6.2 or newer).
 *
 * <p>Of a scope: KEYS[1] is its id, KEYS[2] its marks, each with the millisecond of the server's
 * clock at which it lapses.
 */
final class Scripts {

  private static final String NOW =
      """
      local t = redis.call('TIME')
      local now = t[1] * 1000 + math.floor(t[2] / 1000)
      """;

  /** An id that nobody asks for is forgotten after a week; the next one is another. */
  private static final String KEEP = "'PX', 604800000";

  /** ARGV: an id. Returns the id that holds, and how many marks there are. */
  static final RedisScript LOOK =
      RedisScript.of(
          NOW
              + """
              local id = redis.call('GET', KEYS[1])
              if not id then
                id = ARGV[1]
                redis.call('SET', KEYS[1], id, %s)
              end
              return {id, redis.call('ZCOUNT', KEYS[2], '(' .. now, '+inf')}
              """
                  .formatted(KEEP));

  /**
   * ARGV: a new id, a mark, its time in milliseconds, and 1 to do nothing where the mark is there.
   * Returns the id that held before, and 1 where something was done.
   */
  static final RedisScript MARK =
      RedisScript.of(
          NOW
              + """
              local id = redis.call('GET', KEYS[1])
              if ARGV[4] == '1' and id and redis.call('ZSCORE', KEYS[2], ARGV[2]) then
                return {id, 0}
              end
              redis.call('SET', KEYS[1], ARGV[1], %s)
              redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
              redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[2])
              if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[3]) then
                redis.call('PEXPIRE', KEYS[2], ARGV[3])
              end
              return {id, 1}
              """
                  .formatted(KEEP));

  /**
   * ARGV: a new id, a mark, and 1 to leave the mark. Returns the id that held before, and 1 where
   * the mark was there.
   */
  static final RedisScript UNMARK =
      RedisScript.of(
          """
          local id = redis.call('GET', KEYS[1])
          local there = redis.call('ZSCORE', KEYS[2], ARGV[2])
          redis.call('SET', KEYS[1], ARGV[1], %s)
          if ARGV[3] == '0' then
            redis.call('ZREM', KEYS[2], ARGV[2])
          end
          return {id, there and 1 or 0}
          """
              .formatted(KEEP));

  /** ARGV: an id that must not hold, and a new one. */
  static final RedisScript REPLACE =
      RedisScript.of(
          """
          if redis.call('GET', KEYS[1]) == ARGV[1] then
            redis.call('SET', KEYS[1], ARGV[2], %s)
          end
          return {}
          """
              .formatted(KEEP));

  /**
   * KEYS: an answer, and who fetches it. ARGV: who asks, the milliseconds of its lease, and 1 to
   * fetch it anew. Returns the answer, or nothing, and 1 where the asker is to fetch it.
   */
  static final RedisScript FIND =
      RedisScript.of(
          """
          local found = ARGV[3] == '0' and redis.call('GET', KEYS[1])
          if found then
            return {found, 0}
          end
          if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then
            return {false, 1}
          end
          return {false, 0}
          """);

  /** KEYS: who fetches. ARGV: who that is, the milliseconds of its lease. */
  static final RedisScript RENEW =
      RedisScript.of(
          """
          if redis.call('GET', KEYS[1]) == ARGV[1] then
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            return {1}
          end
          return {0}
          """);

  /**
   * KEYS: id, marks, the answer, who fetches it. ARGV: the id that it was fetched under, the
   * answer, its milliseconds, who fetched it. Keeps the answer where the id still holds unmarked.
   */
  static final RedisScript STORE =
      RedisScript.of(
          NOW
              + """
              if redis.call('GET', KEYS[4]) == ARGV[4] then
                redis.call('DEL', KEYS[4])
              end
              if redis.call('GET', KEYS[1]) ~= ARGV[1]
                  or redis.call('ZCOUNT', KEYS[2], '(' .. now, '+inf') > 0 then
                return {0}
              end
              redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3])
              return {1}
              """);

  /** KEYS: who fetches. ARGV: who that is. Lets others fetch. */
  static final RedisScript LEAVE =
      RedisScript.of(
          """
          if redis.call('GET', KEYS[1]) == ARGV[1] then
            redis.call('DEL', KEYS[1])
          end
          return {}
          """);

  private Scripts() {}
}
