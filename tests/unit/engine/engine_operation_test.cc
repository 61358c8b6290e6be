// One operation through the engine: begin, attempts, end, as section 3 of the semantics has it.
#include <gtest/gtest.h>

#include <set>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

TEST(EngineOperation, ATargetWithoutAPolicyPassesThrough) {
  Caller caller{PolicySet{}};
  const EndpointId id = caller.app();
  for (const Outcome outcome : {kSuccess, kFailure, kTimeout, kCancelled, http(500)}) {
    Ticket ticket{};
    EXPECT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(ticket.timeout, 0);
    EXPECT_EQ(caller.end(ticket, outcome), outcome.succeeded() ? kDone : kGiveUp);
    EXPECT_EQ(reason_of(ticket), outcome.succeeded()   ? Reason::None
                                 : outcome.cancelled() ? Reason::Cancelled
                                                       : Reason::Exhausted);
  }
}

TEST(EngineOperation, WithTheFeatureOffEverythingPassesThrough) {
  PolicySet set =
      one_app({.timeout = kSecond, .retry = shared(constant_retry(kSecond, 3)), .breaker = breaker({.trip = "true"})});
  set.enabled = false;
  Caller caller(std::move(set));
  const EndpointId id = caller.app();
  caller.fail(id, 20);
  Ticket ticket{};
  EXPECT_EQ(caller.begin(id, ticket), kAllow);
  EXPECT_EQ(ticket.timeout, 0);
  EXPECT_EQ(caller.end(ticket, kFailure), kGiveUp);
  EXPECT_EQ(caller.engine.state(id, caller.now), kBadArgument);
}

