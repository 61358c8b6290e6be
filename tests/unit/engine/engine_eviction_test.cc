// circuitBreakerCacheSize: closed breakers only, the least recently used first; what cannot be kept is said.
#include <gtest/gtest.h>

#include <string>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

PolicySet bounded(std::uint32_t bound) {
  return one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 2"}), .cache_size = bound});
}

class EngineEviction : public ::testing::Test {
 protected:
  // A run of one marks a breaker that is still the one it was.
  EndpointId marked(std::string_view method) {
    const EndpointId id = caller_.app(method);
    caller_.fail(id, 1);
    return id;
  }
  bool kept(EndpointId id) const {
    const EndpointEntry entry = caller_.entry(id);
    EXPECT_NE(entry.evicted, entry.breaker.has_value());
    return entry.breaker && entry.breaker->view.counts.consecutive_failures == 1;
  }
  std::string kept_of(std::initializer_list<EndpointId> ids) const {
    std::string text;
    for (const EndpointId id : ids) text += kept(id) ? '+' : '-';
    return text;
  }

  Caller caller_{bounded(3)};
};

TEST_F(EngineEviction, NothingIsForgottenUpToTheBound) {
  const EndpointId a = marked("a"), b = marked("b"), c = marked("c");
  EXPECT_EQ(kept_of({a, b, c}), "+++");
}

TEST_F(EngineEviction, TheLeastRecentlyUsedIsForgotten) {
  const EndpointId a = marked("a"), b = marked("b"), c = marked("c");
  caller_.admits(a);
  const EndpointId d = marked("d");
  EXPECT_EQ(kept_of({a, b, c, d}), "+-++");
  caller_.admits(c);
  const EndpointId e = marked("e");
  EXPECT_EQ(kept_of({a, b, c, d, e}), "--+++");
}

TEST_F(EngineEviction, AskingForTheIdIsUse) {
  const EndpointId a = marked("a"), b = marked("b"), c = marked("c");
  caller_.app("a");
  const EndpointId d = marked("d");
  EXPECT_EQ(kept_of({a, b, c, d}), "+-++");
}

TEST_F(EngineEviction, OpenAndHalfOpenBreakersAreNeverForgotten) {
  const EndpointId open = caller_.app("open"), probing = caller_.app("probing");
  caller_.fail(probing, 3);
  caller_.now += 2 * kSecond;
  Ticket probe{};
  caller_.begin(probing, probe);
  caller_.fail(open, 3);
  const EndpointId c = marked("c");
  for (const char* method : {"d", "e", "f"}) marked(method);
  EXPECT_EQ(caller_.state(open), BreakerState::Open);
  EXPECT_EQ(caller_.state(probing), BreakerState::HalfOpen);
  EXPECT_FALSE(kept(c));
  EXPECT_EQ(caller_.end(probe, kSuccess), kDone);
  EXPECT_EQ(caller_.state(probing), BreakerState::Closed);
}

TEST_F(EngineEviction, AnOpenBreakerThatIsDueCountsAsOpen) {
  const EndpointId due = caller_.app("due");
  caller_.fail(due, 3);
  caller_.now += 10 * kSecond;
  for (const char* method : {"b", "c", "d", "e"}) marked(method);
  EXPECT_EQ(caller_.state(due), BreakerState::HalfOpen);
}

TEST_F(EngineEviction, GrowingPastTheBoundIsSaidOnce) {
  for (const char* method : {"a", "b", "c"}) caller_.fail(caller_.app(method), 3);
  caller_.events();
  const EndpointId d = caller_.app("d");
  caller_.fail(d, 3);
  const EndpointId e = caller_.app("e");
  caller_.fail(e, 3);
  const std::vector<Event> said = caller_.events(EventKind::Warning);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].endpoint, d);
  EXPECT_EQ(caller_.engine.event_text(said[0]),
            "target 'app' keeps more than circuitBreakerCacheSize 3 breakers: all are open or half-open, and none of "
            "these is forgotten");
  EXPECT_EQ(caller_.state(caller_.app("a")), BreakerState::Open);
  EXPECT_EQ(caller_.state(e), BreakerState::Open);
}

