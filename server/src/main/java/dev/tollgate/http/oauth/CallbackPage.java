package dev.tollgate.http.oauth;

import dev.tollgate.http.engine.Reply;
import java.util.Map;

/** What a person sees when the browser comes back. */
final class CallbackPage {

  private static final Map<String, String> HEADERS =
      Map.of(
          "cache-control", "no-store",
          "content-security-policy", "default-src 'none'; frame-ancestors 'none'",
          "referrer-policy", "no-referrer",
          "x-content-type-options", "nosniff");

  private CallbackPage() {}

  static Reply of(int status, String title, String text) {
    String page =
        """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>%1$s</title></head>
        <body><h1>%1$s</h1><p>%2$s</p></body>
        </html>
        """
            .formatted(escaped(title), escaped(text));
    return new Reply(status, page, "text/html; charset=utf-8", HEADERS);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
