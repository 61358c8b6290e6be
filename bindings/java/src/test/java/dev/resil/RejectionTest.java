package dev.resil;

import static dev.resil.CallTest.failing;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is not admitted, as an exception and as a value. */
class RejectionTest {
  private final VirtualClock clock = new VirtualClock();
  private Engine engine;

  @AfterEach
  void close() {
    engine.close();
  }

  private Endpoint orders(String retry, String breaker, String timeout) {
    engine =
        Engine.builder()
            .clock(clock)
            .logger(null)
            .fromYaml(Policies.orders(retry, breaker, timeout));
    return engine.app("orders", "post");
  }

  @Test
  void rejectsWhileOpenAndSaysForHowLong() {
    Endpoint orders = orders(null, Policies.TRIPS_AT_ONE, null);
    assertThrows(IOException.class, () -> orders.call(failing(1)));
    assertEquals(State.OPEN, orders.state());
    clock.advance(Duration.ofSeconds(2));
    CircuitOpenException e =
        assertThrows(CircuitOpenException.class, () -> orders.call(failing(0)));
    assertEquals(3000, e.retryAfter().toMillis());
    assertEquals(0, e.getStackTrace().length);
    assertTrue(e.getMessage().contains("open for another 3000 ms"), e.getMessage());
    assertEquals(1, engine.snapshot().of(orders).calls().rejections());
  }

  @Test
  void aRejectionMayBeSerialized() throws Exception {
    Endpoint orders = orders(null, Policies.TRIPS_AT_ONE, null);
    assertThrows(IOException.class, () -> orders.call(failing(1)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(orders.tryCall(failing(0)).exception());
    Object read = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    CircuitOpenException e = assertInstanceOf(CircuitOpenException.class, read);
    assertEquals(Duration.ZERO, e.retryAfter());
    assertEquals("rejected", e.getMessage());
  }

  @Test
  void anOpenBreakerAnswersWithOneObject() throws Exception {
    Endpoint orders = orders(null, Policies.TRIPS_AT_ONE, null);
    assertThrows(IOException.class, () -> orders.call(failing(1)));
    Rejection first = orders.callOrElse(() -> null, rejection -> rejection);
    assertSame(first, orders.<Rejection>callOrElse(() -> null, rejection -> rejection));
    assertSame(orders.tryCall(() -> 1), orders.tryCall(() -> 2));
    assertEquals(Reason.OPEN, first.reason());
    clock.advance(Duration.ofSeconds(6));
    assertThrows(IOException.class, () -> orders.call(failing(1)));
    Rejection second = orders.callOrElse(() -> null, rejection -> rejection);
    assertEquals(5000, second.retryAfter().toMillis());
    assertEquals(Duration.ZERO, first.retryAfter(), "the old answer is about the old opening");
  }

  @Test
  void admitsOneProbe() throws Exception {
    Endpoint orders = orders(null, Policies.TRIPS_AT_ONE, null);
    assertThrows(IOException.class, () -> orders.call(failing(1)));
    clock.advance(Duration.ofSeconds(6));
    String inner =
        orders.call(
            () -> {
              assertEquals(State.HALF_OPEN, orders.state());
              return assertThrows(TooManyRequestsException.class, () -> orders.call(() -> 2))
                  .rejection()
                  .reason()
                  .name();
            });
    assertEquals("TOO_MANY_REQUESTS", inner);
    assertEquals(State.CLOSED, orders.state());
  }

  @Test
  void aRejectionInMidOperationTellsWhatHappenedBefore() {
    Endpoint orders = orders(Policies.THREE_RETRIES, Policies.TRIPS_AT_TWO, null);
    CircuitOpenException e =
        assertThrows(CircuitOpenException.class, () -> orders.call(failing(9)));
    assertEquals("failure 2", e.getCause().getMessage());
    assertEquals("failure 1", e.getSuppressed()[0].getMessage());
  }

  @Test
  void aRejectionInsideACallIsThatCallsResult() {
    Endpoint orders = orders(null, Policies.TRIPS_AT_ONE, null);
    Endpoint free = engine.app("free");
    assertThrows(IOException.class, () -> orders.call(failing(1)));
    Result<Result<Integer>> outer = free.tryCall(() -> orders.tryCall(() -> 1));
    assertTrue(outer.isSuccess());
    assertTrue(outer.orElse(null).isRejected());
  }
}
