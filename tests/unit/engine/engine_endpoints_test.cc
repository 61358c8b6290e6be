// Whose breaker counts: apps by method, actors by id or by type, components by direction.
#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/policies.h"
#include "support/sanitized.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

const BreakerOptions kTouchy{.timeout = kSecond, .trip = "consecutiveFailures > 0"};

TEST(EngineEndpoints, TheSameNamesAreTheSameEndpoint) {
  Caller caller{PolicySet{}};
  const EndpointId id = caller.app("m");
  EXPECT_EQ(caller.app("m"), id);
  EXPECT_NE(caller.app("n"), id);
  EXPECT_NE(caller.actor("m"), id);
}

TEST(EngineEndpoints, AnAppHasABreakerAMethod) {
  Caller caller(one_app({.breaker = breaker(kTouchy)}));
  const EndpointId a = caller.app("a"), b = caller.app("b");
  caller.fail(a, 1);
  EXPECT_EQ(caller.state(a), BreakerState::Open);
  EXPECT_EQ(caller.state(b), BreakerState::Closed);
  EXPECT_EQ(caller.entry(a).breaker->name, "app:a");
}

TEST(EngineEndpoints, ActorsOfScopeIdHaveABreakerEach) {
  Caller caller(one_actor({.breaker = breaker(kTouchy)}));
  const EndpointId a = caller.actor("1"), b = caller.actor("2");
  caller.fail(a, 1);
  EXPECT_EQ(caller.state(a), BreakerState::Open);
  EXPECT_EQ(caller.state(b), BreakerState::Closed);
  EXPECT_EQ(caller.entry(a).breaker->name, "actor-1");
}

class ScopeType : public ::testing::Test {
 protected:
  Caller caller_{one_actor({.timeout = 2 * kSecond,
                            .retry = shared(constant_retry(kSecond, 3)),
                            .breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 1"}),
                            .scope = TargetEntry::Scope::Type})};
  EndpointId a_ = caller_.actor("1"), b_ = caller_.actor("2");
};

TEST_F(ScopeType, ActorsShareTheTypesBreaker) {
  caller_.fail(a_, 1);
  caller_.fail(b_, 1);
  EXPECT_EQ(caller_.state(a_), BreakerState::Open);
  EXPECT_EQ(caller_.state(b_), BreakerState::Open);
  EXPECT_EQ(caller_.entry(a_).breaker->name, "actor");
  Ticket ticket{};
  EXPECT_EQ(caller_.begin(caller_.actor("3"), ticket), kReject);
  EXPECT_EQ(reason_of(ticket), Reason::Open);
}

TEST_F(ScopeType, ActorsShareTheProbe) {
  caller_.fail(a_, 2);
  caller_.now += 2 * kSecond;
  Ticket probe{}, other{};
  ASSERT_EQ(caller_.begin(a_, probe), kAllow);
  EXPECT_EQ(caller_.begin(b_, other), kReject);
  EXPECT_EQ(reason_of(other), Reason::TooManyRequests);
  EXPECT_EQ(caller_.end(probe, kSuccess), kDone);
  EXPECT_EQ(caller_.begin(b_, other), kAllow);
}

TEST_F(ScopeType, TheRestIsTheActorsOwn) {
  Ticket ticket{};
  caller_.begin(a_, ticket);
  EXPECT_EQ(ticket.endpoint, static_cast<std::uint32_t>(a_));
  EXPECT_EQ(ticket.timeout, 2 * kSecond);
  EXPECT_EQ(caller_.end(ticket, kFailure), kRetry);
  EXPECT_EQ(caller_.entry(a_).totals.failures, 1u);
  EXPECT_EQ(caller_.entry(b_).totals.failures, 0u);
  EXPECT_EQ(caller_.engine.word(a_)->load() & 1, 0u);  // its word cannot speak for the type
}

TEST_F(ScopeType, TheEventNamesTheTypesBreaker) {
  caller_.fail(a_, 2);
  const std::vector<Event> events = caller_.events(EventKind::Breaker);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(caller_.engine.event_text(events[0]), "Circuit breaker \"actor\" changed state from closed to open");
}

TEST_F(ScopeType, RoomForTheTypeAndTheActorOrForNeither) {
  Engine engine({.max_endpoints = 1}, one_actor({.breaker = breaker(kTouchy), .scope = TargetEntry::Scope::Type}));
  EXPECT_EQ(engine.endpoint(TargetKind::Actor, "actor", "1"), kTableFull);
  EXPECT_EQ(engine.endpoint(TargetKind::App, "app", "m"), 0);  // nothing was used up
  Engine both({.max_endpoints = 2}, one_actor({.breaker = breaker(kTouchy), .scope = TargetEntry::Scope::Type}));
  EXPECT_GE(both.endpoint(TargetKind::Actor, "actor", "1"), 0) << "room for exactly two";
  EXPECT_EQ(both.view(1).endpoints.size(), 2u);
  EXPECT_EQ(both.endpoint(TargetKind::Actor, "actor", "2"), kTableFull);
}

