package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** begin and end by hand. */
class OperationTest {
  private final VirtualClock clock = new VirtualClock();

  private Engine engine() {
    return Engine.builder()
        .clock(clock)
        .logger(null)
        .fromYaml(Policies.orders(Policies.THREE_RETRIES, Policies.TRIPS_AT_TWO, "2s"));
  }

  @Test
  void goesThroughItsAttempts() {
    try (Engine engine = engine();
        Operation operation = engine.app("orders").operation()) {
      assertTrue(operation.begin());
      assertEquals(1, operation.attempt());
      assertEquals(Duration.ofSeconds(2), operation.timeout());
      assertEquals(Verdict.RETRY, operation.end(Outcome.http(503)));
      assertEquals(Duration.ofSeconds(1), operation.delay());
      assertTrue(operation.begin());
      assertEquals(2, operation.attempt());
      assertEquals(Verdict.DONE, operation.end(Outcome.grpc(0)));
      assertNull(operation.reason());
      assertThrows(IllegalStateException.class, operation::begin);
    }
  }

  @Test
  void mayWaitAfterARejection() {
    try (Engine engine = engine();
        Operation operation = engine.app("orders").operation()) {
      for (int i = 0; i < 2; i++) {
        assertTrue(operation.begin());
        assertEquals(Verdict.RETRY, operation.end(Outcome.FAILURE));
      }
      assertFalse(operation.begin());
      assertEquals(Reason.OPEN, operation.rejection().reason());
      clock.advance(operation.delay().plusMillis(1));
      assertTrue(operation.begin());
      assertEquals(3, operation.attempt());
      assertEquals(Verdict.DONE, operation.end(Outcome.SUCCESS));
    }
  }

  @Test
  void misuseIsRefused() {
    try (Engine engine = engine();
        Operation operation = engine.app("orders").operation()) {
      assertThrows(IllegalStateException.class, () -> operation.end(Outcome.SUCCESS));
      operation.begin();
      assertThrows(IllegalStateException.class, operation::begin);
    }
  }

  @Test
  void closingCancelsWhatIsInFlight() {
    try (Engine engine = engine()) {
      Endpoint orders = engine.app("orders");
      try (Operation operation = orders.operation()) {
        operation.begin();
      }
      assertEquals(
          new Snapshot.Calls(0, 0, 0, 1, 0, 0, 0, 0), engine.snapshot().of(orders).calls());
    }
  }

  @Test
  void aDeadlineRefusesWhatComesTooLate() {
    try (Engine engine = engine();
        Operation operation =
            engine.app("orders").operation(CallOptions.DEFAULT.deadline(Duration.ofSeconds(1)))) {
      clock.advance(Duration.ofSeconds(2));
      assertFalse(operation.begin());
      assertEquals(Reason.DEADLINE, operation.reason());
    }
  }

  @Test
  void afterCloseNothingIsDone() {
    Engine engine = engine();
    Operation operation = engine.app("orders").operation();
    operation.begin();
    engine.close();
    assertThrows(EngineClosedException.class, () -> operation.end(Outcome.SUCCESS));
    operation.close();
  }

  @Test
  void outcomesAreValues() {
    assertEquals(Outcome.http(200), Outcome.http(200));
    assertEquals("HTTP 503", Outcome.http(503).toString());
    assertEquals("gRPC 14", Outcome.grpc(14).toString());
    assertEquals("cancelled", Outcome.CANCELLED.toString());
    assertThrows(IllegalArgumentException.class, () -> Outcome.grpc(17));
    assertThrows(IllegalArgumentException.class, () -> Outcome.http(-1));
  }
}
