// A policy replaced under calls in flight: what is kept, what is fresh, and that whoever comes first finishes it.
#include "resil/breaker/endpoint.h"

#include <vector>

#include <gtest/gtest.h>

#include "support/hooked_atomic.h"
#include "support/policies.h"

namespace resil {
namespace {

using testing::Access;
using testing::breaker;
using testing::HookedAtomic;

class EndpointTest : public ::testing::Test {
 protected:
  void TearDown() override { testing::Hook::on_access = nullptr; }

  std::uint32_t add(const testing::BreakerOptions& options, Nanos timeout = 0) {
    Policy policy;
    policy.timeout = timeout;
    policy.breaker = breaker(options);
    return add_policy(policy);
  }
  std::uint32_t add_policy(const Policy& policy) {
    policies_.push_back(std::make_unique<Policy>(policy));
    plans_.push_back(BreakerPlan::of(*policies_.back()));
    return static_cast<std::uint32_t>(plans_.size() - 1);
  }
  void create(std::uint32_t policy) { endpoint_.create(policy, plans_[policy].first_word(0)); }

  auto plans() const {
    return [this](std::uint32_t number) -> const BreakerPlan& { return plans_.at(number); };
  }
  auto tallies() {
    return [this] { return std::span(tallies_); };
  }
  Admission begin(Nanos now) {
    TimeSource time(now);
    return endpoint_.begin(time, plans(), tallies(), 0);
  }
  Transition end(Permit permit, Ending ending, Nanos now) {
    TimeSource time(now);
    return endpoint_.end(permit, ending, time, plans(), tallies(), 0);
  }
  Transition fail(Nanos now) { return end(begin(now).permit, Ending::Failure, now); }
  BreakerView view(Nanos now) { return endpoint_.inspect(now, plans(), tallies()); }
  BreakerWord word() { return BreakerWord(endpoint_.word().load()); }
  std::uint32_t bound() { return Endpoint<HookedAtomic>::plan_of(endpoint_.binding()); }