// The type may be an endpoint already, the very first one too: then it is not made a second time.
TEST_F(ScopeType, AReloadToTheTypesScopeTakesTheTypeThatIsThere) {
  Caller caller(one_actor({.breaker = breaker(kTouchy), .scope = TargetEntry::Scope::Id}));
  const EndpointId type = caller.actor(""), one = caller.actor("1"), two = caller.actor("2");
  ASSERT_EQ(type, 0);
  caller.engine.reload(one_actor({.breaker = breaker(kTouchy), .scope = TargetEntry::Scope::Type}));
  EXPECT_EQ(caller.engine.view(caller.now).endpoints.size(), 3u);
  caller.fail(one, 1);
  for (const EndpointId id : {type, one, two}) EXPECT_EQ(caller.state(id), BreakerState::Open);
}

PolicySet one_component(const Target& inbound, const Target& outbound) {
  PolicySet set;
  set.inbound.emplace("store", inbound);
  set.outbound.emplace("store", outbound);
  return set;
}

// R: the original lets whichever direction came first serve both.
TEST(EngineEndpoints, AComponentHasABreakerADirection) {
  Caller caller(one_component({.breaker = breaker(kTouchy)}, {.breaker = breaker(kTouchy)}));
  const EndpointId in = caller.engine.endpoint(TargetKind::ComponentIn, "store", "Statestore");
  const EndpointId out = caller.engine.endpoint(TargetKind::ComponentOut, "store", "Statestore");
  caller.fail(in, 1);
  EXPECT_EQ(caller.state(in), BreakerState::Open);
  EXPECT_EQ(caller.state(out), BreakerState::Closed);
  EXPECT_EQ(caller.entry(in).breaker->name, "cb-store");
}

TEST(EngineEndpoints, ADirectionHasPoliciesOfItsOwn) {
  Caller caller(one_component({.timeout = kSecond}, {.timeout = 2 * kSecond}));
  Ticket in{}, out{};
  caller.begin(caller.engine.endpoint(TargetKind::ComponentIn, "store", ""), in);
  caller.begin(caller.engine.endpoint(TargetKind::ComponentOut, "store", ""), out);
  EXPECT_EQ(in.timeout, kSecond);
  EXPECT_EQ(out.timeout, 2 * kSecond);
}

TEST(EngineEndpoints, AReservedPolicyIsATargetOfItsOwn) {
  PolicySet set;
  RetryPolicy retry = constant_retry(kSecond, 3);
  retry.name = "DaprBuiltInServiceRetries";
  set.retries.emplace(retry.name, shared(retry));
  Caller caller(std::move(set));
  const EndpointId id = caller.engine.endpoint(TargetKind::Builtin, "DaprBuiltInServiceRetries", "");
  Ticket ticket{};
  for (const std::int32_t answer : {kRetry, kRetry, kRetry, kGiveUp}) {
    caller.begin(id, ticket);
    EXPECT_EQ(caller.end(ticket, kFailure), answer);
  }
  const EndpointId unknown = caller.engine.endpoint(TargetKind::Builtin, "NoSuchPolicy", "");
  Ticket other{};
  caller.begin(unknown, other);
  EXPECT_EQ(caller.end(other, kFailure), kGiveUp);
}

// Takes a moment. If what one more endpoint costs grew with their number, this would not end within a test's time.
TEST(EngineEndpoints, AMillionOfThemTakeNoLongerEachThanAFew) {
  constexpr int kMany = kSanitized ? 20'000 : 1'000'000;
  for (const std::uint32_t bound : {100U, 2'000'000U}) {
    Caller caller(one_app({.breaker = breaker(kTouchy), .cache_size = bound}));
    for (int i = 0; i < kMany; ++i) ASSERT_EQ(caller.app(std::to_string(i)), i);
    EXPECT_EQ(caller.attempt(kMany - 1, kSuccess), kDone);
  }
}

TEST(EngineEndpoints, ABreakerOfATargetWithoutOneIsAnError) {
  Caller caller{PolicySet{}};
  EXPECT_EQ(caller.engine.state(caller.app(), caller.now), kBadArgument);
}

}  // namespace
}  // namespace resil
