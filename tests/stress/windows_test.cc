// Windows under threads: what is in them once nobody is under way is what a list of all calls says.
#include <vector>

#include "stress/crowd.h"
#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

constexpr Nanos kWindow = 1'000;

struct Call {
  Nanos at;
  bool failed;
};

// The calls of every thread that a window of time holds at `now`.
Counts held(const std::vector<std::vector<Call>>& threads, Nanos now, std::int64_t buckets) {
  const auto bucket = [buckets](Nanos at) { return at * buckets / kWindow; };
  Counts counts;
  for (const std::vector<Call>& calls : threads) {
    for (const Call& call : calls) {
      if (bucket(now) - bucket(call.at) >= buckets) continue;
      ++(call.failed ? counts.total_failures : counts.total_successes);
    }
  }
  return counts;
}

TEST(Windows, OfTimeHoldWhatAListOfAllCallsSays) {
  for (const std::uint32_t buckets : {1U, 10U, 64U}) {
    Caller caller(one_app(
        {.breaker =
             breaker({.trip = "calls > 1000000000 && failureRate > 0.5", .window = kWindow, .buckets = buckets})}));
    const EndpointId id = caller.app();
    SharedClock clock;
    for (std::uint64_t round = rounds(20); round > 0; --round) {
      std::vector<std::vector<Call>> calls(kThreads);
      run_crowd(kThreads, [&](unsigned thread, Draw& draw) {
        for (int i = 0; i < 1'000; ++i) {
          Ticket ticket{};
          caller.engine.begin(id, clock.tick(1), ticket);
          const Call call{clock.now(), draw.one_in(2)};
          caller.engine.end(ticket, call.failed ? kFailure : kSuccess, call.at);
          calls[thread].push_back(call);
        }
      });
      caller.now = clock.now();
      const Counts got = caller.counts(id), expected = held(calls, caller.now, buckets);
      ASSERT_EQ(got.total_failures, expected.total_failures) << buckets;
      ASSERT_EQ(got.total_successes, expected.total_successes) << buckets;
      clock.tick(2 * kWindow);
    }
  }
}

TEST(Windows, OfCallsLoseNoneAndForgetEach) {
  for (const std::uint32_t size : {1U, 7U, 1'000U}) {
    Caller caller(one_app({.breaker = breaker({.trip = "calls > 1000000000 && failureRate > 0.5 && slowCalls > 0",
                                               .window_calls = size,
                                               .slow_call = 2})}));
    const EndpointId id = caller.app();
    SharedClock clock;
    for (std::uint64_t round = rounds(20); round > 0; --round) {
      run_crowd(kThreads, [&](unsigned, Draw& draw) {
        for (int i = 0; i < 1'000; ++i) {
          Ticket ticket{};
          caller.engine.begin(id, clock.tick(1), ticket);
          caller.engine.end(ticket, draw.one_in(2) ? kFailure : kSuccess, clock.now());
        }
      });
      caller.now = clock.now();
      const Counts full = caller.counts(id);
      ASSERT_EQ(full.total_failures + full.total_successes, size);
      ASSERT_LE(full.slow_calls, size);
      for (std::uint32_t i = 0; i < size; ++i) caller.attempt(id, kSuccess);
      const Counts after = caller.counts(id);
      ASSERT_EQ(after.total_successes, size);
      ASSERT_EQ(after.total_failures, 0);
      ASSERT_EQ(after.slow_calls, 0);
    }
  }
}

// The breaker trips, probes, closes and is reloaded all the time: whatever a generation leaves, the next begins at
// zero.
TEST(Windows, GenerationsThatChangeUnderThreadsLeaveNothing) {
  const BreakerOptions kinds[] = {
      {.timeout = 20, .trip = "calls > 9 && failureRate > 0.6", .window = kWindow},
      {.timeout = 20, .trip = "calls > 9 && failureRate > 0.6", .window_calls = 10, .timeout_multiplier = 2}};
  for (const BreakerOptions& options : kinds) {
    BreakerOptions other = options;
    other.timeout = 30;
    Caller caller(one_app({.breaker = breaker(options)}));
    const EndpointId id = caller.app();
    SharedClock clock;
    for (std::uint64_t round = rounds(10); round > 0; --round) {
      run_crowd(kThreads, [&](unsigned thread, Draw& draw) {
        for (int i = 0; i < 2'000; ++i) {
          if (thread == 0 && i % 500 == 0) {
            caller.engine.reload(one_app({.breaker = breaker(i % 1'000 == 0 ? options : other)}));
          }
          Ticket ticket{};
          if (caller.engine.begin(id, clock.tick(1), ticket) != kAllow) continue;
          caller.engine.end(ticket, draw.one_in(2) ? kFailure : kSuccess, clock.now());
        }
      });
      clock.tick(100 * kSecond);
      caller.now = clock.now();
      caller.attempt(id, kSuccess);  // closes it, if it was not closed
      ASSERT_EQ(caller.state(id), BreakerState::Closed);
      caller.engine.reload(one_app({.breaker = breaker(options)}));  // `other` was the last
      ASSERT_EQ(caller.counts(id).total_failures, 0);
      for (int i = 0; i < 3; ++i) caller.attempt(id, kFailure), caller.attempt(id, kSuccess);
      ASSERT_EQ(caller.counts(id).total_failures, 3);
      ASSERT_EQ(caller.counts(id).total_successes, 3);
    }
  }
}

}  // namespace
}  // namespace resil
