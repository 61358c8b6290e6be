// A ticket is filled anew by each begin and adopt: nothing of what it said before stands in it, neither a rejection
// that was waited for nor the failure before a retry, nor what a host left there.
#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

Target tripping(Nanos timeout = 0) {
  return {.timeout = timeout,
          .retry = shared(constant_retry(kSecond, 5)),
          .breaker = breaker({.timeout = 10 * kSecond, .trip = "consecutiveFailures > 0"})};
}

void expect_admitted_afresh(const Ticket& ticket, Nanos timeout) {
  EXPECT_EQ(reason_of(ticket), Reason::None);
  EXPECT_EQ(ticket.delay, 0);
  EXPECT_EQ(ticket.flags & Ticket::kMayWait, 0u);
  EXPECT_EQ(ticket.timeout, timeout);
}

// Rejected first by the general way, then, told already, by the short one; admitted as the probe, and once closed.
TEST(EngineStaleTicket, ARejectionThatWasWaitedForIsForgotten) {
  for (const int rejections : {1, 2, 3}) {
    Caller caller(one_app(tripping(kSecond)));
    const EndpointId id = caller.app();
    caller.fail(id, 1);
    Ticket probe{}, later{};
    for (int i = 0; i < rejections; ++i) {
      ASSERT_EQ(caller.begin(id, probe), kReject);
      ASSERT_EQ(caller.begin(id, later), kReject);
      EXPECT_EQ(reason_of(later), Reason::Open);
      EXPECT_EQ(later.timeout, 0) << "a rejected attempt has no time";
      EXPECT_NE(later.flags & Ticket::kMayWait, 0u);
    }
    caller.now += probe.delay;
    ASSERT_EQ(caller.begin(id, probe), kAllow);
    expect_admitted_afresh(probe, kSecond);
    EXPECT_NE(probe.flags & Ticket::kHasEvents, 0u) << "half-open";
    ASSERT_EQ(caller.end(probe, kSuccess), kDone);
    ASSERT_EQ(caller.begin(id, later), kAllow);
    expect_admitted_afresh(later, kSecond);
    EXPECT_EQ(later.flags, 0u);
    EXPECT_EQ(later.attempt, 1u);
  }
}

TEST(EngineStaleTicket, ARejectionOfARetryIsForgottenToo) {
  Caller caller(one_app(tripping(kSecond)));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  EXPECT_EQ(ticket.delay, kSecond);
  caller.now += ticket.delay;
  ASSERT_EQ(caller.begin(id, ticket), kReject);
  EXPECT_EQ(ticket.timeout, 0) << "the time of the attempt before is no more";
  EXPECT_EQ(reason_of(ticket), Reason::Open);
  caller.now += ticket.delay;
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  expect_admitted_afresh(ticket, kSecond);
  EXPECT_EQ(ticket.attempt, 2u);
}

TEST(EngineStaleTicket, ALateRejectionHasNoDelayOfBefore) {
  Caller caller(one_app(tripping(kSecond)));
  const EndpointId id = caller.app();
  caller.fail(id, 1);
  Ticket ticket{};
  ticket.deadline = caller.now + 60 * kSecond;
  ASSERT_EQ(caller.begin(id, ticket), kReject);
  ASSERT_NE(ticket.flags & Ticket::kMayWait, 0u);
  caller.now = ticket.deadline;
  ASSERT_EQ(caller.begin(id, ticket), kReject);
  EXPECT_EQ(reason_of(ticket), Reason::Deadline);
  EXPECT_EQ(ticket.delay, 0);
  EXPECT_EQ(ticket.flags, 0u);
  EXPECT_EQ(ticket.timeout, 0);
}

// A host that waited may go on by the word.
TEST(EngineStaleTicket, AdoptForgetsARejection) {
  Caller caller(one_app(tripping(kSecond)));
  const EndpointId id = caller.app();
  caller.fail(id, 1);
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kReject);
  caller.now += ticket.delay;
  ASSERT_EQ(caller.attempt(id, kSuccess), kDone);
  ASSERT_EQ(caller.state(id), BreakerState::Closed);
  ASSERT_EQ(caller.engine.adopt(id, caller.engine.word(id)->load(), caller.now, ticket), kAllow);
  expect_admitted_afresh(ticket, kSecond);
  EXPECT_EQ(ticket.flags, 0u);
  EXPECT_EQ(ticket.attempt, 1u);
}

TEST(EngineStaleTicket, AdoptForgetsWhatTheRetryBeforeSaid) {
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, 5))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  ASSERT_EQ(ticket.delay, kSecond);
  ASSERT_NE(ticket.flags & Ticket::kHasEvents, 0u);
  ASSERT_EQ(caller.engine.adopt(id, caller.engine.word(id)->load(), caller.now, ticket), kAllow);
  expect_admitted_afresh(ticket, 0);
  EXPECT_EQ(ticket.flags, 0u);
  EXPECT_EQ(ticket.attempt, 2u);
}

// Each way in and out: no event of the begin is told again by an end that has none.
TEST(EngineStaleTicket, AnEndWithoutEventsSaysSo) {
  for (const std::string_view trip : {"consecutiveFailures > 3", "requests > 99", "totalSuccesses > 99"}) {
    for (const Outcome outcome : {kSuccess, kFailure}) {
      Caller caller(one_app({.breaker = breaker({.trip = trip})}));
      const EndpointId id = caller.app();
      Ticket ticket{};
      ASSERT_EQ(caller.begin(id, ticket), kAllow);
      ticket.flags = Ticket::kHasEvents | Ticket::kMayWait;
      ticket.reason = static_cast<std::int32_t>(Reason::Open);
      ticket.delay = 77;  // a hint: no policy retries
      ASSERT_EQ(caller.end(ticket, outcome), outcome.succeeded() ? kDone : kGiveUp);
      EXPECT_EQ(ticket.flags, 0u) << trip;
      EXPECT_EQ(ticket.delay, 0) << trip;
      EXPECT_EQ(reason_of(ticket), outcome.succeeded() ? Reason::None : Reason::Exhausted) << trip;
    }
  }
}

}  // namespace
}  // namespace resil
