// What bounds a target besides its breaker, through the engine: concurrency, rate limit, hold, deadline.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "support/gated.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

TEST(EngineGates, MaxConcurrentBoundsWhoIsInFlight) {
  Caller caller(one_app({.limits = concurrent(3)}));
  Crowd crowd{caller, caller.app()};
  EXPECT_EQ(crowd.enter(9), 3);
  const Ticket ticket = rejected(caller, crowd.id);
  EXPECT_EQ(reason_of(ticket), Reason::Busy);
  EXPECT_EQ(ticket.delay, 10 * kMillisecond);
  EXPECT_EQ(ticket.flags & Ticket::kMayWait, Ticket::kMayWait);
  EXPECT_EQ(caller.entry(crowd.id).totals.rejections, 2u);
  for (const Outcome outcome : {kSuccess, kFailure, kTimeout, kCancelled, http(500)}) {
    crowd.leave(outcome);
    EXPECT_EQ(crowd.enter(9), 3) << "every end gives its place back, " << outcome.code;
  }
}

TEST(EngineGates, ARejectionMayBeWaitedFor) {
  Caller caller(one_app({.limits = concurrent(1)}));
  Crowd crowd{caller, caller.app()};
  crowd.enter(1);
  Ticket ticket = rejected(caller, crowd.id);
  crowd.leave();
  EXPECT_EQ(caller.begin(crowd.id, ticket), kAllow);
  EXPECT_EQ(ticket.attempt, 1u) << "waiting is no attempt";
  EXPECT_EQ(caller.end(ticket, kSuccess), kDone);
}

TEST(EngineGates, ARetryTakesAPlaceOfItsOwn) {
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, 5)), .limits = concurrent(1)}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  Crowd others{caller, id};
  EXPECT_EQ(others.enter(2), 1) << "between attempts nobody is in flight";
  EXPECT_EQ(caller.begin(id, ticket), kReject);
  EXPECT_EQ(reason_of(ticket), Reason::Busy);
  others.leave();
  EXPECT_EQ(caller.begin(id, ticket), kAllow);
  EXPECT_EQ(ticket.attempt, 2u);
  EXPECT_EQ(caller.end(ticket, kSuccess), kDone);
  EXPECT_EQ(others.enter(2), 1);
}

// The short end is for first attempts: a later one that succeeds is told, and counted.
TEST(EngineGates, ARetryThatHoldsAPlaceRecovers) {
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, 5)), .limits = concurrent(1)}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  ASSERT_EQ(caller.end(ticket, kSuccess), kDone);
  EXPECT_EQ(ticket.flags & Ticket::kHasEvents, Ticket::kHasEvents);
  EXPECT_EQ(caller.entry(id).totals.recovered, 1u);
  const std::vector<Event> events = caller.events(EventKind::Recovered);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].before, 2);
}

TEST(EngineGates, ALostPlaceComesBackAfterItsGrace) {
  for (const Nanos timeout : {Nanos{0}, 40 * kSecond, 600 * kSecond}) {
    Caller caller(one_app({.timeout = timeout, .limits = concurrent(2)}));
    Crowd crowd{caller, caller.app()};
    ASSERT_EQ(crowd.enter(3), 2);
    const Nanos grace = std::max<Nanos>(60 * kSecond, 2 * timeout);
    caller.now += grace;
    EXPECT_EQ(crowd.enter(1), 0);
    caller.now += grace;
    std::vector<Ticket> lost = std::exchange(crowd.in, {});
    EXPECT_EQ(crowd.enter(3), 2);
    for (Ticket& ticket : lost) EXPECT_EQ(caller.end(ticket, kSuccess), kDone);
    EXPECT_EQ(crowd.enter(1), 0) << "a late end gives nobody else's place back";
    crowd.leave();
    EXPECT_EQ(crowd.enter(3), 2);
  }
}

TEST(EngineGates, TheRateLimitSpacesAttemptsAndTellsTheExactWait) {
  Caller caller(one_app({.limits = rate(3, kSecond, 2)}));
  const EndpointId id = caller.app();
  EXPECT_EQ(caller.attempt(id, kSuccess), kDone);
  EXPECT_EQ(caller.attempt(id, kSuccess), kDone);
  const Ticket ticket = rejected(caller, id);
  EXPECT_EQ(reason_of(ticket), Reason::RateLimited);
  EXPECT_EQ(ticket.delay, 333'333'334);
  caller.now += ticket.delay - 1;
  EXPECT_EQ(rejected(caller, id).delay, 1);
  caller.now += 1;
  EXPECT_EQ(caller.attempt(id, kFailure), kGiveUp);
  // The spacing is a third of a second, exactly: not 333'333'334 ns each time.
  EXPECT_EQ(rejected(caller, id).delay, 333'333'333);
}

