package dev.resil.http;

import dev.resil.Endpoint;
import dev.resil.Engine;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which endpoint a request goes to. */
public final class Targets {
  private static final Pattern INVOKE = Pattern.compile("/v1\\.0/invoke/([^/]+)/method/(.+)");

  private Targets() {}

  /**
   * What Dapr's users write: the app id from the {@code dapr-app-id} header and the method from the
   * path, or both from a path like {@code /v1.0/invoke/order-processor/method/orders}; for any
   * other request the app is the host and the method the path. Where a path holds ids, give the
   * client a function of your own: each method is an endpoint with its own breaker.
   */
  public static Function<HttpRequest, Endpoint> ofRequest(Engine engine) {
    return request -> {
      String path = request.uri().getPath() == null ? "" : request.uri().getPath();
      Matcher invoke = INVOKE.matcher(path);
      if (invoke.matches()) {
        return app(engine, invoke.group(1), invoke.group(2));
      }
      List<String> header = request.headers().allValues("dapr-app-id");
      return app(
          engine,
          header.isEmpty() ? request.uri().getHost() : header.get(0),
          path.startsWith("/") ? path.substring(1) : path);
    };
  }

  private static Endpoint app(Engine engine, String id, String method) {
    return method.isEmpty() ? engine.app(id) : engine.app(id, method);
  }
}
