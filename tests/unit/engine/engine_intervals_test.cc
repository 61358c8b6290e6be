// A failure that ends when the interval in which it began is over counts for nothing, whatever the rule asks.
#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

constexpr const char* kRules[] = {
    "consecutiveFailures >= 2",
    "totalFailures >= 2",
    "requests >= 2 && double(totalFailures) / double(requests) > 0.5",
    "totalFailures + consecutiveFailures >= 4",
};

// Both begin at once, the first fails a second later, and the second `pause` after that.
TEST(EngineIntervals, AFailureTripsOnlyWhileItsIntervalLasts) {
  for (const char* rule : kRules) {
    for (const Nanos pause : {Nanos{0}, 9 * kSecond, 9 * kSecond + 1}) {
      Caller caller(one_app({.breaker = breaker({.interval = 10 * kSecond, .timeout = kSecond, .trip = rule})}));
      const EndpointId id = caller.app();
      Ticket first{}, second{};
      caller.begin(id, first);
      caller.begin(id, second);
      caller.now += kSecond;
      caller.end(first, kFailure);
      EXPECT_EQ(caller.state(id), BreakerState::Closed) << rule;
      caller.now += pause;
      caller.end(second, kFailure);
      const bool in_time = pause <= 9 * kSecond;
      EXPECT_EQ(caller.state(id), in_time ? BreakerState::Open : BreakerState::Closed) << rule << pause;
      EXPECT_EQ(caller.counts(id).total_failures, 0) << rule << pause;
      EXPECT_EQ(caller.counts(id).consecutive_failures, 0) << rule << pause;
    }
  }
}

// As in the original, whoever finds the interval over begins the next one, also where that is the end of an attempt.
TEST(EngineIntervals, AnEndAfterTheIntervalBeginsTheNext) {
  for (const char* rule : kRules) {
    for (const Outcome outcome : {kSuccess, kFailure}) {
      for (const bool in_time : {true, false}) {
        Caller caller(one_app({.breaker = breaker({.interval = 10 * kSecond, .timeout = kSecond, .trip = rule})}));
        const EndpointId id = caller.app();
        Ticket late{};
        caller.begin(id, late);
        caller.now += 11 * kSecond;
        caller.end(late, outcome);  // from here on 10 s
        caller.now += kSecond;
        caller.fail(id, 1);
        caller.now += in_time ? 9 * kSecond : 9 * kSecond + 1;
        caller.fail(id, 1);
        EXPECT_EQ(caller.state(id), in_time ? BreakerState::Open : BreakerState::Closed) << rule;
      }
    }
  }
}

// Nor does an attempt that another breaker admitted, before a reload.
TEST(EngineIntervals, TheEndOfAnEarlierBreakersAttemptBeginsNone) {
  for (const Nanos slow_call : {Nanos{0}, 100 * kSecond}) {
    const auto with_timeout = [slow_call](Nanos timeout) {
      const char* rule = slow_call > 0 ? "totalFailures >= 2 || slowCalls > 9" : "totalFailures >= 2";
      return one_app(
          {.breaker = breaker({.interval = 10 * kSecond, .timeout = timeout, .trip = rule, .slow_call = slow_call})});
    };
    Caller caller(with_timeout(kSecond));
    const EndpointId id = caller.app();
    Ticket earlier{};
    caller.begin(id, earlier);
    caller.engine.reload(with_timeout(2 * kSecond));
    caller.now += 5 * kSecond;
    caller.end(earlier, kFailure);
    caller.now += 3 * kSecond;
    caller.fail(id, 1);  // from here on 10 s
    caller.now += 9 * kSecond;
    caller.fail(id, 1);
    EXPECT_EQ(caller.state(id), BreakerState::Open) << slow_call;
  }
}

}  // namespace
}  // namespace resil