TEST_F(EngineEviction, ThoseBeyondTheBoundGoOnceTheyClose) {
  std::vector<EndpointId> ids;
  for (const char* method : {"a", "b", "c", "d", "e"}) {
    ids.push_back(caller_.app(method));
    caller_.fail(ids.back(), 3);
  }
  caller_.now += 2 * kSecond;
  for (const EndpointId id : ids) caller_.attempt(id, kSuccess);
  for (const EndpointId id : ids) caller_.fail(id, 1);
  for (int i = 0; i < 4; ++i) caller_.app("a");
  EXPECT_EQ(kept_of({ids[0], ids[1], ids[2], ids[3], ids[4]}), "+--++");
}

TEST_F(EngineEviction, AForgottenEndpointKeepsItsIdAndFindsAFreshBreaker) {
  const EndpointId a = marked("a");
  for (const char* method : {"b", "c", "d"}) marked(method);
  ASSERT_FALSE(kept(a));
  caller_.fail(a, 2);
  EXPECT_EQ(caller_.counts(a).consecutive_failures, 2);  // not three
  EXPECT_EQ(caller_.app("a"), a);
}

TEST_F(EngineEviction, AnAttemptOfAForgottenBreakerCountsForNothing) {
  const EndpointId a = caller_.app("a");
  Ticket ticket{};
  caller_.begin(a, ticket);
  for (const char* method : {"b", "c", "d"}) marked(method);
  EXPECT_EQ(caller_.end(ticket, kFailure), kGiveUp);
  caller_.fail(a, 1);
  EXPECT_EQ(caller_.counts(a).consecutive_failures, 1);
}

// Coming back by a call alone puts the target past its bound until the next time somebody asks for an id.
TEST_F(EngineEviction, OneThatComesBackTakesItsPlaceAgain) {
  const EndpointId a = marked("a"), b = marked("b"), c = marked("c"), d = marked("d");
  ASSERT_EQ(kept_of({a, b, c, d}), "-+++");
  caller_.fail(a, 1);
  caller_.app("d");
  EXPECT_EQ(kept_of({a, b, c, d}), "+-++");
}

// As a host calls that reads the word: begin and end are skipped wherever it allows that.
void call_by_word(Caller& caller, EndpointId id) {
  if ((caller.engine.word(id)->load() & 1) != 0) return;
  caller.attempt(id, kSuccess);
}

TEST_F(EngineEviction, CallsThatReadTheWordAreUseToo) {
  Caller caller(bounded(2));
  const EndpointId a = caller.app("a"), b = caller.app("b");
  caller.attempt(a, kSuccess), caller.attempt(b, kSuccess);
  for (int i = 0; i < 1000; ++i) call_by_word(caller, a);
  caller.app("c");
  EXPECT_FALSE(caller.entry(a).evicted) << "the one that is called";
  EXPECT_TRUE(caller.entry(b).evicted);
}

TEST_F(EngineEviction, AWordTakenBeforeTheBoundCameNearIsUseWhenItIsAdopted) {
  Caller caller(bounded(4));
  const EndpointId a = caller.app("a");
  const std::uint64_t word = caller.engine.word(a)->load();
  ASSERT_EQ(word & 1, 1u) << "far from the bound calls may be skipped";
  for (const char* method : {"b", "c", "d"}) caller.app(method);
  EXPECT_EQ(caller.engine.word(a)->load() & 1, 0u) << "near it none may";
  Ticket ticket{};
  ASSERT_EQ(caller.engine.adopt(a, word, caller.now, ticket), kAllow);
  caller.app("e");
  EXPECT_FALSE(caller.entry(a).evicted);
  EXPECT_TRUE(caller.entry(1).evicted);
}

TEST_F(EngineEviction, CreditIsUse) {
  Caller caller(bounded(2));
  const EndpointId a = caller.app("a"), b = caller.app("b");
  caller.engine.credit(a, 0);
  caller.engine.credit(b, 0);
  caller.engine.credit(a, 1);
  caller.app("c");
  EXPECT_FALSE(caller.entry(a).evicted);
  EXPECT_TRUE(caller.entry(b).evicted);
}

