package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.resil.Endpoint;
import dev.resil.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it comes from the repository, natives and all. */
class JarTest {
  private static final String POLICIES =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Resiliency
      metadata: {name: shop}
      spec:
        policies:
          retries: {quick: {policy: constant, duration: 1ms, maxRetries: 2}}
        targets:
          apps: {orders: {retry: quick}}
      """;

  @Test
  void callsGoThroughThePolicies(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("resiliency.yaml"), POLICIES);
    try (Engine engine = Engine.load(file)) {
      Endpoint orders = engine.app("orders", "post");
      AtomicInteger attempts = new AtomicInteger();
      assertEquals(
          "passed",
          orders.call(
              () -> {
                if (attempts.incrementAndGet() < 3) {
                  throw new IOException("down");
                }
                return "passed";
              }));
      assertEquals(3, attempts.get());
    }
  }

  @Test
  void itComesAloneFromOneJar() throws Exception {
    Path jar = Path.of(Engine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertTrue(jar.getFileName().toString().endsWith(".jar"), jar.toString());
    try (JarFile content = new JarFile(jar.toFile())) {
      assertTrue(
          content.stream()
              .anyMatch(entry -> entry.getName().matches("native/linux-.*/libresil_jni-.*\\.so")));
      assertEquals(
          "dev.resil", content.getManifest().getMainAttributes().getValue("Automatic-Module-Name"));
    }
    for (String optional :
        new String[] {
          "io.micrometer.core.instrument.MeterRegistry",
          "com.fasterxml.jackson.databind.ObjectMapper"
        }) {
      assertThrows(ClassNotFoundException.class, () -> Class.forName(optional));
    }
  }
}
