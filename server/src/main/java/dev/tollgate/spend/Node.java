package dev.tollgate.spend;

import java.util.UUID;

/**
 * This process, as PostgreSQL knows it.
 *
 * @param epoch raised by each start: what an earlier process of the same name writes is fenced off
 * @param batch the number of the last commit that PostgreSQL has of this node
 * @param address where other nodes reach it
 * @param returning whether an earlier process of the same name was there
 */
record Node(UUID id, long epoch, long batch, String address, boolean returning) {}
