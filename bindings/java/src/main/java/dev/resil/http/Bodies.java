package dev.resil.http;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Set;

/** Whether a request can be sent twice. */
final class Bodies {
  /** The JDK's publishers that give the same bytes to every subscriber. */
  private static final Set<String> REPLAYABLE =
      Set.of(
          BodyPublishers.noBody().getClass().getName(),
          BodyPublishers.ofByteArray(new byte[0]).getClass().getName(),
          BodyPublishers.ofString("").getClass().getName(),
          "jdk.internal.net.http.RequestPublishers$FilePublisher");

  private Bodies() {}

  /** Of a stream, or of a publisher that we do not know, nobody can tell: then not. */
  static boolean replayable(HttpRequest request) {
    return request
        .bodyPublisher()
        .map(publisher -> REPLAYABLE.contains(publisher.getClass().getName()))
        .orElse(true);
  }

  static String refusal(HttpRequest request) {
    String kind =
        request
            .bodyPublisher()
            .map(publisher -> publisher.getClass().getSimpleName())
            .orElse("none");
    return "not retried: the request's body ("
        + kind
        + ") may be readable only once; use BodyPublishers.ofByteArray, ofString"
        + " or ofFile, or tell ResilHttpClient which requests are replayable";
  }
}
