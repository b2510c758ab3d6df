package dev.tollgate.demo;

/** The models of the story: the gateway's tiers as they are by default, and one in no tier. */
final class Models {

  static final String PREMIUM = "claude-opus-5-5";
  static final String STANDARD = "claude-sonnet-5-5";
  static final String ECONOMY = "claude-haiku-5-5";
  static final String OPENAI = "gpt-4o-mini";

  private Models() {}
}
