package dev.tollgate.bootstrap;

import picocli.CommandLine.IVersionProvider;

/** Which version of Tollgate this is, as its jar says. */
final class Version implements IVersionProvider {

  /** The version; {@code development} where it runs from classes. */
  static String own() {
    String said = Version.class.getPackage().getImplementationVersion();
    return said == null ? "development" : said;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"tollgate " + own()};
  }
}
