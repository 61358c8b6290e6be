package com.service;

import dev.resil.CallOptions;
import dev.resil.Engine;
import dev.resil.http.ResilHttpClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

public class CheckoutServiceApplication {
  private static final String BASE_URL =
      System.getenv().getOrDefault("BASE_URL", "http://localhost:9001");
  private static final int ORDERS = Integer.parseInt(System.getenv().getOrDefault("ORDERS", "10"));

  /** examples/: seen from examples/java/checkout, where this is started. */
  private static final Path EXAMPLES = Path.of(System.getenv().getOrDefault("EXAMPLES", "../.."));

  public static void main(String[] args) throws IOException, InterruptedException {
    DaprStyle.install();

    // Where Dapr's quickstart starts a sidecar, this one loads the same files into the process.
    try (Engine engine =
        Engine.builder()
            .appId("checkout")
            .config(EXAMPLES.resolve("config.yaml"))
            .load(EXAMPLES.resolve("resources"))) {
      HttpClient client =
          ResilHttpClient.builder(engine)
              .targets(
                  request -> engine.app("order-processor", request.uri().getPath().substring(1)))
              .options(CallOptions.DEFAULT.waitWhenOpen())
              .build();

      for (int i = 1; i <= ORDERS; i++) {
        String order = "{\"orderId\": " + i + "}";
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(BASE_URL + "/orders"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(order))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) { // an order is passed only when the status says so
          throw new IOException("order-processor answered " + response.statusCode());
        }
        System.out.println("Order passed: " + order);
        Thread.sleep(Duration.ofSeconds(1).toMillis());
      }
    }
  }
}
