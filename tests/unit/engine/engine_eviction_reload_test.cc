// circuitBreakerCacheSize over reloads: who is forgotten, whose calls are seen, and what else stays as it was.
#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

PolicySet bounded(std::uint32_t bound) {
  return one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 2"}), .cache_size = bound});
}

TEST(EngineEvictionReload, ABoundRaisedFarAboveLetsCallsBeSkippedAgain) {
  Caller caller(bounded(2));
  const EndpointId a = caller.app("a");
  caller.app("b"), caller.app("c");
  ASSERT_EQ(caller.engine.word(a)->load() & 1, 0u);
  caller.engine.reload(bounded(100));
  for (EndpointId id = 0; id < 3; ++id) {
    EXPECT_EQ(caller.engine.word(id)->load() & 1, 1u);
    EXPECT_FALSE(caller.entry(id).evicted);
  }
  caller.engine.reload(bounded(2));
  EXPECT_EQ(caller.engine.word(a)->load() & 1, 0u);
  EXPECT_EQ(caller.entry(0).evicted + caller.entry(1).evicted + caller.entry(2).evicted, 1);
}

// Half of the bound is near it. Farther off all are residents again, the forgotten ones too; here they stay what they
// are, and every call is seen.
TEST(EngineEvictionReload, ABoundRaisedToTwiceTheEndpointsIsStillNear) {
  for (const std::uint32_t bound : {6U, 7U}) {
    Caller caller(bounded(2));
    const EndpointId a = caller.app("a");
    caller.app("b"), caller.app("c");
    ASSERT_TRUE(caller.entry(a).evicted);
    caller.engine.reload(bounded(bound));
    EXPECT_EQ(caller.entry(a).evicted, bound == 6) << bound;
    EXPECT_EQ(caller.engine.word(a)->load() & 1, bound == 6 ? 0u : 1u) << bound;
  }
}

// From there on one that is new is seen as well, though those that are not forgotten are fewer than half of the bound.
TEST(EngineEvictionReload, OneThatIsNewNearTheBoundIsSeenWhateverWasForgotten) {
  Caller caller(bounded(2));
  for (const char* method : {"a", "b", "c", "d"}) caller.app(method);
  caller.engine.reload(bounded(8));
  EXPECT_EQ(caller.engine.word(caller.app("e"))->load() & 1, 0u);
}

// What else bounds the target stays in force when nobody needs to be seen any more, and so does what tells rejections.
TEST(EngineEvictionReload, ABoundRaisedFarAboveLeavesTheGates) {
  const auto both = [](std::uint32_t bound) {
    return one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 2"}),
                    .cache_size = bound,
                    .limits = {.max_concurrent = 1}});
  };
  Caller caller(both(2));
  for (const char* method : {"a", "b"}) caller.app(method);
  caller.engine.reload(both(100));
  Ticket first{}, second{};
  ASSERT_EQ(caller.begin(0, first), kAllow);
  EXPECT_EQ(caller.begin(1, second), kReject);
  EXPECT_EQ(reason_of(second), Reason::Busy);

  for (const bool every : {false, true}) {
    Caller telling(bounded(2), {.jitter_seed = 1, .every_rejection = every});
    const EndpointId a = telling.app("a");
    telling.app("b");
    telling.engine.reload(bounded(100));
    telling.fail(a, 3);
    for (int i = 0; i < 3; ++i) telling.attempt(a, kSuccess);
    EXPECT_EQ(telling.events(EventKind::Rejected).size(), every ? 3u : 1u);
  }
}

// Where there is none, nobody is forgotten any more, and nobody is said to be.
TEST(EngineEvictionReload, AReloadMayTakeTheBoundAway) {
  Caller caller(bounded(2));
  const EndpointId a = caller.app("a");
  caller.app("b"), caller.app("c");
  ASSERT_TRUE(caller.entry(a).evicted);
  caller.engine.reload(bounded(0));
  for (EndpointId id = 0; id < 3; ++id) {
    EXPECT_FALSE(caller.entry(id).evicted);
    EXPECT_EQ(caller.engine.word(id)->load() & 1, 1u) << "calls may be skipped again";
  }
  for (const char* method : {"d", "e", "f"}) caller.fail(caller.app(method), 1);
  caller.engine.reload(bounded(2));
  int residents = 0;
  for (EndpointId id = 0; id < 6; ++id) residents += caller.entry(id).evicted ? 0 : 1;
  EXPECT_EQ(residents, 2);
}

// Near the bound no word lets a host skip a call, over reloads of any kind.
TEST(EngineEvictionReload, AReloadNearTheBoundGoesOnSeeingCalls) {
  Caller caller(bounded(2));
  const EndpointId a = caller.app("a"), b = caller.app("b");
  const PolicySet others[] = {
      bounded(2), bounded(3),
      one_app({.timeout = kSecond, .breaker = breaker({.trip = "consecutiveFailures > 2"}), .cache_size = 2}),
      one_app({.breaker = breaker({.trip = "consecutiveFailures > 4"}), .cache_size = 2})};
  for (const PolicySet& set : others) {
    caller.engine.reload(set);
    EXPECT_EQ(caller.engine.word(a)->load() & 1, 0u);
    EXPECT_EQ(caller.engine.word(b)->load() & 1, 0u);
    caller.attempt(a, kSuccess), caller.attempt(b, kSuccess);
    // As a host calls that reads the word: begin and end are skipped wherever it allows that.
    for (int i = 0; i < 10 && (caller.engine.word(a)->load() & 1) == 0; ++i) caller.attempt(a, kSuccess);
  }
  caller.app("c");
  EXPECT_FALSE(caller.entry(a).evicted) << "the one that is called";
  EXPECT_TRUE(caller.entry(b).evicted);
}

// An actor that came back after it was forgotten, and whose type has one breaker for all since: it counts towards no
// bound any more.
TEST(EngineEvictionReload, WhoCameBackBeforeAReloadThatSharesTheBreakerCountsNoMore) {
  const auto actors = [](TargetEntry::Scope scope) {
    return one_actor({.breaker = breaker(), .scope = scope, .cache_size = 1});
  };
  Caller caller(actors(TargetEntry::Scope::Id));
  const EndpointId one = caller.actor("1"), type = caller.actor("");
  ASSERT_TRUE(caller.entry(one).evicted);
  {
    Caller without_a_call(actors(TargetEntry::Scope::Id));
    const EndpointId forgotten = without_a_call.actor("1");
    without_a_call.actor("");
    ASSERT_TRUE(without_a_call.entry(forgotten).evicted);
    without_a_call.engine.reload(actors(TargetEntry::Scope::Type));
    EXPECT_FALSE(without_a_call.entry(forgotten).evicted) << "it has the type's breaker";
  }
  caller.attempt(one, kSuccess);
  caller.engine.reload(actors(TargetEntry::Scope::Type));
  caller.actor("");
  EXPECT_TRUE(caller.events(EventKind::Warning).empty()) << "one breaker is in the bound of one";
  EXPECT_FALSE(caller.entry(type).evicted);
}

}  // namespace
}  // namespace resil
