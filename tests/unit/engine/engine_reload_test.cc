// Reload: ids stay, equal settings keep a breaker's state, an operation ends under the policy it began with.
#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

Target plain(std::string_view trip = "consecutiveFailures > 5") { return {.breaker = breaker({.trip = trip})}; }

TEST(EngineReload, IdsStayAndNewOnesFollow) {
  Caller caller(one_app(plain()));
  const EndpointId a = caller.app("a"), b = caller.app("b");
  caller.engine.reload(PolicySet{});
  EXPECT_EQ(caller.app("a"), a);
  EXPECT_EQ(caller.app("b"), b);
  EXPECT_EQ(caller.app("c"), 2);
}

TEST(EngineReload, ABreakerKeepsItsStateIfItsSettingsAreEqual) {
  Caller caller(one_app(plain()));
  const EndpointId open = caller.app("open"), counting = caller.app("counting"), probing = caller.app("probing");
  caller.fail(probing, 6);
  caller.now += 61 * kSecond;
  Ticket probe{};
  caller.begin(probing, probe);
  caller.fail(open, 6);
  caller.fail(counting, 4);
  Target target = plain();
  target.timeout = 7 * kSecond;  // not the breaker's
  target.retry = shared(constant_retry(kSecond, 2));
  caller.engine.reload(one_app(target));
  EXPECT_EQ(caller.state(open), BreakerState::Open);
  EXPECT_EQ(caller.counts(counting).consecutive_failures, 4);
  EXPECT_EQ(caller.state(probing), BreakerState::HalfOpen);
  EXPECT_EQ(caller.end(probe, kSuccess), kDone);
  EXPECT_EQ(caller.state(probing), BreakerState::Closed);
}

TEST(EngineReload, TheNameOfAPolicyIsNoSetting) {
  Caller caller(one_app({.breaker = breaker({.name = "before"})}));
  const EndpointId id = caller.app();
  caller.fail(id, 4);
  caller.engine.reload(one_app({.breaker = breaker({.name = "after"})}));
  EXPECT_EQ(caller.counts(id).consecutive_failures, 4);
  EXPECT_EQ(caller.entry(id).breaker->policy, "after");
}

TEST(EngineReload, ARuleSpelledOtherwiseIsTheSameRule) {
  Caller caller(one_app(plain("consecutiveFailures > 5")));
  const EndpointId id = caller.app();
  caller.fail(id, 4);
  caller.engine.reload(one_app(plain(" 5 < consecutiveFailures")));
  EXPECT_EQ(caller.counts(id).consecutive_failures, 4);
}

TEST(EngineReload, AnySettingThatDiffersMakesAFreshBreaker) {
  for (const BreakerOptions& other : {BreakerOptions{.max_requests = 2},
                                      {.interval = kSecond},
                                      {.timeout = kSecond},
                                      {.trip = "totalFailures > 5"}}) {
    Caller caller(one_app(plain()));
    const EndpointId id = caller.app();
    caller.fail(id, 6);
    ASSERT_EQ(caller.state(id), BreakerState::Open);
    caller.engine.reload(one_app({.breaker = breaker(other)}));
    EXPECT_EQ(caller.state(id), BreakerState::Closed);
    EXPECT_TRUE(caller.admits(id));
  }
}

TEST(EngineReload, AnAttemptOfTheBreakerOfBeforeCountsForNothing) {
  Caller caller(one_app(plain("consecutiveFailures > 0")));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  caller.engine.reload(one_app(plain("totalFailures > 0")));
  caller.end(ticket, kFailure);
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
  caller.fail(id, 1);
  EXPECT_EQ(caller.state(id), BreakerState::Open);
}

