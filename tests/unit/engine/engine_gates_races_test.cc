// A breaker that opens just while an attempt passes the gates before it: what it took there is given back.
#include <gtest/gtest.h>

#include "support/clock_readings.h"
#include "support/gated.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

TEST(EngineGatesRace, WhatTheGatesGaveIsGivenBackWhereTheBreakerOpensMeanwhile) {
  for (const TargetLimits& limits : {TargetLimits{.max_concurrent = 2, .rate_limit = RateLimit{1, 1'000 * kSecond, 3}},
                                     rate(1, 1'000 * kSecond, 3)}) {
    Caller caller(one_app({.breaker = breaker({.trip = "consecutiveFailures > 0"}), .limits = limits}));
    const EndpointId id = caller.app();
    Ticket ticket{};
    ticket.mark(Ticket::kRejected);  // one that waited and comes again, which is the general way's
    caller.now = kReadClock;
    // Before it reads the clock it has seen that the breaker would not refuse; after, it passes the gates.
    ClockReadings::before_exact = [&] { caller.fail(id, 1); };
    ASSERT_EQ(caller.begin(id, ticket), kReject);
    ASSERT_FALSE(ClockReadings::before_exact);
    EXPECT_EQ(reason_of(ticket), Reason::Open);
    const EngineView view = caller.engine.view(read_clock(CLOCK_MONOTONIC));
    const TargetView& target = view.targets.at(0);
    if (target.concurrency) {
      EXPECT_EQ(target.concurrency->in_flight, 0u);
    }
    if (target.rate) {
      EXPECT_EQ(target.rate->available, 2) << "the one that failed meanwhile took the third";
    }
  }
}

}  // namespace
}  // namespace resil
