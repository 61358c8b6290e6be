#include "resil/policy/retry.h"

#include <limits>

#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using testing::constant_retry;
using testing::exponential_retry;
using testing::grpc;
using testing::http;
using testing::kCancelled;
using testing::kFailure;
using testing::kTimeout;

constexpr Nanos kNow = 100 * kSecond;

RetryAnswer ask(const RetryPolicy* policy, FailedAttempt failed, std::uint64_t random = 0) {
  TimeSource time(kNow);
  return answer_failure(policy, failed, time, [random] { return random; });
}

void expect_gives_up(const RetryAnswer& answer, Reason reason) {
  EXPECT_EQ(answer.decision, EndAnswer::GiveUp);
  EXPECT_EQ(answer.reason, reason);
  EXPECT_EQ(answer.delay, 0);
}

void expect_retry(const RetryAnswer& answer, Nanos delay) {
  EXPECT_EQ(answer.decision, EndAnswer::Retry);
  EXPECT_EQ(answer.reason, Reason::None);
  EXPECT_EQ(answer.delay, delay);
}

TEST(Retry, WithoutAPolicyNothingIsRetried) { expect_gives_up(ask(nullptr, {}), Reason::Exhausted); }

TEST(Retry, MaxRetriesMeansThatManyBesidesTheFirstAttempt) {
  const RetryPolicy three = constant_retry(kSecond, 3);
  for (std::uint32_t attempt = 1; attempt <= 3; ++attempt) expect_retry(ask(&three, {.attempt = attempt}), kSecond);
  expect_gives_up(ask(&three, {.attempt = 4}), Reason::Exhausted);
}

TEST(Retry, ZeroRetriesMeansNone) {
  const RetryPolicy none = constant_retry(kSecond, 0);
  expect_gives_up(ask(&none, {.attempt = 1}), Reason::Exhausted);
}

TEST(Retry, MinusOneHasNoLimit) {
  const RetryPolicy endless = constant_retry(kSecond, -1);
  expect_retry(ask(&endless, {.attempt = 1}), kSecond);
  expect_retry(ask(&endless, {.attempt = std::numeric_limits<std::uint32_t>::max()}), kSecond);
}

// A failure that the host knows to be permanent: never retried, whatever else would have ended the operation.
TEST(Retry, WhatTheHostCallsPermanentIsNotRetried) {
  const RetryPolicy three = constant_retry(kSecond, 3);
  for (const std::uint32_t attempt : {1U, 2U, 4U}) {
    expect_gives_up(ask(&three, {.attempt = attempt, .may_retry = false}), Reason::NotRetriable);
  }
  expect_gives_up(ask(nullptr, {.may_retry = false}), Reason::NotRetriable);
  expect_gives_up(ask(&three, {.may_retry = false, .deadline = kNow - 1}), Reason::NotRetriable);
  expect_gives_up(ask(&three, {.outcome = kCancelled, .may_retry = false}), Reason::Cancelled);
}

// R: the original stops an exponential policy after 15 minutes without saying so.
TEST(Retry, MinusOneHasNoLimitInTimeEither) {
  const RetryPolicy endless = exponential_retry(60 * kSecond, -1);
  EXPECT_EQ(ask(&endless, {.attempt = 1000, .began = kNow - 24 * 3600 * kSecond}).decision, EndAnswer::Retry);
}

TEST(Retry, AStatusOutsideTheListOfItsKindIsNotRetried) {
  RetryPolicy policy = constant_retry(kSecond, -1);
  policy.http.add(429, 429);
  policy.http.add(500, 599);
  policy.grpc.add(14, 14);
  expect_retry(ask(&policy, {.outcome = http(503)}), kSecond);
  expect_retry(ask(&policy, {.outcome = http(429)}), kSecond);
  expect_gives_up(ask(&policy, {.outcome = http(404)}), Reason::NotRetriable);
  expect_retry(ask(&policy, {.outcome = grpc(14)}), kSecond);
  expect_gives_up(ask(&policy, {.outcome = grpc(13)}), Reason::NotRetriable);
}

TEST(Retry, TheListOfOneKindSaysNothingAboutTheOther) {
  RetryPolicy policy = constant_retry(kSecond, -1);
  policy.http.add(500, 500);
  expect_retry(ask(&policy, {.outcome = grpc(7)}), kSecond);
  expect_gives_up(ask(&policy, {.outcome = http(501)}), Reason::NotRetriable);
}

TEST(Retry, AFailureWithoutAStatusIsAlwaysRetriable) {
  RetryPolicy policy = constant_retry(kSecond, -1);
  policy.http.give();
  policy.grpc.give();
  expect_retry(ask(&policy, {.outcome = kFailure}), kSecond);
  expect_retry(ask(&policy, {.outcome = kTimeout}), kSecond);
}

