package dev.tollgate.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The rooms and who may enter them; imports go downward only. */
class RoomsTest {

  private static final String ROOT = "dev.tollgate.";

  private final JavaClasses house =
      new ClassFileImporter().importPath(Path.of("target", "classes"));

  @Test
  void importsGoDownwardOnly() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("bootstrap")
        .definedBy(ROOT + "bootstrap..")
        .layer("dialects")
        .definedBy(
            ROOT + "http.anthropic..",
            ROOT + "http.openai..",
            ROOT + "http.mcp..",
            ROOT + "http.oauth..",
            ROOT + "http.admin..")
        .layer("engine")
        .definedBy(ROOT + "http.engine..")
        .layer("models")
        .definedBy(ROOT + "models..")
        .layer("objects")
        .definedBy(ROOT + "objects..")
        .layer("connectors")
        .definedBy(ROOT + "connectors..")
        .layer("keyring")
        .definedBy(ROOT + "keyring..")
        .layer("catalogue")
        .definedBy(ROOT + "catalogue..")
        .layer("upstreams")
        .definedBy(ROOT + "upstreams..")
        .layer("credentials")
        .definedBy(ROOT + "credentials..")
        .layer("mcp")
        .definedBy(ROOT + "mcp..")
        .layer("classification")
        .definedBy(ROOT + "classification..")
        .layer("spend")
        .definedBy(ROOT + "spend..")
        .layer("limits")
        .definedBy(ROOT + "limits..")
        .layer("tenancy")
        .definedBy(ROOT + "tenancy..")
        .layer("secrets")
        .definedBy(ROOT + "secrets..")
        .layer("egress")
        .definedBy(ROOT + "egress..")
        .layer("pooling")
        .definedBy(ROOT + "pooling..")
        .layer("toolcache")
        .definedBy(ROOT + "toolcache..")
        .layer("storage")
        .definedBy(ROOT + "storage..")
        .layer("translation")
        .definedBy(ROOT + "translation..")
        .layer("litellm")
        .definedBy(ROOT + "litellm..")
        .layer("telemetry")
        .definedBy(ROOT + "telemetry..")
        .layer("kernel")
        .definedBy(ROOT + "kernel..")
        .whereLayer("bootstrap")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("dialects")
        .mayOnlyBeAccessedByLayers("bootstrap")
        .whereLayer("litellm")
        .mayOnlyBeAccessedByLayers("bootstrap")
        .whereLayer("engine")
        .mayOnlyBeAccessedByLayers("bootstrap", "dialects")
        .whereLayer("models")
        .mayOnlyBeAccessedByLayers("bootstrap", "dialects", "engine")
        .whereLayer("objects")
        .mayOnlyBeAccessedByLayers("bootstrap", "models")
        .whereLayer("connectors")
        .mayOnlyBeAccessedByLayers("bootstrap", "dialects")
        .whereLayer("keyring")
        .mayOnlyBeAccessedByLayers("bootstrap", "dialects", "models")
        .whereLayer("catalogue")
        .mayOnlyBeAccessedByLayers("bootstrap", "dialects", "connectors")
        .whereLayer("upstreams")
        .mayOnlyBeAccessedByLayers("bootstrap", "dialects", "connectors")
        .whereLayer("credentials")
        .mayOnlyBeAccessedByLayers("bootstrap", "dialects", "connectors")
        .whereLayer("mcp")
        .mayOnlyBeAccessedByLayers("bootstrap", "dialects", "connectors", "upstreams")
        .whereLayer("classification")
        .mayOnlyBeAccessedByLayers("bootstrap", "dialects", "models")
        .whereLayer("spend")
        .mayOnlyBeAccessedByLayers(
            "bootstrap",
            "dialects",
            "engine",
            "models",
            "connectors",
            "catalogue",
            "classification")
        .whereLayer("limits")
        .mayOnlyBeAccessedByLayers("bootstrap", "dialects", "models", "connectors")
        .whereLayer("tenancy")
        .mayOnlyBeAccessedByLayers(
            "bootstrap",
            "limits",
            "dialects",
            "engine",
            "models",
            "connectors",
            "catalogue",
            "credentials",
            "keyring",
            "objects",
            "spend")
        .whereLayer("secrets")
        .mayOnlyBeAccessedByLayers("bootstrap", "credentials", "keyring")
        .whereLayer("egress")
        .mayOnlyBeAccessedByLayers(
            "bootstrap", "dialects", "connectors", "upstreams", "credentials")
        .whereLayer("pooling")
        .mayOnlyBeAccessedByLayers("bootstrap", "upstreams")
        .whereLayer("toolcache")
        .mayOnlyBeAccessedByLayers("bootstrap", "dialects", "connectors", "catalogue")
        .whereLayer("translation")
        .mayOnlyBeAccessedByLayers("bootstrap", "models")
        .whereLayer("storage")
        .mayOnlyBeAccessedByLayers(
            "bootstrap",
            "limits",
            "dialects",
            "engine",
            "models",
            "connectors",
            "catalogue",
            "credentials",
            "keyring",
            "objects",
            "spend",
            "tenancy",
            "secrets",
            "toolcache")
        .whereLayer("telemetry")
        .mayOnlyBeAccessedByLayers(
            "bootstrap", "dialects", "engine", "models", "spend", "tenancy", "storage")
        .check(house);
  }

  @Test
  void roomsAreFreeOfCycles() {
    slices().matching("dev.tollgate.(**)").should().beFreeOfCycles().check(house);
  }

  @Test
  void everyRoomIsKnown() {
    assertThat(
            house.stream().map(type -> type.getPackageName().substring(ROOT.length())).distinct())
        .containsExactlyInAnyOrder(
            "bootstrap",
            "catalogue",
            "classification",
            "connectors",
            "credentials",
            "egress",
            "http.admin",
            "http.anthropic",
            "http.engine",
            "http.mcp",
            "http.oauth",
            "http.openai",
            "kernel",
            "keyring",
            "limits",
            "litellm",
            "mcp",
            "models",
            "objects",
            "pooling",
            "secrets",
            "spend",
            "storage",
            "telemetry",
            "tenancy",
            "toolcache",
            "translation",
            "upstreams");
  }

  @Test
  void onlyTheWireKnowsVertx() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + "tenancy..",
            ROOT + "limits..",
            ROOT + "secrets..",
            ROOT + "credentials..",
            ROOT + "storage..",
            ROOT + "kernel..",
            ROOT + "classification..",
            ROOT + "mcp..",
            ROOT + "translation..",
            ROOT + "pooling..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx..")
        .check(house);
  }

  @Test
  void onlyTenancyMintsScopes() {
    classes()
        .that()
        .haveSimpleName("OrgScope")
        .should()
        .haveOnlyPrivateConstructors()
        .orShould()
        .resideInAPackage(ROOT + "tenancy")
        .check(house);
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "tenancy..")
        .should()
        .callConstructorWhere(
            com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner(
                    com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName("OrgScope"))))
        .check(house);
  }

  @Test
  void logsOnlyThroughSlf4j() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.commons.logging..")
        .check(house);
  }
}
