package dev.tollgate.models;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/** A provider's refusal, whole, kept while another attempt is made. */
record KeptAnswer(Attempt attempt, HttpClientResponse head, Buffer body) {}
