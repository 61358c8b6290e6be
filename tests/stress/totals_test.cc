// Counts under threads: exact as soon as nobody is under way, whatever the rule reads.
#include "stress/crowd.h"
#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

struct Tallied {
  std::atomic<std::uint64_t> begun{0}, succeeded{0}, failed{0}, cancelled{0}, retried{0}, rejected{0}, recovered{0};
};

void work_on(Engine& engine, EndpointId id, SharedClock& clock, Tallied& tallied, Draw& draw, std::uint64_t calls) {
  Ticket ticket{};
  for (; calls > 0; --calls) {
    if (engine.begin(id, clock.tick(1), ticket) != kAllow) {
      tallied.rejected.fetch_add(1);
      ticket = {};
      continue;
    }
    tallied.begun.fetch_add(1);
    const std::uint64_t what = draw.below(16);
    const Outcome outcome = what == 0 ? kCancelled : what < 4 ? kFailure : what < 5 ? kTimeout : kSuccess;
    const std::uint32_t attempt = ticket.attempt;
    const std::int32_t answer = engine.end(ticket, outcome, clock.now());
    if (outcome.succeeded()) {
      tallied.succeeded.fetch_add(1);
      if (attempt > 1) tallied.recovered.fetch_add(1);
    } else {
      (outcome.cancelled() ? tallied.cancelled : tallied.failed).fetch_add(1);
    }
    if (answer == kRetry) {
      tallied.retried.fetch_add(1);
    } else {
      ticket = {};
    }
  }
}

void expect_totals(const CallTotals& totals, const Tallied& tallied) {
  EXPECT_EQ(totals.successes, tallied.succeeded.load());
  EXPECT_EQ(totals.failures, tallied.failed.load());
  EXPECT_EQ(totals.cancelled, tallied.cancelled.load());
  EXPECT_EQ(totals.retries, tallied.retried.load());
  EXPECT_EQ(totals.rejections, tallied.rejected.load());
  EXPECT_EQ(totals.recovered, tallied.recovered.load());
}

TEST(Totals, AreExactWhenNobodyIsUnderWay) {
  Caller caller(one_app({.retry = shared(constant_retry(0, 2)),
                         .breaker = breaker({.trip = "requests < 0 && totalSuccesses < 0 && totalFailures < 0 && "
                                                     "consecutiveSuccesses < 0 && consecutiveFailures < 0"})}));
  const EndpointId id = caller.app();
  SharedClock clock;
  Tallied tallied;
  run_crowd(kThreads, [&](unsigned, Draw& draw) { work_on(caller.engine, id, clock, tallied, draw, rounds(8'000)); });
  expect_totals(caller.entry(id).totals, tallied);
  const Counts counts = caller.counts(id);
  EXPECT_EQ(counts.requests, static_cast<std::int64_t>(tallied.begun));
  EXPECT_EQ(counts.total_successes, static_cast<std::int64_t>(tallied.succeeded));
  EXPECT_EQ(counts.total_failures, static_cast<std::int64_t>(tallied.failed));
}

TEST(Totals, AreExactForABreakerThatTrips) {
  for (const std::string_view trip : {"consecutiveFailures > 1", "requests > 20 && totalFailures * 4 > requests"}) {
    Caller caller(one_app({.retry = shared(constant_retry(0, 2)), .breaker = breaker({.timeout = 30, .trip = trip})}));
    const EndpointId id = caller.app();
    SharedClock clock;
    Tallied tallied;
    run_crowd(kThreads, [&](unsigned, Draw& draw) { work_on(caller.engine, id, clock, tallied, draw, rounds(5'000)); });
    expect_totals(caller.entry(id).totals, tallied);
    EXPECT_GT(tallied.rejected.load(), 0u) << trip;
  }
}

// Failures only: each has a number of its own, and the one that reaches the threshold trips. Nobody trips twice.
TEST(Totals, TheThresholdIsReachedExactlyOnce) {
  for (const std::string_view trip : {"totalFailures >= 64", "consecutiveFailures >= 64"}) {
    for (std::uint64_t round = rounds(100); round > 0; --round) {
      Caller caller(one_app({.breaker = breaker({.trip = trip})}));
      const EndpointId id = caller.app();
      run_crowd(kThreads, [&](unsigned, Draw&) {
        for (int i = 0; i < 8; ++i) caller.attempt(id, kFailure);
      });
      EXPECT_EQ(caller.state(id), BreakerState::Open);
      EXPECT_EQ(caller.events(EventKind::Breaker).size(), 1u);
    }
  }
}

TEST(Totals, WindowsThatEndUnderThreadsNeverMixTheirCounts) {
  Caller caller(
      one_app({.breaker = breaker({.interval = 64, .trip = "totalFailures > requests || totalSuccesses > requests"})}));
  const EndpointId id = caller.app();
  SharedClock clock;
  run_crowd(kThreads, [&](unsigned, Draw& draw) {
    for (std::uint64_t i = rounds(8'000); i > 0; --i) {
      Ticket ticket{};
      if (caller.engine.begin(id, clock.tick(1), ticket) != kAllow) continue;
      caller.engine.end(ticket, draw.one_in(2) ? kFailure : kSuccess, clock.now());
    }
  });
  // More ends than begins in one window would be counts of another.
  EXPECT_EQ(caller.events(EventKind::Breaker).size(), 0u);
}

}  // namespace
}  // namespace resil
