package dev.tollgate.limits;

import dev.tollgate.storage.Redis;
import dev.tollgate.storage.RedisScript;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Limits shared by scripts in Redis 6.2 or newer, on its clock.
 *
 * <p>A window is a hash: by grain of time what was leased in it, and by node the grain in which it
 * asked last. Slots are a hash: by node how many it has, and until when.
 */
final class RedisShared implements Shared {

  private static final String NOW =
      """
      local t = redis.call('TIME')
      local now = t[1] * 1000 + math.floor(t[2] / 1000)
      local function whole(x) return string.format('%.0f', x) end
      """;

  /**
   * ARGV: node, limit, milliseconds that a lease counts, milliseconds of a grain, least, want,
   * carry, recent; then grains, each with what is given back of it. Returns units, grain, free,
   * milliseconds until {@code least} is there, and until all is free.
   */
  private static final RedisScript LEASE =
      RedisScript.of(
          NOW
              + """
              local key, node = KEYS[1], 'n' .. ARGV[1]
              local limit, keep, size = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
              local least, want = tonumber(ARGV[5]), tonumber(ARGV[6])
              local carry = tonumber(ARGV[7])
              for i = 9, #ARGV, 2 do
                local there = redis.call('HGET', key, ARGV[i])
                if there then
                  local back = math.min(tonumber(there), tonumber(ARGV[i + 1]))
                  redis.call('HINCRBY', key, ARGV[i], whole(-back))
                end
              end
              if redis.call('HEXISTS', key, node) == 0 then
                carry = math.max(carry, tonumber(ARGV[8]))
              end
              local grain = math.floor(now / size)
              local oldest = math.floor((now - keep) / size)
              local used, live = carry, {}
              local all = redis.call('HGETALL', key)
              for i = 1, #all, 2 do
                local field, value = all[i], tonumber(all[i + 1])
                local at = tonumber(field)
                if (at or value) < oldest then
                  redis.call('HDEL', key, field)
                elseif at and value > 0 then
                  used = used + value
                  live[#live + 1] = {at, value}
                end
              end
              local free = limit - used
              local units = 0
              if free >= least then
                units = math.max(0, math.min(free, want))
              end
              if units + carry > 0 then
                redis.call('HINCRBY', key, whole(grain), whole(units + carry))
                live[#live + 1] = {grain, units + carry}
              end
              redis.call('HSET', key, node, whole(grain))
              redis.call('PEXPIRE', key, keep + 2 * size)
              table.sort(live, function(a, b) return a[1] < b[1] end)
              local retry, lacking = 0, least - free
              for i = 1, #live do
                if lacking <= 0 then break end
                lacking = lacking - live[i][2]
                retry = (live[i][1] + 1) * size + keep - now
              end
              local full = 0
              if #live > 0 then full = (live[#live][1] + 1) * size + keep - now end
              return {units, grain, free - units, retry, full}
              """);

  /**
   * ARGV: node, limit, milliseconds that slots are good for, open, want. Returns the node's slots.
   */
  private static final RedisScript SLOTS =
      RedisScript.of(
          NOW
              + """
              local key, node = KEYS[1], ARGV[1]
              local open, want = tonumber(ARGV[4]), tonumber(ARGV[5])
              local others = 0
              local all = redis.call('HGETALL', key)
              for i = 1, #all, 2 do
                if all[i] ~= node then
                  local slots, until_ = string.match(all[i + 1], '^(%d+) (%d+)$')
                  if tonumber(until_) <= now then
                    redis.call('HDEL', key, all[i])
                  else
                    others = others + tonumber(slots)
                  end
                end
              end
              local slots = math.max(open, math.min(want, tonumber(ARGV[2]) - others))
              if slots == 0 then
                redis.call('HDEL', key, node)
              else
                redis.call('HSET', key, node, whole(slots) .. ' ' .. whole(now + ARGV[3]))
                redis.call('PEXPIRE', key, ARGV[3])
              end
              return {slots}
              """);

  private final Redis redis;
  private final String node;
  private final Rules rules;

  RedisShared(Redis redis, UUID node, Rules rules) {
    this.redis = redis;
    this.node = node.toString();
    this.rules = rules;
  }

  @Override
  public CompletionStage<Leased> lease(Lease lease) {
    List<byte[]> arguments = new ArrayList<>(8 + 2 * lease.back().size());
    arguments.add(text(node));
    arguments.add(text(lease.limit()));
    arguments.add(text(rules.keep()));
    arguments.add(text(rules.grain()));
    arguments.add(text(lease.least()));
    arguments.add(text(lease.want()));
    arguments.add(text(lease.carry()));
    arguments.add(text(lease.recent()));
    lease
        .back()
        .forEach((grain, units) -> {
          arguments.add(text(grain));
          arguments.add(text(units));
        });
    return redis
        .run(LEASE, List.of(lease.name()), arguments)
        .thenApply(reply ->
            new Leased(
                reply.number(0),
                reply.number(1),
                reply.number(2),
                reply.number(3),
                reply.number(4)));
  }

  @Override
  public CompletionStage<Long> slots(Slotting slotting) {
    return redis
        .run(
            SLOTS,
            List.of(slotting.name()),
            List.of(
                text(node),
                text(slotting.limit()),
                text(rules.slots()),
                text(slotting.open()),
                text(slotting.want())))
        .thenApply(reply -> reply.number(0));
  }

  private static byte[] text(long number) {
    return text(Long.toString(number));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