TEST(Retry, CancelledEndsTheOperationWhateverThePolicySays) {
  const RetryPolicy endless = constant_retry(kSecond, -1);
  expect_gives_up(ask(&endless, {.outcome = kCancelled}), Reason::Cancelled);
  expect_gives_up(ask(nullptr, {.outcome = kCancelled}), Reason::Cancelled);
}

TEST(Retry, TheServersHintLengthensAndNeverShortens) {
  const RetryPolicy policy = constant_retry(5 * kSecond, -1);
  expect_retry(ask(&policy, {.hint = 7 * kSecond}), 7 * kSecond);
  expect_retry(ask(&policy, {.hint = 3 * kSecond}), 5 * kSecond);
  const RetryPolicy capped = exponential_retry(kSecond, -1);
  expect_retry(ask(&capped, {.hint = 90 * kSecond}), 90 * kSecond);  // the cap is the policy's, not the server's
}

TEST(Retry, ARetryThatWouldPassTheDeadlineIsNotOffered) {
  const RetryPolicy policy = constant_retry(5 * kSecond, -1);
  expect_gives_up(ask(&policy, {.deadline = kNow + 5 * kSecond}), Reason::Deadline);
  expect_retry(ask(&policy, {.deadline = kNow + 5 * kSecond + 1}), 5 * kSecond);
  expect_gives_up(ask(&policy, {.hint = 9 * kSecond, .deadline = kNow + 9 * kSecond}), Reason::Deadline);
  expect_gives_up(ask(&policy, {.hint = kForever, .deadline = kForever}), Reason::Deadline);
}

TEST(Retry, WhatIsExhaustedOrNotRetriableSaysSoRatherThanDeadline) {
  RetryPolicy policy = constant_retry(5 * kSecond, 0);
  expect_gives_up(ask(&policy, {.deadline = kNow}), Reason::Exhausted);
  policy.http.give();
  expect_gives_up(ask(&policy, {.outcome = http(500), .deadline = kNow}), Reason::NotRetriable);
}

TEST(Retry, APolicyMayLimitTheWholeOperation) {
  RetryPolicy policy = constant_retry(kSecond, -1);
  policy.max_duration = 10 * kSecond;
  expect_retry(ask(&policy, {.began = kNow - 9 * kSecond}), kSecond);
  expect_gives_up(ask(&policy, {.began = kNow - 9 * kSecond - 1}), Reason::Exhausted);
  expect_gives_up(ask(&policy, {.hint = 10 * kSecond, .began = kNow - 1}), Reason::Exhausted);
}

TEST(Retry, AnyStartIsSurvived) {
  RetryPolicy policy = constant_retry(kSecond, -1);
  policy.max_duration = 10 * kSecond;
  for (const Nanos began : {kReadClock, kReadClock + 1, kForever}) {
    EXPECT_NE(ask(&policy, {.began = began}).decision, EndAnswer::Done) << began;
  }
}

TEST(Retry, DrawsForAnExponentialPolicyOnly) {
  const RetryPolicy constant = constant_retry(kSecond, -1), exponential = exponential_retry(kSecond, -1);
  int draws = 0;
  TimeSource time(kNow);
  answer_failure(&constant, {}, time, [&] { return static_cast<std::uint64_t>(++draws); });
  EXPECT_EQ(draws, 0);
  answer_failure(&exponential, {}, time, [&] { return static_cast<std::uint64_t>(++draws); });
  EXPECT_EQ(draws, 1);
}

TEST(Retry, TheDelayBeforeRetryKGrowsWithTheAttempt) {
  const RetryPolicy policy = exponential_retry(60 * kSecond, -1);
  expect_retry(ask(&policy, {.attempt = 1}), 250 * kMillisecond);  // random 0: the low end of each range
  expect_retry(ask(&policy, {.attempt = 2}), 375 * kMillisecond);
  expect_retry(ask(&policy, {.attempt = 3}), 562'500'000);
}

// The clock costs more than the rest of a failure.
TEST(Retry, AsksForTheTimeOnlyWhereItDecides) {
  const RetryPolicy policy = constant_retry(kSecond, -1);
  TimeSource time(kReadClock);
  answer_failure(&policy, {}, time, [] { return std::uint64_t{0}; });
  EXPECT_FALSE(time.known());
  answer_failure(&policy, {.deadline = 1}, time, [] { return std::uint64_t{0}; });
  EXPECT_TRUE(time.known());
}

}  // namespace
}  // namespace resil