// What the state says and what the snapshot shows are one breaker, whatever an old word was good for.
TEST_F(EngineEviction, AnAdoptedFailureOnAForgottenEndpointIsSeenByAll) {
  Caller caller(one_app({.breaker = breaker({.trip = "consecutiveFailures > 0"}), .cache_size = 2}));
  const EndpointId a = caller.app("a");
  caller.app("b"), caller.app("c");
  ASSERT_TRUE(caller.entry(a).evicted);
  EXPECT_EQ(caller.state(a), BreakerState::Closed);
  const BreakerWord word(caller.engine.word(a)->load());
  Ticket ticket{};
  ASSERT_EQ(caller.engine.adopt(a, BreakerWord::fast(word.generation(), 0).raw(), caller.now, ticket), kAllow);
  EXPECT_EQ(caller.end(ticket, kFailure), kGiveUp);
  EXPECT_EQ(caller.state(a), BreakerState::Open);
  const EndpointEntry entry = caller.entry(a);
  EXPECT_FALSE(entry.evicted);
  ASSERT_TRUE(entry.breaker.has_value());
  EXPECT_EQ(entry.breaker->view.state, BreakerState::Open);
}

// A rejection is use like any other call, the short ones of an open breaker too: it shows once a reload made all
// breakers of the target fresh, which keeps the order of their use.
TEST_F(EngineEviction, RejectedCallsAreUse) {
  Caller caller(bounded(3));
  const EndpointId a = caller.app("a"), b = caller.app("b"), c = caller.app("c");
  caller.fail(a, 3);
  ASSERT_EQ(caller.attempt(a, kSuccess), -1);  // the first one, which is told
  for (const EndpointId id : {b, c}) ASSERT_EQ(caller.attempt(id, kSuccess), kDone);
  ASSERT_EQ(caller.attempt(a, kSuccess), -1);
  caller.engine.reload(
      one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 3"}), .cache_size = 3}));
  ASSERT_EQ(caller.state(a), BreakerState::Closed);
  caller.app("d");
  EXPECT_FALSE(caller.entry(a).evicted);
  EXPECT_TRUE(caller.entry(b).evicted);
  EXPECT_FALSE(caller.entry(c).evicted);
}

TEST_F(EngineEviction, EachTargetHasABoundOfItsOwn) {
  PolicySet set = bounded(3);
  set.apps.emplace("other", set.apps.at("app"));
  Caller caller(std::move(set));
  for (const char* method : {"a", "b", "c"}) {
    caller.fail(caller.engine.endpoint(TargetKind::App, "app", method), 1);
    caller.fail(caller.engine.endpoint(TargetKind::App, "other", method), 1);
  }
  for (EndpointId id = 0; id < 6; ++id) EXPECT_EQ(caller.counts(id).consecutive_failures, 1);
}

TEST_F(EngineEviction, ReloadingEqualPoliciesForgetsNobody) {
  const EndpointId a = marked("a"), b = marked("b"), c = marked("c"), d = marked("d");
  caller_.fail(a, 1);
  caller_.app("a");  // a is back, and b goes
  ASSERT_EQ(kept_of({a, b, c, d}), "+-++");
  caller_.engine.reload(bounded(3));
  EXPECT_EQ(kept_of({a, b, c, d}), "+-++");
}

TEST_F(EngineEviction, AReloadMayLowerTheBound) {
  const EndpointId a = marked("a"), b = marked("b"), c = marked("c");
  caller_.admits(b);
  caller_.engine.reload(bounded(1));
  EXPECT_EQ(kept_of({a, b, c}), "-+-");
}

TEST_F(EngineEviction, AReloadMayRaiseTheBound) {
  marked("a"), marked("b"), marked("c");
  caller_.engine.reload(bounded(5));
  const EndpointId d = marked("d"), e = marked("e");
  EXPECT_EQ(kept_of({0, 1, 2, d, e}), "+++++");
}

// An outage of a whole actor type: interning must stay cheap, however many are open.
TEST_F(EngineEviction, ManyOpenBreakersDoNotSlowDownInterning) {
  for (int i = 0; i < 20'000; ++i) {
    const EndpointId id = caller_.app(std::to_string(i));
    caller_.fail(id, 3);
  }
  for (EndpointId id = 0; id < 20'000; id += 997) EXPECT_EQ(caller_.state(id), BreakerState::Open);
}

}  // namespace
}  // namespace resil
