package dev.resil.http;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import java.time.Duration;

/** What HttpClient learnt in Java 21: closing. On an older one these do nothing. */
final class Lifecycle {
  private static final MethodHandle SHUTDOWN = find("shutdown", void.class);
  private static final MethodHandle SHUTDOWN_NOW = find("shutdownNow", void.class);
  private static final MethodHandle AWAIT = find("awaitTermination", boolean.class, Duration.class);
  private static final MethodHandle IS_TERMINATED = find("isTerminated", boolean.class);
  private static final MethodHandle CLOSE = find("close", void.class);

  private Lifecycle() {}

  private static MethodHandle find(String name, Class<?> result, Class<?>... arguments) {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(HttpClient.class, name, MethodType.methodType(result, arguments));
    } catch (ReflectiveOperationException beforeJava21) {
      return null;
    }
  }

  static void shutdown(HttpClient client) {
    invoke(SHUTDOWN, client);
  }

  static void shutdownNow(HttpClient client) {
    invoke(SHUTDOWN_NOW, client);
  }

  static void close(HttpClient client) {
    invoke(CLOSE, client);
  }

  static boolean isTerminated(HttpClient client) {
    return Boolean.TRUE.equals(invoke(IS_TERMINATED, client));
  }

  static boolean awaitTermination(HttpClient client, Duration duration)
      throws InterruptedException {
    return AWAIT == null || Boolean.TRUE.equals(invoke(AWAIT, client, duration));
  }

  private static Object invoke(MethodHandle method, Object... arguments) {
    if (method == null) {
      return null;
    }
    try {
      return method.invokeWithArguments(arguments);
    } catch (Throwable failure) {
      throw Unchecked.<RuntimeException>rethrow(failure);
    }
  }
}
