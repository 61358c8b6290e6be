// The word that lets a host skip begin and end: when it may, and that nothing comes out differently if it does.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

std::uint64_t word(Caller& caller, EndpointId id) { return caller.engine.word(id)->load(std::memory_order_acquire); }
bool fast(Caller& caller, EndpointId id) { return (word(caller, id) & 1) != 0; }

TEST(EngineElision, AWordStaysAtItsAddress) {
  Caller caller(one_app({.breaker = breaker()}));
  const EndpointId id = caller.app();
  const auto* address = caller.engine.word(id);
  for (int i = 0; i < 1000; ++i) caller.app(std::to_string(i));
  caller.engine.reload(PolicySet{});
  EXPECT_EQ(caller.engine.word(id), address);
}

TEST(EngineElision, TheWordShowsTheTimeout) {
  Caller caller(one_app({.timeout = 1500 * kMillisecond}));
  EXPECT_EQ(word(caller, caller.app()) & 0x1FFFFFF, 1 | 1500 << 1);
}

TEST(EngineElision, FastMeansThatBeginAdmitsAndASuccessChangesNothing) {
  Caller caller(one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 1"})}));
  const EndpointId id = caller.app();
  const std::uint64_t before = word(caller, id);
  ASSERT_TRUE(fast(caller, id));
  EXPECT_EQ(caller.attempt(id, kSuccess), kDone);
  EXPECT_EQ(word(caller, id), before);
  caller.fail(id, 1);
  EXPECT_FALSE(fast(caller, id));  // a success would end the run
  caller.attempt(id, kSuccess);
  EXPECT_EQ(word(caller, id), before);
}

TEST(EngineElision, AGenerationLaterTheWordIsAnother) {
  Caller caller(one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  const std::uint64_t before = word(caller, id);
  caller.fail(id, 1);
  caller.now += 2 * kSecond;
  caller.attempt(id, kSuccess);
  EXPECT_TRUE(fast(caller, id));
  EXPECT_NE(word(caller, id), before);  // a call that began before must not skip its end
}

TEST(EngineElision, AdoptMakesTheTicketThatBeginWouldHaveMade) {
  Caller caller(one_app({.timeout = 2 * kSecond, .retry = shared(constant_retry(kSecond, 3)), .breaker = breaker()}));
  const EndpointId id = caller.app();
  Ticket begun{}, adopted{};
  caller.begin(id, begun);
  ASSERT_EQ(caller.engine.adopt(id, word(caller, id), caller.now, adopted), kAllow);
  EXPECT_EQ(std::memcmp(&begun, &adopted, sizeof begun), 0);
}

TEST(EngineElision, AnAdoptedFailureCountsAndIsRetried) {
  Caller caller(
      one_app({.retry = shared(constant_retry(kSecond, 3)), .breaker = breaker({.trip = "consecutiveFailures > 1"})}));
  const EndpointId id = caller.app();
  const std::uint64_t seen = word(caller, id);
  Ticket a{}, b{};
  caller.engine.adopt(id, seen, caller.now, a);
  EXPECT_EQ(caller.end(a, kFailure), kRetry);
  caller.engine.adopt(id, seen, caller.now, b);
  EXPECT_EQ(caller.end(b, kFailure), kRetry);
  EXPECT_EQ(caller.state(id), BreakerState::Open);
}

TEST(EngineElision, AnAdoptedAttemptOfAnOlderGenerationCountsForNothing) {
  Caller caller(one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  const std::uint64_t seen = word(caller, id);
  caller.fail(id, 1);
  caller.now += 2 * kSecond;
  caller.attempt(id, kSuccess);
  Ticket late{};
  caller.engine.adopt(id, seen, caller.now, late);
  caller.end(late, kFailure);
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
}

TEST(EngineElision, AdoptReckonsTheDeadlineFromWhenTheAttemptBegan) {
  Caller caller(one_app({.timeout = 10 * kSecond, .retry = shared(constant_retry(kSecond, -1))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ticket.deadline = caller.now + 4 * kSecond;
  caller.engine.adopt(id, word(caller, id), caller.now, ticket);
  EXPECT_EQ(ticket.timeout, 4 * kSecond);
  caller.now += 3 * kSecond;
  EXPECT_EQ(caller.end(ticket, kFailure), kGiveUp);
  EXPECT_EQ(reason_of(ticket), Reason::Deadline);
}

TEST(EngineElision, ARetryMayBeAdoptedToo) {
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, 1))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  ASSERT_EQ(caller.engine.adopt(id, word(caller, id), caller.now, ticket), kAllow);
  EXPECT_EQ(ticket.attempt, 2u);
  EXPECT_EQ(caller.end(ticket, kFailure), kGiveUp);
}

TEST(EngineElision, CreditCompletesTheTotals) {
  Caller caller(one_app({.breaker = breaker()}));
  const EndpointId id = caller.app();
  caller.attempt(id, kSuccess);
  caller.engine.credit(id, 1'000'000);
  EXPECT_EQ(caller.entry(id).totals.successes, 1'000'001u);
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
}

}  // namespace
}  // namespace resil