TEST(EngineOperation, AttemptsAreNumberedAndShareOneTicket) {
  Caller caller(one_app({.timeout = 2 * kSecond, .retry = shared(constant_retry(kSecond, 2))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  for (std::uint32_t attempt = 1; attempt <= 3; ++attempt) {
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(ticket.attempt, attempt);
    EXPECT_EQ(ticket.endpoint, static_cast<std::uint32_t>(id));
    EXPECT_EQ(ticket.timeout, 2 * kSecond);
    EXPECT_EQ(caller.end(ticket, kFailure), attempt < 3 ? kRetry : kGiveUp);
    EXPECT_EQ(ticket.delay, attempt < 3 ? kSecond : 0);
    caller.now += kSecond;
  }
  EXPECT_EQ(reason_of(ticket), Reason::Exhausted);
}

TEST(EngineOperation, ASuccessEndsIt) {
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, -1))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  caller.end(ticket, kFailure);
  caller.begin(id, ticket);
  EXPECT_EQ(caller.end(ticket, http(204)), kDone);
  EXPECT_EQ(caller.begin(id, ticket), kBadTicket);
}

TEST(EngineOperation, TheBreakerSeesEveryAttempt) {
  Caller caller(
      one_app({.retry = shared(constant_retry(1, -1)), .breaker = breaker({.trip = "consecutiveFailures > 2"})}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(caller.end(ticket, kFailure), kRetry);
  }
  EXPECT_EQ(caller.state(id), BreakerState::Open);
  EXPECT_EQ(caller.begin(id, ticket), kReject);  // and a rejection ends the operation
  EXPECT_EQ(reason_of(ticket), Reason::Open);
}

// Semantics 3: every failure counts for the breaker, also one that the retry list does not match.
TEST(EngineOperation, AFailureThatIsNotRetriedCountsAllTheSame) {
  RetryPolicy retry = constant_retry(1, -1);
  retry.http.add(500, 599);
  Caller caller(one_app({.retry = shared(retry), .breaker = breaker({.trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  EXPECT_EQ(caller.end(ticket, http(404)), kGiveUp);
  EXPECT_EQ(reason_of(ticket), Reason::NotRetriable);
  EXPECT_EQ(caller.state(id), BreakerState::Open);
}

TEST(EngineOperation, WhoWaitsAfterARejectionIsAdmittedAndNoAttemptIsSpent) {
  Caller caller(one_app({.retry = shared(constant_retry(1, 1)),
                         .breaker = breaker({.timeout = 5 * kSecond, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  caller.end(ticket, kFailure);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(caller.begin(id, ticket), kReject);
    EXPECT_EQ(ticket.attempt, 1u);
  }
  caller.now += ticket.delay;
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  EXPECT_EQ(ticket.attempt, 2u);
  EXPECT_EQ(ticket.delay, 0);
  EXPECT_EQ(caller.end(ticket, kSuccess), kDone);
}

TEST(EngineOperation, AFreshOperationMayWaitToo) {
  Caller caller(one_app({.breaker = breaker({.timeout = 5 * kSecond, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  caller.fail(id, 1);
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kReject);
  EXPECT_EQ(ticket.delay, 5 * kSecond + 1);
  caller.now += ticket.delay;
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  EXPECT_EQ(ticket.attempt, 1u);
}

Outcome without_retry(Outcome outcome) { return {outcome.code | Outcome::kNoRetry}; }

TEST(EngineOperation, APermanentFailureCountsAndEndsTheOperation) {
  Caller caller(
      one_app({.retry = shared(constant_retry(kSecond, -1)), .breaker = breaker({.trip = "consecutiveFailures > 1"})}));
  const EndpointId id = caller.app();
  for (const Outcome outcome : {kFailure, http(503)}) {
    Ticket ticket{};
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(caller.end(ticket, without_retry(outcome)), kGiveUp);
    EXPECT_EQ(reason_of(ticket), Reason::NotRetriable);
  }
  EXPECT_EQ(caller.state(id), BreakerState::Open);
  const std::vector<Event> events = caller.events(EventKind::GaveUp);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].value, http(503).code);
}

// Not "deadline": that would tell the caller that time was short.
TEST(EngineOperation, APermanentFailureOfALaterAttemptSaysTheSame) {
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, -1))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ticket.deadline = caller.now + 10 * kSecond;
  caller.begin(id, ticket);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  caller.now += 9 * kSecond + 500 * kMillisecond;  // a second later it would be the deadline that forbids a retry
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  EXPECT_EQ(caller.end(ticket, without_retry(kTimeout)), kGiveUp);
  EXPECT_EQ(reason_of(ticket), Reason::NotRetriable);
  EXPECT_EQ(caller.entry(id).totals.timeouts, 1u);
}

TEST(EngineOperation, TheFlagAgainstRetriesLeavesASuccessAndACancellationAsTheyAre) {
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, -1)), .breaker = breaker()}));
  const EndpointId id = caller.app();
  for (const Outcome outcome : {kSuccess, http(204), grpc(0)}) {
    Ticket ticket{};
    caller.begin(id, ticket);
    EXPECT_EQ(caller.end(ticket, without_retry(outcome)), kDone);
    EXPECT_EQ(reason_of(ticket), Reason::None);
  }
  Ticket ticket{};
  caller.begin(id, ticket);
  EXPECT_EQ(caller.end(ticket, without_retry(kCancelled)), kGiveUp);
  EXPECT_EQ(reason_of(ticket), Reason::Cancelled);
  EXPECT_EQ(caller.entry(id).totals.successes, 3u);
}

bool may_wait(const Ticket& ticket) { return (ticket.flags & Ticket::kMayWait) != 0; }

TEST(EngineOperation, ARejectionSaysWhetherWaitingIsOfUse) {
  Caller caller(one_app({.breaker = breaker({.timeout = 5 * kSecond, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  Ticket admitted{};
  caller.begin(id, admitted);
  EXPECT_FALSE(may_wait(admitted));
  caller.end(admitted, kFailure);
  EXPECT_FALSE(may_wait(admitted));
  for (int i = 0; i < 3; ++i) {  // the first is told to a reader of events, the others take the short way
    Ticket ticket{};
    ASSERT_EQ(caller.begin(id, ticket), kReject);
    EXPECT_TRUE(may_wait(ticket));
  }
  for (const auto& [left, of_use] : {std::pair{5 * kSecond + 2, true}, {5 * kSecond + 1, false}, {kSecond, false}}) {
    Ticket ticket{};
    ticket.deadline = caller.now + left;
    ASSERT_EQ(caller.begin(id, ticket), kReject);
    EXPECT_EQ(reason_of(ticket), Reason::Open);
    EXPECT_EQ(may_wait(ticket), of_use) << left;
  }
  Ticket late{};
  late.deadline = caller.now;
  ASSERT_EQ(caller.begin(id, late), kReject);
  EXPECT_FALSE(may_wait(late));
  caller.now += 5 * kSecond + 1;
  Ticket probe{}, second{};
  ASSERT_EQ(caller.begin(id, probe), kAllow);
  ASSERT_EQ(caller.begin(id, second), kReject);
  EXPECT_EQ(reason_of(second), Reason::TooManyRequests);
  EXPECT_TRUE(may_wait(second));
}

// Semantics 3, the deadline: a budget ends with it, no attempt begins after it, no retry is offered past it.
TEST(EngineDeadline, CutsTheBudget) {
  Caller caller(one_app({.timeout = 10 * kSecond}));
  const EndpointId id = caller.app();
  for (const auto& [left, budget] :
       {std::pair{3 * kSecond, 3 * kSecond}, {10 * kSecond, 10 * kSecond}, {kForever / 2, 10 * kSecond}}) {
    Ticket ticket{};
    ticket.deadline = caller.now + left;
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(ticket.timeout, budget);
  }
  Caller untimed{PolicySet{}};
  Ticket ticket{};
  ticket.deadline = untimed.now + 4 * kSecond;
  untimed.begin(untimed.app(), ticket);
  EXPECT_EQ(ticket.timeout, 4 * kSecond);
}

TEST(EngineDeadline, AdmitsNothingAfterIt) {
  Caller caller(one_app({.retry = shared(constant_retry(1, -1))}));
  const EndpointId id = caller.app();
  for (const Nanos late : {Nanos{0}, Nanos{1}, kSecond}) {
    Ticket ticket{};
    ticket.deadline = caller.now - late;
    EXPECT_EQ(caller.begin(id, ticket), kReject);
    EXPECT_EQ(reason_of(ticket), Reason::Deadline);
    EXPECT_EQ(ticket.delay, 0);
    EXPECT_EQ(ticket.attempt, 0u);
  }
  Ticket ticket{};
  ticket.deadline = caller.now + kSecond;
  caller.begin(id, ticket);
  caller.end(ticket, kFailure);
  caller.now += kSecond;
  EXPECT_EQ(caller.begin(id, ticket), kReject);
  EXPECT_EQ(reason_of(ticket), Reason::Deadline);
}

TEST(EngineDeadline, TakesNoPermitFromABreaker) {
  Caller caller(one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  caller.fail(id, 1);
  caller.now += 2 * kSecond;
  Ticket late{};
  late.deadline = caller.now;
  EXPECT_EQ(caller.begin(id, late), kReject);
  EXPECT_TRUE(caller.admits(id));
}

TEST(EngineDeadline, EndsTheOperationWithTheRealReason) {
  Caller caller(one_app({.retry = shared(constant_retry(5 * kSecond, -1))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ticket.deadline = caller.now + 7 * kSecond;
  caller.begin(id, ticket);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);  // at 5 s
  caller.now += 5 * kSecond;
  caller.begin(id, ticket);
  EXPECT_EQ(ticket.timeout, 2 * kSecond);
  EXPECT_EQ(caller.end(ticket, http(503)), kGiveUp);  // 10 s would be too late
  EXPECT_EQ(reason_of(ticket), Reason::Deadline);
}

TEST(EngineHint, IsReadFromTheTicketAndBeginClearsIt) {
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, -1))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  ticket.delay = 30 * kSecond;
  EXPECT_EQ(caller.end(ticket, http(429)), kRetry);
  EXPECT_EQ(ticket.delay, 30 * kSecond);
  caller.begin(id, ticket);
  EXPECT_EQ(ticket.delay, 0);
  EXPECT_EQ(caller.end(ticket, http(429)), kRetry);
  EXPECT_EQ(ticket.delay, kSecond);
  caller.begin(id, ticket);
  ticket.delay = -5;  // nonsense shortens nothing
  EXPECT_EQ(caller.end(ticket, http(429)), kRetry);
  EXPECT_EQ(ticket.delay, kSecond);
}

TEST(EngineJitter, RepeatsBySeedAndDiffersWithout) {
  const auto delays = [](std::uint64_t seed) {
    Caller caller(one_app({.retry = shared(exponential_retry(60 * kSecond, -1))}), {.jitter_seed = seed});
    std::vector<Nanos> all;
    Ticket ticket{};
    const EndpointId id = caller.app();
    for (int i = 0; i < 8; ++i) {
      caller.begin(id, ticket);
      caller.end(ticket, kFailure);
      all.push_back(ticket.delay);
    }
    return all;
  };
  EXPECT_EQ(delays(7), delays(7));
  EXPECT_NE(delays(7), delays(8));
  EXPECT_NE(delays(0), delays(0));  // 0: a seed from the system, each engine its own
}

TEST(EngineJitter, OperationsDoNotShareTheirDelays) {
  Caller caller(one_app({.retry = shared(exponential_retry(60 * kSecond, -1))}));
  std::set<Nanos> first_delays;
  for (int i = 0; i < 100; ++i) {
    Ticket ticket{};
    caller.begin(caller.app(), ticket);
    caller.end(ticket, kFailure);
    EXPECT_GE(ticket.delay, 250 * kMillisecond);
    EXPECT_LE(ticket.delay, 750 * kMillisecond + 1);
    first_delays.insert(ticket.delay);
  }
  EXPECT_GT(first_delays.size(), 95u);
}

TEST(EngineClock, TheMachinesClockServesWhoPassesNoTime) {
  Engine engine({}, one_app({.breaker = breaker({.timeout = kForever, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = engine.endpoint(TargetKind::App, "app", "m");
  Ticket ticket{};
  ASSERT_EQ(engine.begin(id, kReadClock, ticket), kAllow);
  EXPECT_EQ(engine.end(ticket, kFailure, kReadClock), kGiveUp);
  EXPECT_EQ(engine.state(id, kReadClock), static_cast<int>(BreakerState::Open));
  Ticket next{};
  EXPECT_EQ(engine.begin(id, kReadClock, next), kReject);
  EXPECT_GT(next.delay, 0);
}

// Any int64 is a moment of somebody's clock.
TEST(EngineClock, ExtremeTimesAreSurvived) {
  for (const Nanos first : {kReadClock + 1, Nanos{-1}, Nanos{0}, kForever - 1, kForever}) {
    for (const Nanos then : {kReadClock + 1, Nanos{-1}, Nanos{0}, kForever - 1, kForever}) {
      Caller caller(
          one_app({.timeout = kSecond,
                   .retry = shared(exponential_retry(kSecond, -1)),
                   .breaker = breaker({.interval = kSecond, .timeout = kSecond, .trip = "totalFailures > 1"})}));
      const EndpointId id = caller.app();
      caller.now = first;
      caller.fail(id, 2);
      caller.now = then;
      Ticket ticket{};
      ticket.deadline = first;
      const std::int32_t answer = caller.begin(id, ticket);
      EXPECT_TRUE(answer == kAllow || answer == kReject);
      if (answer == kReject) {
        EXPECT_GE(ticket.delay, 0);
      }
      if (answer == kAllow) caller.end(ticket, kFailure);
      EXPECT_GE(caller.engine.state(id, then), 0);
    }
  }
}

// Decorrelated: between the initial interval and three times the delay before, whatever the host puts into the ticket.
TEST(EngineOperation, DecorrelatedDelaysGrowFromTheDelayBefore) {
  RetryPolicy retry = testing::exponential_retry(3'600 * kSecond, -1);
  retry.backoff.jitter = Backoff::Jitter::Decorrelated;
  testing::Caller caller(testing::one_app({.retry = testing::shared(retry)}));
  const EndpointId id = caller.app();
  int above = 0;
  for (int operation = 0; operation < 50; ++operation) {
    Ticket ticket{};
    Nanos previous = 500 * kMillisecond;
    for (int attempt = 0; attempt < 8; ++attempt) {
      ASSERT_EQ(caller.begin(id, ticket), testing::kAllow);
      ticket.delay = 0;
      ASSERT_EQ(caller.end(ticket, testing::kFailure), testing::kRetry);
      EXPECT_GE(ticket.delay, 500 * kMillisecond);
      EXPECT_LE(ticket.delay, 3 * previous);
      above += ticket.delay > 1'500 * kMillisecond ? 1 : 0;
      previous = ticket.delay;
    }
  }
  EXPECT_GT(above, 50) << "without the delay before, none could";
}

}  // namespace
}  // namespace resil
