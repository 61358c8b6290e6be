// The budget of a target's retries, through the engine.
#include <gtest/gtest.h>

#include <vector>

#include "support/gated.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

// How many retries in a row one operation gets.
int retries_of(Caller& caller, EndpointId id, Ticket& ticket) {
  for (int retries = 0;; ++retries) {
    EXPECT_EQ(caller.begin(id, ticket), kAllow);
    if (caller.end(ticket, kFailure) != kRetry) return retries;
  }
}

TEST(EngineBudget, TheBudgetBoundsTheRetriesOfTheTarget) {
  Caller caller(one_app({.retry = shared(budgeted(0.5, 0.2))}));
  const EndpointId a = caller.app("a"), b = caller.app("b");
  Ticket one{}, two{}, three{};
  EXPECT_EQ(retries_of(caller, a, one), 3) << "2 + half an operation: 2 < 2.5";
  EXPECT_EQ(reason_of(one), Reason::RetryBudget);
  EXPECT_EQ(one.delay, 0);
  EXPECT_EQ(caller.begin(a, one), kBadTicket) << "it is over";
  EXPECT_EQ(retries_of(caller, b, two), 0) << "3 < 3 does not hold";
  EXPECT_EQ(caller.attempt(b, kSuccess), kDone);
  EXPECT_EQ(retries_of(caller, b, three), 1) << "3 < 4";
  EXPECT_EQ(caller.entry(a).totals.gave_up, 1u);
  const std::vector<Event> events = caller.events(EventKind::GaveUp);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].after, static_cast<std::int32_t>(Reason::RetryBudget));
  caller.now += 10 * kSecond + 1;
  Ticket later{};
  EXPECT_EQ(retries_of(caller, a, later), 3);
}

TEST(EngineBudget, ItHoldsBesideWhateverElseBoundsTheTarget) {
  for (const TargetLimits& limits : {TargetLimits{}, concurrent(10), rate(1'000, kSecond, 100)}) {
    for (const bool breaks : {false, true}) {
      for (const double ratio : {0.0, 2.0}) {
        Caller caller(one_app({.retry = shared(budgeted(ratio, 0.2)),
                               .breaker = breaks ? breaker({.trip = "consecutiveFailures > 99"}) : nullptr,
                               .limits = limits}));
        Ticket ticket{};
        EXPECT_EQ(retries_of(caller, caller.app(), ticket), 2 + ratio) << breaks;
        EXPECT_EQ(reason_of(ticket), Reason::RetryBudget);
      }
    }
  }
}

TEST(EngineBudget, AnOperationCountsOnceAndWhereItWasAdmitted) {
  Caller caller(one_app({.retry = shared(budgeted(1, 0)), .limits = concurrent(1)}));
  Crowd crowd{caller, caller.app()};
  crowd.enter(1);
  Ticket ticket{};
  for (int i = 0; i < 5; ++i) caller.begin(crowd.id, ticket);  // rejected
  crowd.leave(kSuccess);
  EXPECT_EQ(retries_of(caller, crowd.id, ticket), 2) << "two operations";
}

TEST(EngineBudget, WhatIsNotRetriedForAnotherReasonTakesNothingFromTheBudget) {
  RetryPolicy retry = budgeted(0, 0.1);
  retry.http.add(503, 503);
  retry.max_retries = 1;
  Caller caller(one_app({.retry = shared(retry)}));
  const EndpointId id = caller.app();
  for (int i = 0; i < 9; ++i) {
    Ticket ticket{};
    caller.begin(id, ticket);
    EXPECT_EQ(caller.end(ticket, http(404)), kGiveUp);
    EXPECT_EQ(reason_of(ticket), Reason::NotRetriable);
    Ticket late{.deadline = caller.now + 1};
    caller.begin(id, late);
    caller.end(late, kFailure);
    EXPECT_EQ(reason_of(late), Reason::Deadline);
  }
  Ticket ticket{};
  EXPECT_EQ(retries_of(caller, id, ticket), 1);
  EXPECT_EQ(reason_of(ticket), Reason::Exhausted) << "not the budget, which is used up too";
  EXPECT_EQ(caller.attempt(id, kFailure), kGiveUp);
}

}  // namespace
}  // namespace resil
