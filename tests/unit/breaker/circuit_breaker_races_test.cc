// Other threads' steps, put exactly where they hurt most. The model in tests/model tries every schedule of short
// stories; these are the ones worth telling, with the times and wraps that make them hard.
#include <gtest/gtest.h>

#include "support/hooked_atomic.h"
#include "support/lone_breaker.h"

namespace resil {
namespace {

using testing::Access;
using testing::HookedAtomic;
using Breaker = testing::LoneBreaker<HookedAtomic>;

class CircuitBreakerRace : public ::testing::Test {
 protected:
  void TearDown() override { testing::Hook::on_access = nullptr; }

  // Runs `step` before the next swap of the word.
  static void before_swap(Breaker& breaker, std::function<void()> step) {
    testing::before(Access::Swap, &breaker.cells.word, 1, std::move(step));
  }
};

struct Open : Breaker {
  explicit Open(std::uint32_t max_requests = 1)
      : Breaker({.max_requests = max_requests, .timeout = 50, .trip = "consecutiveFailures > 0"}) {
    attempt(Ending::Failure, 100);
  }
};

TEST_F(CircuitBreakerRace, TwoWhoFindTheTimeUpGetOnePermitAndOneTransition) {
  Open breaker;
  Admission other;
  before_swap(breaker, [&] { other = breaker.begin(151); });
  const Admission mine = breaker.begin(151);
  EXPECT_EQ(other.reason, Reason::None);
  EXPECT_TRUE(other.transition.happened);
  EXPECT_EQ(mine.reason, Reason::TooManyRequests);
  EXPECT_FALSE(mine.transition.happened);
}

TEST_F(CircuitBreakerRace, OfTwoWhoAreRejectedOneIsTheFirst) {
  Open breaker;
  Admission other;
  before_swap(breaker, [&] { other = breaker.begin(110); });
  const Admission mine = breaker.begin(110);
  EXPECT_EQ(other.reason, Reason::Open);
  EXPECT_EQ(mine.reason, Reason::Open);
  EXPECT_TRUE(other.first_rejection);
  EXPECT_FALSE(mine.first_rejection);
}

TEST_F(CircuitBreakerRace, AProbeOfTheFirstGenerationOfARoundIsItsOwn) {
  for (const Ending ending : {Ending::Success, Ending::Failure}) {
    Breaker breaker({.timeout = 50, .trip = "consecutiveFailures > 0"}, 0, BreakerWord::kGenerationMask - 1);
    breaker.attempt(Ending::Failure, 100);
    const Permit probe = breaker.begin(151).permit;
    ASSERT_EQ(breaker.word().generation(), 0u);
    EXPECT_TRUE(breaker.end(probe, ending, 152).happened);
  }
}

TEST_F(CircuitBreakerRace, TwoWhoFindAPermitLostGetOne) {
  Open breaker;
  breaker.begin(151);
  const Nanos later = 152 + 60 * kSecond;
  Admission other;
  before_swap(breaker, [&] { other = breaker.begin(later); });
  const Admission mine = breaker.begin(later);
  EXPECT_EQ(other.reason, Reason::None);
  EXPECT_EQ(mine.reason, Reason::TooManyRequests);
  EXPECT_EQ(breaker.view(later).counts.requests, 1);
}

TEST_F(CircuitBreakerRace, TwoFailingProbesOpenOnce) {
  Open breaker(2);
  const Permit a = breaker.begin(151).permit, b = breaker.begin(151).permit;
  Transition other;
  before_swap(breaker, [&] { other = breaker.end(a, Ending::Failure, 152); });
  const Transition mine = breaker.end(b, Ending::Failure, 152);
  EXPECT_TRUE(other.happened);
  EXPECT_FALSE(mine.happened);
  EXPECT_EQ(breaker.state(202), BreakerState::Open);
}

TEST_F(CircuitBreakerRace, TwoFailuresAreARunOfTwo) {
  Breaker breaker({.trip = "consecutiveFailures > 1"});
  const Permit a = breaker.begin(1).permit, b = breaker.begin(1).permit;
  Transition other;
  before_swap(breaker, [&] { other = breaker.end(a, Ending::Failure, 1); });
  EXPECT_TRUE(breaker.end(b, Ending::Failure, 1).happened);
  EXPECT_FALSE(other.happened);
}

TEST_F(CircuitBreakerRace, AFailureThatLosesItsGenerationCountsForNothing) {
  Breaker breaker({.timeout = 50, .trip = "consecutiveFailures > 1"});
  const Permit late = breaker.begin(1).permit;
  breaker.attempt(Ending::Failure, 1);
  before_swap(breaker, [&] {
    breaker.attempt(Ending::Failure, 1);   // trips
    breaker.attempt(Ending::Success, 52);  // and closes
  });
  EXPECT_FALSE(breaker.end(late, Ending::Failure, 52).happened);
  EXPECT_EQ(breaker.view(52).counts.consecutive_failures, 0);
}

// A sleeper that wins the cell of a moment must not lend its own, old moment to somebody else's permit.
TEST_F(CircuitBreakerRace, ASleepersMomentDoesNotAgeAnothersPermit) {
  Open breaker;
  const Nanos late = 151 + 300 * kSecond;
  testing::before(Access::Swap, &breaker.cells.given_at[1], 1, [&] {
    // What a thread does that looked at 151 and sleeps again before it swaps the word.
    std::uint64_t seen = breaker.cells.given_at[1].load();
    breaker.cells.given_at[1].compare_exchange_strong(seen, GivenAt::pack(2, 151));
  });
  ASSERT_EQ(breaker.begin(late).reason, Reason::None);
  testing::Hook::on_access = nullptr;
  EXPECT_EQ(breaker.begin(late + 60 * kSecond).reason, Reason::TooManyRequests);
  EXPECT_EQ(breaker.begin(late + 60 * kSecond + 1).reason, Reason::None);
}

TEST_F(CircuitBreakerRace, ASleepersMomentDoesNotShortenAnothersOpenTime) {
  Breaker breaker({.timeout = 600 * kSecond, .trip = "consecutiveFailures > 0"});
  const Nanos now = 3600 * kSecond;
  const Permit permit = breaker.begin(now).permit;
  testing::before(Access::Swap, &breaker.cells.half_open_near, 1, [&] {
    Nanos seen = breaker.cells.half_open_near.load();
    breaker.cells.half_open_near.compare_exchange_strong(seen, Nanos{601 * kSecond});
  });
  ASSERT_TRUE(breaker.end(permit, Ending::Failure, now).happened);
  testing::Hook::on_access = nullptr;
  EXPECT_EQ(breaker.begin(now + 600 * kSecond).reason, Reason::Open);
  EXPECT_EQ(breaker.begin(now + 600 * kSecond + 1).reason, Reason::None);
}

// A permit that is noted and then not given must leave the moment of the youngest one alone.
TEST_F(CircuitBreakerRace, APermitThatIsNotGivenDoesNotYouthenTheLast) {
  Open breaker(2);
  const Permit first = breaker.begin(151).permit;
  const Nanos late = 151 + 59 * kSecond;
  before_swap(breaker, [&] {
    breaker.begin(152);  // takes the second permit, and the one who noted `late` starts over
  });
  EXPECT_EQ(breaker.begin(late).reason, Reason::TooManyRequests);
  testing::Hook::on_access = nullptr;
  EXPECT_EQ(breaker.begin(152 + 60 * kSecond).reason, Reason::TooManyRequests);
  EXPECT_EQ(breaker.begin(153 + 60 * kSecond).reason, Reason::None);
  EXPECT_FALSE(breaker.end(first, Ending::Success, 153 + 60 * kSecond).happened);
}

TEST_F(CircuitBreakerRace, AWindowThatTwoFindOverBeginsOnce) {
  Breaker breaker({.interval = 100, .trip = "totalFailures > 1"});
  breaker.fail(1, 1'000);
  before_swap(breaker, [&] { breaker.fail(1, 1'150); });
  breaker.fail(1, 1'150);
  EXPECT_EQ(breaker.state(1'150), BreakerState::Open);  // both failures are the new window's
}

// Tags are made new by whoever begins certain generations; one that sleeps meanwhile must not undo what came later.
TEST_F(CircuitBreakerRace, FreshTagsDoNotEraseWhatALaterGenerationCounted) {
  Breaker breaker({.interval = 100, .trip = "totalFailures > 3"}, 0, (1U << 18) - 1);
  breaker.fail(1, 1'000);
  testing::before(Access::Load, &breaker.tallies[0].failures, 1, [&] { breaker.fail(3, 2'000); });
  breaker.begin(1'500);  // begins generation 2^18
  testing::Hook::on_access = nullptr;
  EXPECT_EQ(breaker.view(2'000).counts.total_failures, 3);
  EXPECT_TRUE(breaker.attempt(Ending::Failure, 2'000).happened);
}

TEST_F(CircuitBreakerRace, ALookThatIsOvertakenLooksAgain) {
  Breaker breaker({.timeout = 50, .trip = "totalFailures > 2"});
  breaker.fail(2, 1);
  testing::before(Access::Load, &breaker.tallies[0].failures, 1, [&] { breaker.fail(1, 1); });
  const BreakerView view = breaker.view(1);
  EXPECT_EQ(view.state, BreakerState::Open);
  EXPECT_EQ(view.counts.total_failures, 0);
}

TEST_F(CircuitBreakerRace, AReloadMeanwhileIsToldToTheCaller) {
  Breaker breaker({});
  TimeSource time(1);
  Admission admission;
  CircuitBreaker<HookedAtomic> old = breaker.on();
  breaker.binding.store(1);
  EXPECT_FALSE(old.begin(time, admission));
  Progress progress;
  EXPECT_FALSE(old.end({}, Ending::Failure, time, progress));
  EXPECT_FALSE(progress.transition.happened);
  BreakerView view;
  EXPECT_FALSE(old.inspect(1, view));
}

}  // namespace
}  // namespace resil