TEST(EngineReload, AnOperationEndsUnderThePolicyItBeganWith) {
  Caller caller(one_app({.timeout = kSecond, .retry = shared(constant_retry(3 * kSecond, 2))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  caller.engine.reload(one_app({.timeout = 9 * kSecond, .retry = shared(constant_retry(9 * kSecond, 0))}));
  EXPECT_EQ(caller.end(ticket, kFailure), kRetry);
  EXPECT_EQ(ticket.delay, 3 * kSecond);
  caller.begin(id, ticket);
  EXPECT_EQ(ticket.timeout, kSecond);
  EXPECT_EQ(caller.end(ticket, kFailure), kRetry);
  Ticket next{};
  caller.begin(id, next);
  EXPECT_EQ(next.timeout, 9 * kSecond);
  EXPECT_EQ(caller.end(next, kFailure), kGiveUp);
}

// An operation may wait through any number of reloads, also through one that takes its target away.
TEST(EngineReload, AnOperationOutlivesManyReloads) {
  Caller caller(one_app({.timeout = kSecond, .retry = shared(constant_retry(3 * kSecond, -1))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  for (Nanos i = 0; i < 50; ++i) caller.engine.reload(i % 2 == 0 ? PolicySet{} : one_app({.timeout = i * kSecond}));
  EXPECT_EQ(caller.end(ticket, kFailure), kRetry);
  EXPECT_EQ(ticket.delay, 3 * kSecond);
  EXPECT_EQ(caller.begin(id, ticket), kAllow);
  EXPECT_EQ(ticket.timeout, kSecond);
}

// Its retries are attempts of the breaker in force, which goes by its own rule.
TEST(EngineReload, ARetryOfAnEarlierPolicyIsCountedByTheBreakerInForce) {
  const auto with = [](const BreakerOptions& options) {
    return one_app({.retry = shared(constant_retry(kSecond, -1)), .breaker = breaker(options)});
  };
  const BreakerOptions lax[] = {{.trip = "consecutiveFailures > 9"},
                                {.trip = "totalFailures > 9"},
                                {.interval = kSecond, .trip = "consecutiveFailures > 9"},
                                {.trip = "totalFailures > 9", .window = kSecond},
                                {.trip = "totalFailures > 9", .window_calls = 100}};
  const BreakerOptions strict[] = {{.trip = "consecutiveFailures > 0"},
                                   {.trip = "totalFailures > 0"},
                                   {.trip = "totalFailures > 0", .window = kSecond},
                                   {.trip = "totalFailures > 0", .window_calls = 100}};
  for (const BreakerOptions& before : lax) {
    for (const BreakerOptions& after : strict) {
      Caller caller(with(before));
      const EndpointId id = caller.app();
      Ticket ticket{};
      caller.begin(id, ticket);
      ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
      caller.engine.reload(with(after));
      ASSERT_EQ(caller.begin(id, ticket), kAllow);
      ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
      EXPECT_EQ(caller.state(id), BreakerState::Open) << before.trip << ", then " << after.trip;
    }
  }
}

// The end of an attempt that no breaker admitted may be the first to find that the time of an open one is up.
TEST(EngineReload, ALateEndOfAPolicyWithoutABreakerMayBeginHalfOpen) {
  for (const TargetLimits& limits : {TargetLimits{}, TargetLimits{.max_concurrent = 10}}) {
    for (const Outcome outcome : {kSuccess, kFailure}) {
      Caller caller(one_app({.limits = limits}));
      const EndpointId id = caller.app();
      Ticket late{};
      ASSERT_EQ(caller.begin(id, late), kAllow);
      caller.engine.reload(
          one_app({.breaker = breaker({.timeout = kSecond, .trip = "totalFailures > 0"}), .limits = limits}));
      caller.fail(id, 1);
      caller.now += 2 * kSecond;
      caller.events();
      caller.end(late, outcome);
      EXPECT_EQ(caller.events(EventKind::Breaker).size(), 1u);
    }
  }
}

TEST(EngineReload, ALimitOnTheWholeOperationCountsForThoseThatBeginUnderIt) {
  RetryPolicy limited = constant_retry(kSecond, -1);
  limited.max_duration = 5 * kSecond;
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, -1))}));
  const EndpointId id = caller.app();
  const std::uint64_t word = caller.engine.word(id)->load();
  caller.engine.reload(one_app({.retry = shared(limited)}));
  EXPECT_EQ(caller.engine.word(id)->load() & 1, 0u);  // an operation's start must be noted from now on
  Ticket elided{};                                    // began without crossing just before the reload
  ASSERT_EQ(caller.engine.adopt(id, word, caller.now, elided), kAllow);
  caller.now += 3 * kSecond;
  EXPECT_EQ(caller.end(elided, kFailure), kRetry);
  caller.begin(id, elided);
  caller.now += 3 * kSecond;
  EXPECT_EQ(caller.end(elided, kFailure), kGiveUp);
}

TEST(EngineReload, PoliciesComeAndGo) {
  Caller caller{PolicySet{}};
  const EndpointId id = caller.app();
  caller.fail(id, 10);
  caller.engine.reload(one_app(plain("consecutiveFailures > 0")));
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
  caller.fail(id, 1);
  EXPECT_EQ(caller.state(id), BreakerState::Open);
  caller.engine.reload(PolicySet{});
  EXPECT_EQ(caller.engine.state(id, caller.now), kBadArgument);
  EXPECT_TRUE(caller.admits(id));
  caller.engine.reload(one_app(plain("requests > 2 && totalFailures > 0")));  // counts that nobody kept before
  EXPECT_TRUE(caller.admits(id));
  caller.fail(id, 2);
  EXPECT_EQ(caller.state(id), BreakerState::Open);
}

TEST(EngineReload, TheScopeOfActorsMayChange) {
  const auto actors = [](TargetEntry::Scope scope) {
    return one_actor({.breaker = breaker({.trip = "consecutiveFailures > 1"}), .scope = scope});
  };
  Caller caller(actors(TargetEntry::Scope::Id));
  const EndpointId a = caller.actor("1"), b = caller.actor("2");
  caller.fail(a, 2);
  for (int round = 0; round < 3; ++round) {
    caller.engine.reload(actors(TargetEntry::Scope::Type));
    caller.fail(a, 1);
    caller.fail(b, 1);
    EXPECT_EQ(caller.state(a), BreakerState::Open);
    EXPECT_EQ(caller.entry(b).breaker->name, "actor");
    caller.engine.reload(actors(TargetEntry::Scope::Id));
    EXPECT_EQ(caller.state(a), BreakerState::Closed);
    caller.fail(a, 2);
    EXPECT_EQ(caller.state(a), BreakerState::Open);
    EXPECT_EQ(caller.state(b), BreakerState::Closed);
    EXPECT_EQ(caller.entry(a).breaker->name, "actor-1");
    caller.engine.reload(PolicySet{});
  }
}

TEST(EngineReload, WithoutRoomForAnActorTypeNothingChanges) {
  Caller caller(one_actor({.breaker = breaker()}), {.max_endpoints = 2});
  const EndpointId a = caller.actor("1");
  caller.actor("2");
  caller.fail(a, 3);
  EXPECT_THROW(caller.engine.reload(one_actor({.breaker = breaker(), .scope = TargetEntry::Scope::Type})), EngineFull);
  EXPECT_EQ(caller.counts(a).consecutive_failures, 3);
  EXPECT_EQ(caller.entry(a).breaker->name, "actor-1");
}

TEST(EngineReload, TellsNobody) {
  Caller caller(one_app(plain("consecutiveFailures > 0")));
  caller.fail(caller.app(), 1);
  caller.events();
  caller.engine.reload(one_app(plain("consecutiveFailures > 1")));
  EXPECT_TRUE(caller.events().empty());  // a breaker that is replaced did not change its state
}

// The same few documents for ever add nothing.
TEST(EngineReload, EqualPoliciesAreKeptOnce) {
  Caller caller(one_app(plain("consecutiveFailures > 0")));
  caller.app();
  caller.engine.reload(one_app(plain("consecutiveFailures > 1")));
  const std::uint64_t policies = caller.engine.view(caller.now).policies;
  for (int i = 0; i < 1000; ++i) {
    caller.engine.reload(one_app(plain(i % 2 == 0 ? "consecutiveFailures > 0" : "consecutiveFailures > 1")));
  }
  EXPECT_EQ(caller.engine.view(caller.now).policies, policies);
}

}  // namespace
}  // namespace resil