TEST(EngineGates, RetriesAreAttempts) {
  Caller caller(one_app({.retry = shared(constant_retry(kMillisecond, 5)), .limits = rate(1)}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  caller.now += ticket.delay;
  EXPECT_EQ(caller.begin(id, ticket), kReject);
  EXPECT_EQ(reason_of(ticket), Reason::RateLimited);
  EXPECT_EQ(ticket.delay, 999 * kMillisecond);
  caller.now += ticket.delay;
  EXPECT_EQ(caller.begin(id, ticket), kAllow);
}

TEST(EngineGates, AllEndpointsOfATargetShareThem) {
  Caller caller(one_app({.limits = concurrent(2)}));
  Crowd a{caller, caller.app("a")}, b{caller, caller.app("b")};
  EXPECT_EQ(a.enter(1), 1);
  EXPECT_EQ(b.enter(9), 1);
  EXPECT_EQ(a.enter(1), 0);
  b.leave();
  EXPECT_EQ(a.enter(9), 1);
}

TEST(EngineGates, ActorsOfATypeShareThemWhateverTheirBreakers) {
  for (const auto scope : {TargetEntry::Scope::Id, TargetEntry::Scope::Type}) {
    Caller caller(one_actor({.breaker = breaker(), .scope = scope, .limits = concurrent(2)}));
    Crowd one{caller, caller.actor("1")}, two{caller, caller.actor("2")};
    EXPECT_EQ(one.enter(1) + two.enter(9), 2);
    one.leave(kFailure);
    two.leave(kFailure);
    EXPECT_EQ(two.enter(9), 2);
  }
}

TEST(EngineGates, TheTwoDirectionsOfAComponentAreTwoTargets) {
  PolicySet set;
  set.inbound.emplace("store", Target{.limits = concurrent(1)});
  set.outbound.emplace("store", Target{.limits = concurrent(2)});
  Caller caller(std::move(set));
  Crowd in{caller, caller.engine.endpoint(TargetKind::ComponentIn, "store", "Statestore")},
      out{caller, caller.engine.endpoint(TargetKind::ComponentOut, "store", "Statestore")};
  EXPECT_EQ(in.enter(9), 1);
  EXPECT_EQ(out.enter(9), 2);
}

TEST(EngineGates, AHintHoldsTheTarget) {
  RetryPolicy retry = constant_retry(kSecond, 5);
  retry.max_retry_after = 30 * kSecond;
  Caller caller(one_app({.retry = shared(retry), .limits = {.hold_on_retry_after = true}}));
  const EndpointId id = caller.app("a"), other = caller.app("b");
  const auto fail = [&](Nanos hint, Outcome outcome = http(503)) {
    Ticket ticket{};
    EXPECT_EQ(caller.begin(id, ticket), kAllow);
    ticket.delay = hint;
    return caller.end(ticket, outcome);
  };
  EXPECT_EQ(fail(0), kRetry);
  EXPECT_EQ(fail(-5), kRetry);
  EXPECT_EQ(fail(9 * kSecond, kCancelled), kGiveUp);
  EXPECT_EQ(fail(9 * kSecond, kSuccess), kDone);
  EXPECT_TRUE(caller.admits(id)) << "no failure with a hint so far";
  EXPECT_EQ(fail(10 * kSecond), kRetry);
  const Ticket ticket = rejected(caller, other);
  EXPECT_EQ(reason_of(ticket), Reason::Held);
  EXPECT_EQ(ticket.delay, 10 * kSecond);
  EXPECT_TRUE(ticket.flags & Ticket::kMayWait);
  caller.now += 10 * kSecond - 1;
  EXPECT_EQ(rejected(caller, other).delay, 1);
  caller.now += 1;
  // Longer than maxRetryAfter: no retry, and yet the server is left alone for as long as it asked.
  EXPECT_EQ(fail(7'200 * kSecond), kGiveUp);
  EXPECT_EQ(rejected(caller, id).delay, 7'200 * kSecond);
}

TEST(EngineGates, AShorterHintDoesNotShortenAHold) {
  Caller caller(one_app({.limits = {.hold_on_retry_after = true}}));
  const EndpointId id = caller.app();
  Ticket one{}, two{};
  caller.begin(id, one), caller.begin(id, two);
  one.delay = 10 * kSecond;
  caller.end(one, kFailure);
  two.delay = 2 * kSecond;
  caller.end(two, Outcome{Outcome::kFailure | Outcome::kNoRetry});
  EXPECT_EQ(rejected(caller, id).delay, 10 * kSecond);
}

TEST(EngineGates, TheTargetsDeadlineCountsFromTheFirstBegin) {
  Caller caller(one_app({.timeout = 4 * kSecond,
                         .retry = shared(constant_retry(3 * kSecond, -1)),
                         .limits = {.deadline = 10 * kSecond, .max_concurrent = 1}}));
  Crowd crowd{caller, caller.app()};
  crowd.enter(1);
  Ticket ticket = rejected(caller, crowd.id);  // this begin is the first, though it was rejected
  EXPECT_EQ(ticket.deadline, caller.now + 10 * kSecond);
  caller.now += 2 * kSecond;
  crowd.leave();
  ASSERT_EQ(caller.begin(crowd.id, ticket), kAllow);
  EXPECT_EQ(ticket.timeout, 4 * kSecond);
  caller.now += 3 * kSecond;
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  caller.now += 3 * kSecond;
  ASSERT_EQ(caller.begin(crowd.id, ticket), kAllow);
  EXPECT_EQ(ticket.timeout, 2 * kSecond);
  EXPECT_EQ(caller.end(ticket, kFailure), kGiveUp);
  EXPECT_EQ(reason_of(ticket), Reason::Deadline);
}

TEST(EngineGates, TheHostsEarlierDeadlineStays) {
  Caller caller(one_app({.limits = {.deadline = 10 * kSecond}}));
  const EndpointId id = caller.app();
  for (const Nanos ahead : {kSecond, 100 * kSecond}) {
    Ticket ticket{.deadline = caller.now + ahead};
    EXPECT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(ticket.timeout, std::min(ahead, 10 * kSecond));
    caller.end(ticket, kSuccess);
  }
  Ticket late{.deadline = caller.now};
  EXPECT_EQ(caller.begin(id, late), kReject);
  EXPECT_EQ(reason_of(late), Reason::Deadline);
  EXPECT_FALSE(late.flags & Ticket::kMayWait);
}

TEST(EngineGates, ADeadlineAtTheClocksZeroIsOne) {
  Caller caller(one_app({.limits = {.deadline = 10 * kSecond}}));
  caller.now = -10 * kSecond;
  Ticket ticket{};
  EXPECT_EQ(caller.begin(caller.app(), ticket), kAllow);
  EXPECT_EQ(ticket.timeout, 10 * kSecond - 1) << "0 would be none";
}

TEST(EngineGates, AWaitThatTheDeadlineCutsOffIsOfNoUse) {
  Caller caller(one_app({.limits = rate(1, 60 * kSecond)}));
  const EndpointId id = caller.app();
  caller.attempt(id, kSuccess);
  Ticket ticket{.deadline = caller.now + 60 * kSecond};
  EXPECT_EQ(caller.begin(id, ticket), kReject);
  EXPECT_EQ(reason_of(ticket), Reason::RateLimited);
  EXPECT_FALSE(ticket.flags & Ticket::kMayWait);
}

TEST(EngineGates, NoWordLetsAHostSkipACall) {
  RetryPolicy retry = budgeted(0.2, 10);
  for (const Target& target :
       {Target{.limits = concurrent(1)}, Target{.limits = rate(1)}, Target{.limits = {.deadline = kSecond}},
        Target{.limits = {.hold_on_retry_after = true}}, Target{.retry = shared(retry)}}) {
    for (const bool with_breaker : {false, true}) {
      Target both = target;
      if (with_breaker) both.breaker = breaker();
      Caller caller(one_app(both));
      const EndpointId id = caller.app();
      const auto elidable = [&] { return BreakerWord(caller.engine.word(id)->load()).elidable(); };
      EXPECT_FALSE(elidable());
      caller.attempt(id, kFailure);
      caller.now += 10 * kSecond;
      caller.attempt(id, kSuccess);
      EXPECT_FALSE(elidable());
    }
  }
}

TEST(EngineGates, AnyBytesInATicketDoNoHarm) {
  Caller caller(one_app({.retry = shared(budgeted(0, 0)), .limits = concurrent(2)}));
  const EndpointId gated = caller.app(), plain = caller.engine.endpoint(TargetKind::App, "plain", "m");
  for (const EndpointId id : {gated, plain}) {
    for (std::uint64_t marks = 0; marks < 256; marks += 4) {
      Ticket ticket{};
      caller.engine.begin(plain, caller.now, ticket);
      ticket.endpoint = static_cast<std::uint32_t>(id);
      ticket.private_words[0] |= marks;
      ticket.private_words[2] = static_cast<std::uint64_t>(caller.now);
      caller.end(ticket, kFailure);
    }
  }
  Crowd crowd{caller, gated};
  EXPECT_EQ(crowd.enter(9), 2);
}

}  // namespace
}  // namespace resil
