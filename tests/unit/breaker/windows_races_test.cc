// Other threads' steps between two looks of one that counts apart: each count once, and in the generation that admits.
#include <gtest/gtest.h>

#include "support/hooked_atomic.h"
#include "support/lone_breaker.h"

namespace resil {
namespace {

using testing::Access;
using testing::BreakerOptions;
using testing::HookedAtomic;
using Breaker = testing::LoneBreaker<HookedAtomic>;

class WindowsRace : public ::testing::Test {
 protected:
  void TearDown() override { testing::Hook::on_access = nullptr; }
};

TEST_F(WindowsRace, AnEndThatStartsOverCountsOnce) {
  const BreakerOptions kinds[] = {{}, {.window = kSecond}, {.window_calls = 100}};
  for (BreakerOptions options : kinds) {
    options.trip = "slowCalls > 9 && consecutiveFailures > 9 && totalSuccesses < 0 && totalFailures < 0";
    options.slow_call = 100;
    Breaker breaker(options);
    breaker.fail(1, 1);
    const Permit slow = breaker.begin(1).permit;
    // The success is counted, and about to end the run, when that gets longer.
    testing::before(Access::Swap, &breaker.cells.word, 1, [&] { breaker.fail(1, 200); });
    breaker.end(slow, {Ending::Success, {Outcome::kFailure}, Nanos{1}, nullptr}, 200);
    const Counts counts = breaker.view(200).counts;
    EXPECT_EQ(counts.total_successes, 1);
    EXPECT_EQ(counts.slow_calls, 1);
    EXPECT_EQ(counts.total_failures, 2);
    EXPECT_EQ(counts.consecutive_failures, 0);
  }
}

TEST_F(WindowsRace, ABeginIsCountedInTheGenerationThatAdmitsIt) {
  Breaker breaker({.timeout = 50, .trip = "requests > 99 || totalFailures > 0", .window = kSecond});
  testing::before(Access::Swap, nullptr, 1, [&] {  // it is about to begin the window
    breaker.fail(1, 1);
    breaker.attempt(Ending::Success, 100);
    breaker.attempt(Ending::Success, 100);
  });
  const Admission mine = breaker.begin(1);
  EXPECT_EQ(mine.reason, Reason::None);
  EXPECT_EQ(mine.permit.generation, breaker.word().generation());
  EXPECT_EQ(breaker.view(100).counts.requests, 2);
}

}  // namespace
}  // namespace resil
