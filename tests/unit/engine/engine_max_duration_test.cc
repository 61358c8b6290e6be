// What limits the whole of an operation (`maxDuration`, the built-in policies) counts from its first begin.
#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/gated.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

// The built-in policies limit the whole operation.
TEST(EngineMaxElapsed, CountsFromTheFirstAttempt) {
  RetryPolicy retry = constant_retry(4 * kSecond, -1);
  retry.max_duration = 10 * kSecond;
  Caller caller(one_app({.retry = shared(retry)}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  for (const std::int32_t answer : {kRetry, kRetry, kGiveUp}) {  // 0, 4, 8: a third delay would end at 12
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(caller.end(ticket, kFailure), answer);
    caller.now += 4 * kSecond;
  }
  EXPECT_EQ(reason_of(ticket), Reason::Exhausted);
}

// The first to be rejected goes the general way, those after it the short one.
TEST(EngineMaxElapsed, CountsFromAFirstBeginThatWasRejected) {
  RetryPolicy retry = constant_retry(4 * kSecond, -1);
  retry.max_duration = 10 * kSecond;
  Caller caller(one_app(
      {.retry = shared(retry), .breaker = breaker({.timeout = 8 * kSecond - 1, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  caller.now = 100 * kSecond;
  Ticket opening{};
  caller.begin(id, opening);
  caller.end(opening, kFailure);
  Ticket told{}, after{};
  ASSERT_EQ(caller.begin(id, told), kReject);
  caller.now += kSecond;
  ASSERT_EQ(caller.begin(id, after), kReject);
  caller.now += kSecond;
  ASSERT_EQ(caller.begin(id, after), kReject);  // the operation is as old as before

  caller.now = 108 * kSecond;
  ASSERT_EQ(caller.begin(id, told), kAllow);
  EXPECT_EQ(caller.end(told, kFailure), kGiveUp);  // a retry would begin 12 s after 100 s
  EXPECT_EQ(reason_of(told), Reason::Exhausted);
  caller.now = 116 * kSecond;
  ASSERT_EQ(caller.begin(id, after), kAllow);
  EXPECT_EQ(caller.end(after, kFailure), kGiveUp);  // 19 s after 101 s

  Ticket fresh{};
  caller.now = 124 * kSecond;
  ASSERT_EQ(caller.begin(id, fresh), kAllow);
  EXPECT_EQ(caller.end(fresh, kFailure), kRetry);
}

TEST(EngineMaxElapsed, IsNotReachedBecauseOfARejectionLongEnoughBefore) {
  RetryPolicy retry = constant_retry(kSecond, -1);
  retry.max_duration = 10 * kSecond;
  for (const bool told_before : {false, true}) {
    Caller caller(one_app(
        {.retry = shared(retry), .breaker = breaker({.timeout = 9 * kSecond - 1, .trip = "consecutiveFailures > 0"})}));
    const EndpointId id = caller.app();
    caller.now = 100 * kSecond;
    Ticket opening{}, before{}, waits{};
    caller.begin(id, opening);
    caller.end(opening, kFailure);
    if (told_before) caller.begin(id, before);
    ASSERT_EQ(caller.begin(id, waits), kReject);
    caller.now = 109 * kSecond;
    ASSERT_EQ(caller.begin(id, waits), kAllow);
    EXPECT_EQ(caller.end(waits, kFailure), kRetry) << told_before;  // it would begin 10 s after 100 s
  }
}

// By the short way only, and by the general one twice: the first time is what counts.
TEST(EngineMaxElapsed, CountsFromTheFirstOfSeveralRejections) {
  RetryPolicy retry = constant_retry(4 * kSecond, -1);
  retry.max_duration = 10 * kSecond;
  for (const bool twice : {false, true}) {
    Caller caller(one_app(
        {.retry = shared(retry), .breaker = breaker({.timeout = 8 * kSecond - 1, .trip = "consecutiveFailures > 0"})}));
    const EndpointId id = caller.app();
    caller.now = 100 * kSecond;
    Ticket opening{}, told{}, waits{};
    caller.begin(id, opening);
    caller.end(opening, kFailure);
    if (!twice) caller.begin(id, told);
    caller.now = 101 * kSecond;
    ASSERT_EQ(caller.begin(id, waits), kReject);
    caller.now = 107 * kSecond;
    if (twice) caller.begin(id, waits);
    caller.now = 108 * kSecond;
    ASSERT_EQ(caller.begin(id, waits), kAllow);
    EXPECT_EQ(caller.end(waits, kFailure), kGiveUp) << twice;  // a retry would begin 11 s after 101 s
    EXPECT_EQ(reason_of(waits), Reason::Exhausted);
  }
}

TEST(EngineMaxElapsed, CountsFromAFirstBeginThatALimitRejected) {
  RetryPolicy retry = constant_retry(4 * kSecond, -1);
  retry.max_duration = 10 * kSecond;
  Caller caller(one_app({.retry = shared(retry), .limits = rate(1, 8 * kSecond)}));
  const EndpointId id = caller.app();
  caller.now = 100 * kSecond;
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  Ticket waits = rejected(caller, id);
  EXPECT_EQ(reason_of(waits), Reason::RateLimited);
  caller.now = 108 * kSecond;
  ASSERT_EQ(caller.begin(id, waits), kAllow);
  EXPECT_EQ(caller.end(waits, kFailure), kGiveUp);
  EXPECT_EQ(reason_of(waits), Reason::Exhausted);
}

// A begin may read the binding that a reload has just put in force, with the limit, and the word that it has not yet
// rewritten: then nobody noted when the operation began. Its first failure is as old as nothing, and the limit counts
// from the attempt after it.
TEST(EngineMaxElapsed, OfAnOperationThatNobodyTimedTheLimitCountsFromItsSecondAttempt) {
  RetryPolicy retry = constant_retry(4 * kSecond, -1);
  retry.max_duration = 10 * kSecond;
  for (const Nanos began : {Nanos{0}, 500 * kSecond}) {
    Caller caller(one_app({.retry = shared(retry)}));
    const EndpointId id = caller.app();
    Ticket ticket{};
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    ticket.start(ticket.policy(), Stage::InFlight);  // as the short way makes it
    ticket.private_words[2] = static_cast<std::uint64_t>(began);
    for (const std::int32_t answer : {kRetry, kRetry, kRetry, kGiveUp}) {  // the limit counts from 1004 s
      EXPECT_EQ(caller.end(ticket, kFailure), answer);
      caller.now += 4 * kSecond;
      if (answer == kRetry) {
        ASSERT_EQ(caller.begin(id, ticket), kAllow);
      }
    }
  }
}

}  // namespace
}  // namespace resil