  std::vector<std::unique_ptr<Policy>> policies_;  // plans point into them
  std::vector<BreakerPlan> plans_;
  std::array<Tally<HookedAtomic>, 2> tallies_;
  Endpoint<HookedAtomic> endpoint_;
};

TEST_F(EndpointTest, TheShortWayToARejectionSaysWhatBeginSays) {
  create(add({.timeout = 10 * kSecond, .trip = "consecutiveFailures > 0"}));
  const auto short_way = [this](Nanos now) {
    Nanos wait = 0;
    return word().is_open_and_told() && endpoint_.rejects_until(word(), now, wait) ? wait : 0;
  };
  EXPECT_EQ(short_way(0), 0);  // closed
  fail(0);
  EXPECT_EQ(short_way(1), 0);  // the first rejection is to be told
  EXPECT_TRUE(begin(1).first_rejection);
  for (const Nanos now : {Nanos{1}, 5 * kSecond, 10 * kSecond}) {
    const Admission admission = begin(now);
    EXPECT_EQ(admission.reason, Reason::Open);
    EXPECT_EQ(short_way(now), admission.wait) << now;
  }
  for (const Nanos past : {1, 2, 3'600}) EXPECT_EQ(short_way(10 * kSecond + past), 0);  // time is up
  EXPECT_EQ(begin(10 * kSecond + 1).reason, Reason::None);
  EXPECT_EQ(short_way(10 * kSecond + 1), 0);  // half-open
}

TEST_F(EndpointTest, TheShortWayToARejectionIsNotMisledByAnotherMoment) {
  create(add({.timeout = kSecond, .trip = "consecutiveFailures > 0"}));
  fail(0);
  begin(1);
  const BreakerWord open = word();
  // Between its look at the cell and its second look at the word, the breaker opens anew much later.
  testing::before(Access::Load, &endpoint_.word(), 1, [this] {
    const Nanos later = 20 * 60 * kSecond;
    end(begin(later).permit, Ending::Failure, later);
  });
  Nanos wait = 0;
  EXPECT_FALSE(endpoint_.rejects_until(open, 2, wait));
  EXPECT_NE(word(), open);
}

TEST_F(EndpointTest, EqualSettingsKeepTheState) {
  create(add({.trip = "consecutiveFailures > 5"}));
  fail(1), fail(1);
  endpoint_.rebind_keeping_state(add({.trip = "consecutiveFailures > 5"}, 3 * kSecond), plans());
  EXPECT_EQ(bound(), 1u);
  EXPECT_EQ(view(1).counts.consecutive_failures, 2);
  const Permit permit = begin(1).permit;
  end(permit, Ending::Success, 1);
  EXPECT_EQ(word().fast_timeout(), 3 * kSecond);
}

TEST_F(EndpointTest, EqualSettingsLetAnAttemptOfBeforeCount) {
  create(add({.trip = "consecutiveFailures > 0"}));
  const Permit before = begin(1).permit;
  endpoint_.rebind_keeping_state(add({.trip = "consecutiveFailures > 0"}, kSecond), plans());
  EXPECT_TRUE(end(before, Ending::Failure, 1).happened);
}

TEST_F(EndpointTest, AFastWordShowsTheNewTimeoutAtOnce) {
  create(add({}, kSecond));
  ASSERT_EQ(word().fast_timeout(), kSecond);
  endpoint_.rebind_keeping_state(add({}, 2 * kSecond), plans());
  EXPECT_EQ(word().fast_timeout(), 2 * kSecond);
  endpoint_.rebind_keeping_state(add({}, kSecond + 1), plans());  // does not fit: no fast word
  EXPECT_FALSE(word().is_fast());
  endpoint_.rebind_keeping_state(0, plans());
  EXPECT_EQ(word().fast_timeout(), kSecond);
}

TEST_F(EndpointTest, OtherSettingsMeanAFreshBreaker) {
  create(add({.trip = "consecutiveFailures > 0"}));
  const Permit before = begin(1).permit;
  fail(1);
  ASSERT_EQ(view(1).state, BreakerState::Open);
  endpoint_.rebind(add({.trip = "consecutiveFailures > 1"}), plans(), tallies());
  EXPECT_EQ(view(1).state, BreakerState::Closed);
  EXPECT_FALSE(end(before, Ending::Failure, 1).happened);
  EXPECT_EQ(view(1).counts.consecutive_failures, 0);  // the attempt of before belongs to the breaker of before
}

TEST_F(EndpointTest, ABreakerMayComeAndGo) {
  create(add_policy(Policy{}));
  const Permit before = begin(1).permit;
  endpoint_.rebind(add({.trip = "consecutiveFailures > 0"}), plans(), tallies());
  EXPECT_FALSE(end(before, Ending::Failure, 1).happened);
  EXPECT_TRUE(fail(1).happened);
  endpoint_.rebind(0, plans(), tallies());
  EXPECT_EQ(begin(1).reason, Reason::None);
  EXPECT_TRUE(word().is_fast());
}

TEST_F(EndpointTest, ASharedBreakerIsToldAndNotWaitedFor) {
  Policy shared;
  shared.breaker = breaker();
  shared.breaker_per_target = true;
  create(add({}));
  endpoint_.rebind(add_policy(shared), plans(), tallies());
  EXPECT_TRUE(begin(1).shared);
  for (const Ending ending : {Ending::Success, Ending::Failure, Ending::Cancelled}) {
    EXPECT_FALSE(end({0, true}, ending, 1).happened);
  }
}

// A call comes while the reloader is between two of its steps (the word, the binding, the word again): it is served by
// the new policy, and the reloader finds its work done.
TEST_F(EndpointTest, WhoeverComesFirstFinishesAReload) {
  create(add({.trip = "consecutiveFailures > 5"}));
  add({.trip = "consecutiveFailures > 0"});
  for (const int step : {2, 3}) {
    endpoint_.rebind(0, plans(), tallies());
    Transition transition;
    testing::before(Access::Swap, nullptr, step, [&] { transition = fail(1); });
    endpoint_.rebind(1, plans(), tallies());
    testing::Hook::on_access = nullptr;
    EXPECT_TRUE(transition.happened) << step;
    EXPECT_EQ(bound(), 1u);
    EXPECT_EQ(view(1).state, BreakerState::Open) << "the reloader does not reset what happened since";
  }
}

// A call makes the word fast by the old plan while the reload puts the new timeout in force.
TEST_F(EndpointTest, AFastWordPublishedDuringAReloadShowsTheNewTimeout) {
  create(add({.trip = "consecutiveFailures > 5"}, kSecond));
  fail(1);
  const Permit permit = begin(1).permit;
  const std::uint32_t next = add({.trip = "consecutiveFailures > 5"}, 2 * kSecond);
  testing::before(Access::Swap, &endpoint_.word(), 1, [&] { endpoint_.rebind_keeping_state(next, plans()); });
  end(permit, Ending::Success, 1);
  testing::Hook::on_access = nullptr;
  EXPECT_TRUE(word().is_fast());
  EXPECT_EQ(word().fast_timeout(), 2 * kSecond);
}

// A count may be refused because only the binding changed; it is then made under the new one, not lost.
TEST_F(EndpointTest, AnEndOvertakenByAReloadThatKeepsTheStateCountsAllTheSame) {
  const testing::BreakerOptions rule{.trip = "totalFailures > 1 || totalSuccesses > 1"};
  create(add(rule));
  add(rule, kSecond);
  endpoint_.rebind(0, plans(), tallies());  // generation 1, which no cell has seen
  for (const Ending ending : {Ending::Failure, Ending::Success}) {
    const Permit permit = begin(1).permit;
    const std::uint32_t next = 1 - bound();
    TaggedCount<HookedAtomic>& cell = ending == Ending::Failure ? tallies_[0].failures : tallies_[0].successes;
    testing::before(Access::Load, &cell, 1, [&] { endpoint_.rebind_keeping_state(next, plans()); });
    EXPECT_FALSE(end(permit, ending, 1).happened);
    ASSERT_EQ(bound(), next) << "the reload came in between";
  }
  EXPECT_EQ(view(1).counts.total_failures, 1);
  EXPECT_EQ(view(1).counts.total_successes, 1);
  EXPECT_TRUE(fail(1).happened);
}

// The same at every look that an end takes at its cell: by the short way and by the general one.
TEST_F(EndpointTest, WhereverAReloadOvertakesAnEndItCountsOnce) {
  const testing::BreakerOptions rule{.trip =
                                         "totalFailures > 100 || totalSuccesses > 100 || consecutiveFailures > 100"};
  create(add(rule));
  add(rule, kSecond);
  for (const Ending ending : {Ending::Failure, Ending::Success}) {
    for (const Access access : {Access::Load, Access::Swap}) {
      for (const int nth : {1, 2, 3, 4}) {
        endpoint_.rebind(bound(), plans(), tallies());  // a generation that no cell has seen
        const Permit permit = begin(1).permit;
        TaggedCount<HookedAtomic>& cell = ending == Ending::Failure ? tallies_[0].failures : tallies_[0].successes;
        testing::before(access, &cell, nth, [&] { endpoint_.rebind_keeping_state(1 - bound(), plans()); });
        end(permit, ending, 1);
        testing::Hook::on_access = nullptr;
        const BreakerView seen = view(1);
        EXPECT_EQ(seen.counts.total_failures, ending == Ending::Failure ? 1 : 0) << nth;
        EXPECT_EQ(seen.counts.total_successes, ending == Ending::Success ? 1 : 0) << nth;
        EXPECT_EQ(seen.counts.consecutive_failures, ending == Ending::Failure ? 1 : 0) << nth;
      }
    }
  }
}

// The tallies of a new plan are there before it is: they must be asked for after the binding was read.
TEST_F(EndpointTest, TalliesAreAskedForAfterThePlanIsKnown) {
  create(add({}));
  const std::uint32_t counting = add({.trip = "requests > 1"});
  bool provided = false;
  const auto late = [&] { return provided ? std::span(tallies_) : std::span<Tally<HookedAtomic>>(); };
  testing::before(Access::Load, &endpoint_.word(), 1, [&] {
    provided = true;
    endpoint_.rebind(counting, plans(), tallies());
  });
  TimeSource time(1);
  EXPECT_EQ(endpoint_.begin(time, plans(), late, 0).reason, Reason::None);
  EXPECT_EQ(view(1).counts.requests, 1);
}

TEST_F(EndpointTest, ForgettingIsForClosedBreakersOnly) {
  create(add({.timeout = 10, .trip = "consecutiveFailures > 1"}));
  const Permit before = begin(1).permit;
  fail(1);
  EXPECT_TRUE(endpoint_.forget(plans(), tallies()));
  EXPECT_EQ(view(1).counts.consecutive_failures, 0);
  EXPECT_FALSE(end(before, Ending::Failure, 1).happened);  // of a breaker that is forgotten
  fail(1), fail(1);
  EXPECT_FALSE(endpoint_.forget(plans(), tallies()));  // open
  EXPECT_EQ(view(1).state, BreakerState::Open);
  begin(12);
  EXPECT_FALSE(endpoint_.forget(plans(), tallies()));  // half-open
  EXPECT_EQ(view(12).state, BreakerState::HalfOpen);
}

TEST_F(EndpointTest, ForgettingABreakerThatIsJustOpeningFails) {
  create(add({.trip = "consecutiveFailures > 0"}));
  const Permit permit = begin(1).permit;
  testing::before(Access::Swap, &endpoint_.word(), 1, [&] { end(permit, Ending::Failure, 1); });
  EXPECT_FALSE(endpoint_.forget(plans(), tallies()));
  EXPECT_EQ(view(1).state, BreakerState::Open);
}

// Generations wrap at 2^20; a count that nobody touched for a whole round is not taken for a present one.
TEST_F(EndpointTest, CountsOfAGenerationLongPastDoNotComeBackByReloads) {
  create(add({.trip = "totalFailures > 1"}));
  fail(1);
  for (std::uint32_t i = 0; i < 1U << 20; ++i) endpoint_.rebind(0, plans(), tallies());
  EXPECT_EQ(view(1).counts.total_failures, 0);
  EXPECT_FALSE(fail(1).happened);
}

TEST_F(EndpointTest, CountsOfAGenerationLongPastDoNotComeBackByEvictions) {
  create(add({.trip = "totalFailures > 1"}));
  fail(1);
  for (std::uint32_t i = 0; i < 1U << 20; ++i) endpoint_.forget(plans(), tallies());
  EXPECT_EQ(view(1).counts.total_failures, 0);
  EXPECT_FALSE(fail(1).happened);
}

TEST_F(EndpointTest, ReloadsGoOnPastTheWrapOfGenerations) {
  create(add({.trip = "consecutiveFailures > 0"}));
  add({.trip = "consecutiveFailures > 1"});
  Permit stale = begin(1).permit;
  for (std::uint32_t i = 1; i <= (1U << 20) + 3; ++i) {
    endpoint_.rebind(i % 2, plans(), tallies());
    if (i % 4096 == 0) {
      ASSERT_FALSE(end(stale, Ending::Failure, 1).happened);
      stale = begin(1).permit;
    }
  }
  EXPECT_EQ(bound(), 1u);
  EXPECT_FALSE(fail(1).happened);
  EXPECT_TRUE(fail(1).happened);
}

}  // namespace
}  // namespace resil
