package dev.tollgate.bootstrap;

import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.egress.AddressRange;
import dev.tollgate.http.engine.FrontDoorConfig;
import dev.tollgate.http.mcp.McpConfig;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.spend.BudgetTerms;
import dev.tollgate.spend.SpendConfig;
import dev.tollgate.storage.RedisConfig;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.upstreams.UpstreamsConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What each room of one node is opened with.
 *
 * @param redis null: without; revocations then reach other nodes within seconds
 * @param allowedAddresses what connectors may lead to beyond the open internet
 * @param trust what it keeps secrets by, and whose tokens it believes
 * @param pricesOverlay the operator's own prices; null: none
 * @param administratorKey the value of {@code TOLLGATE_ADMIN_KEY}; null: not set
 * @param nodeId what this node is called in the database, the same after a restart
 * @param nodeUrl where the other nodes reach this one; null: where it listens
 * @param journal the directory of its journal
 * @param organizationLabels how many organizations metrics tell apart
 * @param servers the operator's own connectors, which every organization has
 * @param firstBudget of the organization {@code default}, and the policy of new ones
 */
record GatewayConfig(
    FrontDoorConfig door,
    StorageConfig storage,
    @Nullable RedisConfig redis,
    SpendConfig spend,
    ModelsConfig models,
    McpConfig mcp,
    UpstreamsConfig upstreams,
    List<ConfiguredConnectors.Server> servers,
    List<AddressRange> allowedAddresses,
    TrustConfig trust,
    @Nullable Path pricesOverlay,
    @Nullable Secret administratorKey,
    UUID nodeId,
    @Nullable URI nodeUrl,
    Path journal,
    int organizationLabels,
    BudgetTerms firstBudget) {}
