// A call that is given no time asks the exact clock once at the most, whichever ways it goes.
#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/clock_readings.h"
#include "support/gated.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

// Where the answer may depend on the clock: each opens at the third failure, and closes at the first success.
constexpr Nanos kShort = kMicrosecond;
const Target kTargets[] = {
    {.breaker = breaker({.timeout = kShort, .trip = "consecutiveFailures > 2"})},
    {.breaker = breaker({.timeout = kShort, .trip = "totalFailures > 2 || requests < 0"})},
    {.breaker = breaker({.interval = 1, .timeout = kShort, .trip = "totalFailures > 2"})},
    {.breaker = breaker({.interval = kSecond, .timeout = kShort, .trip = "totalFailures > 2 || requests < 0"})},
    {.breaker = breaker({.interval = 3'600 * kSecond, .timeout = kShort, .trip = "consecutiveFailures > 2"})},
    {.breaker = breaker({.timeout = kShort, .trip = "totalFailures > 2 && requests > 2", .window = kSecond})},
    {.breaker = breaker({.timeout = kShort, .trip = "totalFailures > 2", .window = kMillisecond})},
    {.breaker =
         breaker({.timeout = kShort, .trip = "totalFailures > 2 || consecutiveFailures > 2", .window = kSecond})},
    {.breaker = breaker({.timeout = kShort, .trip = "totalFailures > 2", .window_calls = 10})},
    {.breaker = breaker({.timeout = kShort, .trip = "slowCalls > 2 || totalFailures > 2", .slow_call = kSecond})},
    {.breaker = breaker({.timeout = kShort, .trip = "totalFailures > 2"}), .limits = concurrent(100)},
    {.breaker = breaker({.interval = kSecond, .timeout = kShort, .trip = "totalFailures > 2"}),
     .limits = rate(1'000'000'000)},
};

class EngineClockReadings : public ::testing::Test {
 protected:
  void TearDown() override { ClockReadings::forget(); }

  template <typename Call>
  static std::int32_t timed(const Call& call) {
    ClockReadings::exact = 0;
    const std::int32_t answer = call();
    EXPECT_LE(ClockReadings::exact, 1);
    return answer;
  }
};

TEST_F(EngineClockReadings, ACallAsksTheExactClockOnceAtTheMost) {
  for (const Target& each : kTargets) {
    for (const bool retries : {false, true}) {
      Target target = each;
      if (retries) target.retry = shared(constant_retry(kSecond, 1));
      SCOPED_TRACE("target " + std::to_string(&each - kTargets) + ": " + target.breaker->trip.text());
      Caller caller(one_app(target));
      caller.now = kReadClock;
      const EndpointId id = caller.app();
      for (const Outcome outcome : {kSuccess, kFailure, kSuccess, kFailure, kFailure, kFailure, kFailure, kTimeout,
                                    kFailure, kSuccess, kSuccess, kCancelled, kFailure}) {
        Ticket ticket{};
        if (timed([&] { return caller.begin(id, ticket); }) != kAllow) continue;
        timed([&] { return caller.end(ticket, outcome); });
      }
    }
  }
}

// A short way that has asked for the moment, and finds that a reload overtook it, hands the moment on.
TEST_F(EngineClockReadings, NorDoesOneThatIsOvertakenAskAgain) {
  const auto window = [](Nanos timeout) {
    return one_app({.breaker = breaker({.timeout = timeout,
                                        .trip = "totalFailures > 2 && requests > 2 && totalSuccesses >= 0",
                                        .window = kMillisecond})});
  };
  for (const Outcome outcome : {kSuccess, kFailure}) {
    for (const bool at_begin : {true, false}) {
      Caller caller(window(kSecond));
      const EndpointId id = caller.app();
      caller.attempt(id, kFailure);  // in a bucket that is over
      const Nanos now = read_clock(CLOCK_MONOTONIC);
      int between = 0;
      const auto overtake = [&] {
        ClockReadings::before_exact = [&] {
          caller.engine.reload(window(2 * kSecond));
          caller.now = now;
          caller.fail(id, 3);  // opens it: whoever comes asks whether the time is up
          caller.now = kReadClock;
          ++between;
        };
      };
      Ticket ticket{};
      if (at_begin) overtake();
      caller.now = at_begin ? kReadClock : now - kSecond;  // a bucket before that of the end
      timed([&] { return caller.begin(id, ticket); });
      if (!at_begin) overtake();
      caller.now = kReadClock;
      timed([&] { return caller.end(ticket, outcome); });
      EXPECT_EQ(between, 1);
    }
  }
}

}  // namespace
}  // namespace resil
