#include "resil/breaker/breaker_plan.h"

#include <gtest/gtest.h>

#include "support/policies.h"

namespace resil {
namespace {

using testing::breaker;
using testing::BreakerOptions;

Policy with(const BreakerOptions& options, Nanos timeout = 0) {
  Policy policy;
  policy.timeout = timeout;
  policy.breaker = breaker(options);
  return policy;
}

TEST(BreakerPlan, WithoutABreakerAWordIsFastUnlessTheTimeoutDoesNotFit) {
  Policy policy;
  EXPECT_EQ(BreakerPlan::of(policy).first_word(0), BreakerWord::fast(0, 0));
  policy.timeout = 5 * kSecond;
  EXPECT_EQ(BreakerPlan::of(policy).first_word(2), BreakerWord::fast(2, 5000));
  policy.timeout = kMillisecond + 1;
  EXPECT_EQ(BreakerPlan::of(policy).first_word(2).phase(), Phase::NoBreaker);
  policy.timeout = 16'777'215 * kMillisecond;
  EXPECT_TRUE(BreakerPlan::of(policy).first_word(0).is_fast());
  policy.timeout = 16'777'216 * kMillisecond;
  EXPECT_FALSE(BreakerPlan::of(policy).first_word(0).is_fast());
}

// resil.h: FAST is never set where a success or the passing of time counts.
TEST(BreakerPlan, FastOnlyWhereASuccessAndTimeChangeNothing) {
  const auto fast = [](const BreakerOptions& options) { return BreakerPlan::of(with(options)).fast_allowed; };
  EXPECT_TRUE(fast({}));
  EXPECT_TRUE(fast({.trip = "totalFailures > 3"}));
  EXPECT_TRUE(fast({.trip = "consecutiveFailures > 3 || totalFailures > 9"}));
  EXPECT_FALSE(fast({.interval = kSecond}));
  EXPECT_FALSE(fast({.interval = kSecond, .trip = "totalFailures > 3"}));
  EXPECT_FALSE(fast({.trip = "requests > 3"}));
  EXPECT_FALSE(fast({.trip = "totalSuccesses < 3"}));
  EXPECT_FALSE(fast({.trip = "consecutiveSuccesses == 0"}));
}

// resil.h: COUNTED where begin would only count a request, and the rest is as with FAST.
TEST(BreakerPlan, CountedOnlyWhereBeginCountsARequestAndASuccessAndTimeChangeNothing) {
  const auto counted = [](const BreakerOptions& options) { return BreakerPlan::of(with(options)).count_allowed; };
  EXPECT_TRUE(counted({.trip = "requests > 3"}));
  EXPECT_TRUE(counted({.trip = "requests > 3 && totalFailures > 1 || consecutiveFailures > 2"}));
  EXPECT_FALSE(counted({}));
  EXPECT_FALSE(counted({.interval = kSecond, .trip = "requests > 3"}));
  EXPECT_FALSE(counted({.trip = "requests > totalSuccesses"}));
  EXPECT_FALSE(counted({.trip = "requests > consecutiveSuccesses"}));
  EXPECT_FALSE(BreakerPlan::of(with({.trip = "requests > 3"}, kMillisecond + 1)).count_allowed);
  const BreakerPlan noting = BreakerPlan::of(with({.trip = "requests > 3"})).noting();
  EXPECT_FALSE(noting.count_allowed || noting.fast_allowed || noting.begin_way != Way::General);
  EXPECT_FALSE(BreakerPlan::of(with({})).noting().first_word(0).elidable());
}

TEST(BreakerPlan, APolicyThatLimitsTheWholeOperationIsNeverFast) {
  Policy policy;
  RetryPolicy retry = testing::constant_retry(kSecond, -1);
  retry.max_duration = kSecond;
  policy.retry = testing::shared(retry);
  const BreakerPlan plan = BreakerPlan::of(policy);
  EXPECT_TRUE(plan.times_operation);
  EXPECT_FALSE(plan.first_word(0).is_fast());
}

// Everything but a run of failures without a window, which has room in the word.
TEST(BreakerPlan, TalliesAreForRulesThatReadMoreThanTheWordHolds) {
  const auto needs = [](const BreakerOptions& options) { return BreakerPlan::of(with(options)).needs_tallies(); };
  EXPECT_FALSE(needs({.trip = "consecutiveFailures > 1"}));
  EXPECT_FALSE(needs({.trip = "false"}));
  EXPECT_TRUE(needs({.interval = kSecond}));
  for (const std::string_view trip : {"requests > 1", "totalSuccesses > 1", "consecutiveSuccesses > 1",
                                      "totalFailures > 1", "consecutiveFailures > 1 && requests > 1"}) {
    EXPECT_TRUE(needs({.trip = trip})) << trip;
  }
}

TEST(BreakerPlan, ALostPermitIsTakenBackAfterAMinuteOrTwiceTheTimeout) {
  EXPECT_EQ(BreakerPlan::of(with({})).probe_grace, 60 * kSecond);
  EXPECT_EQ(BreakerPlan::of(with({}, 30 * kSecond)).probe_grace, 60 * kSecond);
  EXPECT_EQ(BreakerPlan::of(with({}, 31 * kSecond)).probe_grace, 62 * kSecond);
  EXPECT_EQ(BreakerPlan::of(with({}, kForever)).probe_grace, kForever);
}

TEST(BreakerPlan, TakesTheSettingsOver) {
  const BreakerPlan plan = BreakerPlan::of(with({.max_requests = 3, .interval = 8 * kSecond, .timeout = 45 * kSecond}));
  EXPECT_TRUE(plan.present);
  EXPECT_FALSE(plan.shared);
  EXPECT_EQ(plan.max_requests, 3u);
  EXPECT_EQ(plan.interval, 8 * kSecond);
  EXPECT_EQ(plan.open_for, 45 * kSecond);
  EXPECT_EQ(plan.reads, kConsecutiveFailures);
}

TEST(BreakerPlan, FirstWords) {
  EXPECT_EQ(BreakerPlan::of(with({})).first_word(4), BreakerWord::fast(4, 0));
  EXPECT_EQ(BreakerPlan::of(with({.trip = "requests > 1"})).first_word(4), BreakerWord::counted(4, 0));
  EXPECT_EQ(BreakerPlan::of(with({.trip = "totalSuccesses > 1"})).first_word(4),
            BreakerWord::slow(Phase::Closed, 4, 0));
  const BreakerWord window = BreakerPlan::of(with({.interval = kSecond})).first_word(4);
  EXPECT_EQ(window.phase(), Phase::Closed);
  EXPECT_TRUE(window.window_unbegun());  // the window begins with the first call
  Policy shared = with({});
  shared.breaker_per_target = true;
  EXPECT_EQ(BreakerPlan::of(shared).first_word(4).phase(), Phase::Shared);
}

TEST(BreakerPlan, ARunOfFailuresIsNeverFast) {
  const BreakerPlan plan = BreakerPlan::of(with({}));
  EXPECT_TRUE(plan.closed_word(1, 0).is_fast());
  EXPECT_FALSE(plan.closed_word(1, 1).is_fast());
  EXPECT_EQ(plan.closed_word(1, 5).payload(), 5u);
}

// Which short way an attempt takes is a question of settings alone.
TEST(BreakerPlan, WaysFollowFromWhatIsCounted) {
  using enum Way;
  struct Expected {
    BreakerOptions options;
    Way begin, success, failure;
  };
  const char* rate = "requests > 9 && double(totalFailures) / double(requests) > 0.5";
  for (const Expected& e : {
           Expected{{}, Word, Cells, Word},
           Expected{{.trip = "totalFailures > 3"}, Word, Cells, Cells},
           Expected{{.trip = "consecutiveFailures > 3 || totalFailures > 9"}, Word, Cells, Cells},
           Expected{{.trip = rate}, Cells, Cells, Cells},
           Expected{{.interval = kSecond}, Interval, Interval, Interval},
           Expected{{.interval = kSecond, .trip = rate}, Interval, Interval, Interval},
           Expected{{.trip = rate, .window = kSecond}, Window, Window, Window},
           Expected{{.trip = "totalFailures > 3", .window = kSecond}, Word, Window, Window},
           Expected{
               {.trip = "totalFailures > 3 && consecutiveSuccesses < 2", .window = kSecond}, Word, General, General},
           Expected{{.trip = rate, .window_calls = 9}, Word, Window, Window},
           Expected{{.interval = kSecond, .trip = rate, .window = kSecond}, General, General, General},
           Expected{{.trip = "slowCalls > 3", .slow_call = kSecond}, General, General, General},
           Expected{{.http = 500}, Word, Cells, General},
           Expected{{.trip = "totalFailures > 3 || consecutiveFailures > 1", .window = kSecond}, Word, Window, Window},
           Expected{{.trip = rate, .window = kSecond, .http = 500}, Window, Window, General},
       }) {
    const BreakerPlan plan = BreakerPlan::of(with(e.options));
    EXPECT_EQ(plan.begin_way, e.begin) << e.options.trip << " " << e.options.window;
    EXPECT_EQ(plan.success_way, e.success) << e.options.trip << " " << e.options.window;
    EXPECT_EQ(plan.failure_way, e.failure) << e.options.trip << " " << e.options.window;
  }
}

TEST(BreakerPlan, WaysFollowFromWhatTheTargetAsksToo) {
  Policy policy = with({.trip = "requests > 3"});
  policy.limits.max_concurrent = 3;
  EXPECT_EQ(BreakerPlan::of(policy).begin_way, Way::Gates);
  policy.breaker = breaker({.trip = "requests > 3", .window = kSecond});
  EXPECT_EQ(BreakerPlan::of(policy).begin_way, Way::General);
  policy.breaker = nullptr;
  EXPECT_EQ(BreakerPlan::of(policy).begin_way, Way::Gates);

  RetryPolicy retry = testing::constant_retry(kSecond, -1);
  retry.max_duration = kSecond;
  Policy timed = with({});
  timed.retry = testing::shared(retry);
  EXPECT_EQ(BreakerPlan::of(timed).begin_way, Way::General);
  EXPECT_EQ(BreakerPlan::of(timed).success_way, Way::Cells);
  EXPECT_EQ(BreakerPlan::of(timed).failure_way, Way::General);
}

}  // namespace
}  // namespace resil
