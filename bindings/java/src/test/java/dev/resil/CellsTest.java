package dev.resil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The gate and the count. */
@Timeout(60)
class CellsTest {
  private final Cells cells = new Cells();

  @Test
  void oneClaimsTheOthersShare() {
    int first = cells.claim();
    int nested = cells.claim();
    int cold = cells.enter();
    assertTrue(Cells.isClaimed(first));
    assertFalse(Cells.isClaimed(nested));
    assertEquals(nested, cold);
    cells.leave(first);
    assertFalse(cells.empty());
    int again = cells.claim();
    assertEquals(first, again, "whoever left gave it back");
    cells.leave(nested);
    cells.leave(cold);
    assertFalse(cells.empty());
    cells.leave(again);
    assertTrue(cells.empty());
    assertEquals(0, cells.takeHealthy());
  }

  @Test
  void healthyCallsAreTakenOnceEvenWhileOthersAreIn() {
    cells.leaveHealthy(cells.claim());
    int claimed = cells.claim();
    int shared = cells.claim();
    cells.leaveHealthy(cells.claim());
    assertEquals(2, cells.takeHealthy());
    assertEquals(0, cells.takeHealthy());
    assertFalse(cells.empty());
    cells.leaveHealthy(claimed);
    cells.leaveHealthy(shared);
    assertTrue(cells.empty());
    assertEquals(2, cells.takeHealthy());
    cells.leave(cells.claim());
    assertEquals(0, cells.takeHealthy());
  }

  @Test
  void aClaimIsOneThreadsAndNoCallIsLost() throws Exception {
    int threads = 8;
    int calls = 200_000;
    AtomicIntegerArray claims = new AtomicIntegerArray(1024);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Integer>> made = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        made.add(
            pool.submit(
                () -> {
                  int healthy = 0;
                  for (int i = 0; i < calls; i++) {
                    int cell = cells.claim();
                    boolean mine = Cells.isClaimed(cell);
                    if (mine) {
                      assertEquals(1, claims.incrementAndGet(cell));
                    }
                    assertFalse(cells.empty());
                    if (mine) {
                      claims.decrementAndGet(cell);
                    }
                    if (i % 3 == 0) {
                      cells.leave(cell);
                    } else {
                      cells.leaveHealthy(cell);
                      healthy++;
                    }
                  }
                  return healthy;
                }));
      }
      long taken = 0;
      while (!made.stream().allMatch(Future::isDone)) {
        taken += cells.takeHealthy();
      }
      long healthy = 0;
      for (Future<Integer> future : made) {
        healthy += future.get();
      }
      assertEquals(healthy, taken + cells.takeHealthy());
      assertTrue(cells.empty());
    } finally {
      pool.shutdownNow();
    }
  }
}
