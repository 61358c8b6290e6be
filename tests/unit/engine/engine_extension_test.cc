// What a ResiliencyExtension says of circuit breakers, as a host sees it: times of attempts, statuses, events,
// snapshots, reloads.
#include <gtest/gtest.h>

#include "report/snapshot_json.h"
#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using testing::breaker;
using testing::BreakerOptions;
using testing::Caller;
using testing::kAllow;
using testing::kCancelled;
using testing::kDone;
using testing::kFailure;
using testing::kGiveUp;
using testing::kReject;
using testing::kRetry;
using testing::kSuccess;
using testing::one_actor;
using testing::one_app;

PolicySet app_with(const BreakerOptions& options) { return one_app({.breaker = breaker(options)}); }

TEST(EngineExtension, EachAttemptOfAnOperationIsTimedByItself) {
  Caller caller(one_app({.retry = testing::shared(testing::constant_retry(kSecond, -1)),
                         .breaker = breaker({.trip = "slowCalls > 1", .slow_call = 3 * kSecond})}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  for (int attempt = 1; attempt <= 4; ++attempt) {  // each quick, the operation long
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    caller.now += 2 * kSecond;
    ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
    caller.now += kSecond;
  }
  EXPECT_EQ(caller.counts(id).slow_calls, 0);
  for (const BreakerState after : {BreakerState::Closed, BreakerState::Open}) {
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    caller.now += 3 * kSecond + 1;
    caller.end(ticket, kFailure);
    EXPECT_EQ(caller.state(id), after);
  }
}

TEST(EngineExtension, AnOperationThatIsLimitedIsStillTimedFromItsFirstAttempt) {
  RetryPolicy retry = testing::constant_retry(kSecond, -1);
  retry.max_duration = 10 * kSecond;
  Caller caller(one_app(
      {.retry = testing::shared(retry), .breaker = breaker({.trip = "slowCalls > 0", .slow_call = 5 * kSecond})}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  for (const std::int32_t verdict : {kRetry, kRetry, kGiveUp}) {
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    caller.now += 4 * kSecond;
    EXPECT_EQ(caller.end(ticket, kFailure), verdict);
  }
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
}

TEST(EngineExtension, WhatBeganBeforeAReloadAskedForTimesIsNotSlow) {
  Caller caller(app_with({.trip = "totalFailures > 9"}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  caller.engine.reload(app_with({.trip = "slowCalls > 0", .slow_call = kSecond}));
  caller.now += 10 * kSecond;
  EXPECT_EQ(caller.end(ticket, kSuccess), kDone);
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
  EXPECT_EQ(caller.counts(id).slow_calls, 0);
}

// A failure on a window takes a short way too, until it trips.
TEST(EngineExtension, AWindowKeepsTheRunOfFailuresBesideItsCounts) {
  for (const std::uint32_t calls : {0U, 100U}) {
    Caller caller(app_with({.trip = "totalFailures >= 99 || consecutiveFailures >= 3",
                            .window = calls == 0 ? 10 * kSecond : 0,
                            .window_calls = calls}));
    const EndpointId id = caller.app();
    for (std::int64_t turn = 1; turn <= 3; ++turn) {
      caller.fail(id, 2);
      EXPECT_EQ(caller.counts(id).consecutive_failures, 2);
      EXPECT_EQ(caller.counts(id).total_failures, 2 * turn);
      caller.attempt(id, kSuccess);
      EXPECT_EQ(caller.counts(id).consecutive_failures, 0);
    }
    caller.fail(id, 2);
    EXPECT_EQ(caller.state(id), BreakerState::Closed);
    caller.fail(id, 1);
    EXPECT_EQ(caller.state(id), BreakerState::Open);
  }
}

// Begun so long ago that its request is not in the window any more, its failure is: a share of nothing.
TEST(EngineExtension, AFailureMayBeInTheWindowWithoutItsRequest) {
  Caller caller(app_with(
      {.trip = "(requests == 0 ? 0.0 : double(totalFailures) / double(requests)) >= 0.5", .window = 10 * kSecond}));
  const EndpointId id = caller.app();
  Ticket old{};
  ASSERT_EQ(caller.begin(id, old), kAllow);
  caller.now += 30 * kSecond;
  EXPECT_EQ(caller.end(old, kFailure), kGiveUp);
  EXPECT_EQ(caller.counts(id).total_failures, 1);
  EXPECT_EQ(caller.counts(id).requests, 0);
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
  caller.attempt(id, kFailure);
  EXPECT_EQ(caller.state(id), BreakerState::Open);
}

// Nearly every call on a window is counted by a short way; it must come to the same.
TEST(EngineExtension, AWindowCountsWhatEndsWhicheverWay) {
  for (const BreakerOptions& window : {BreakerOptions{.window = kSecond}, BreakerOptions{.window_calls = 100}}) {
    for (const std::string_view trip :
         {"calls > 99 && failureRate > 0.5", "requests > 99 && totalSuccesses < 0 || totalFailures > 99",
          "calls > 99 && consecutiveFailures > 2", "calls > 99 && consecutiveSuccesses < 0"}) {
      BreakerOptions options = window;
      options.trip = trip;
      Caller caller(app_with(options));
      const EndpointId id = caller.app();
      for (const Outcome outcome : {kSuccess, kFailure, kFailure, kSuccess, kSuccess, kCancelled}) {
        caller.attempt(id, outcome);
      }
      const Counts counts = caller.counts(id);
      EXPECT_EQ(counts.total_successes, 3) << trip;
      EXPECT_EQ(counts.total_failures, 2) << trip;
      EXPECT_EQ(counts.consecutive_failures, 0) << trip;
      if (!trip.starts_with("requests")) continue;
      EXPECT_EQ(counts.requests, options.window > 0 ? 6 : 5);
    }
  }
}

TEST(EngineExtension, AStatusThatTheBreakerDoesNotMatchIsStillAFailureToAllElse) {
  Caller caller(one_app({.retry = testing::shared(testing::constant_retry(kSecond, 5)),
                         .breaker = breaker({.trip = "consecutiveFailures > 1", .http = 503})}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  EXPECT_EQ(caller.end(ticket, testing::http(404)), kRetry);
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
  EXPECT_EQ(caller.entry(id).totals.failures, 1u);
  EXPECT_EQ(caller.entry(id).totals.retries, 1u);
  EXPECT_EQ(caller.counts(id).consecutive_failures, 0);
  for (const BreakerState after : {BreakerState::Closed, BreakerState::Open}) {
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    caller.end(ticket, testing::http(503));
    EXPECT_EQ(caller.state(id), after);
  }
}

TEST(EngineExtension, AShadowTellsOfItsFirstRejectionAndAdmits) {
  for (const bool every : {false, true}) {
    Caller caller(app_with({.timeout = 10 * kSecond, .trip = "consecutiveFailures > 0", .shadow = true}),
                  {.jitter_seed = 1, .every_rejection = every});
    const EndpointId id = caller.app();
    caller.fail(id, 1);
    EXPECT_EQ(caller.events(EventKind::Breaker).size(), 1u);
    caller.now += kSecond;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(caller.attempt(id, kSuccess), kDone);
    const std::vector<Event> told = caller.events(EventKind::Rejected);
    ASSERT_EQ(told.size(), every ? 3u : 1u);
    EXPECT_TRUE(told[0].shadow);
    EXPECT_EQ(told[0].after, static_cast<std::int32_t>(Reason::Open));
    EXPECT_EQ(told[0].value, 9 * kSecond + 1);
    EXPECT_EQ(caller.state(id), BreakerState::Open);
    EXPECT_EQ(caller.entry(id).totals.rejections, 0u);
    EXPECT_EQ(caller.entry(id).totals.successes, 3u);
    EXPECT_EQ(caller.entry(id).breaker->view.shadow_rejections, 3u);
    const std::string json = snapshot_json(caller.engine.view(caller.now));
    EXPECT_NE(json.find("\"mode\":\"shadow\",\"shadowRejections\":3"), std::string::npos) << json;
  }
}

TEST(EngineExtension, ARejectionOfABreakerInForceHasNoMark) {
  Caller caller(app_with({.trip = "consecutiveFailures > 0"}));
  caller.fail(caller.app(), 2);
  const std::vector<Event> told = caller.events(EventKind::Rejected);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_FALSE(told[0].shadow);
}

TEST(EngineExtension, WhatAShadowAdmitsInsteadCountsForNothing) {
  Caller caller(app_with({.timeout = kSecond, .trip = "consecutiveFailures > 0", .shadow = true}));
  const EndpointId id = caller.app();
  caller.fail(id, 1);
  Ticket late{}, probe{};
  ASSERT_EQ(caller.begin(id, late), kAllow);
  caller.now += 2 * kSecond;
  ASSERT_EQ(caller.begin(id, probe), kAllow);
  EXPECT_EQ(caller.state(id), BreakerState::HalfOpen);
  caller.end(late, kFailure);
  EXPECT_EQ(caller.state(id), BreakerState::HalfOpen);
  Ticket beside{};
  ASSERT_EQ(caller.begin(id, beside), kAllow);
  caller.end(beside, kCancelled);
  ASSERT_EQ(caller.begin(id, beside = {}), kAllow);
  caller.end(beside, kSuccess);
  EXPECT_EQ(caller.state(id), BreakerState::HalfOpen) << "no permit was given back, none is counted";
  caller.end(probe, kSuccess);
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
  EXPECT_TRUE(BreakerWord(caller.engine.word(id)->load()).is_fast()) << "closed, it is a breaker like any other";
}

TEST(EngineExtension, TheEndOfWhatAShadowAdmittedMovesNothing) {
  Caller caller(app_with({.timeout = kSecond, .trip = "consecutiveFailures > 0", .shadow = true}));
  const EndpointId id = caller.app();
  caller.fail(id, 1);
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  EXPECT_EQ(caller.events(EventKind::Breaker).size(), 1u);
  caller.now += 2 * kSecond;
  caller.end(ticket, kFailure);
  EXPECT_TRUE(caller.events(EventKind::Breaker).empty()) << "the next begin is the one that notices";
}

TEST(EngineExtension, AShadowsRetriesGoOnAsEver) {
  Caller caller(one_app({.retry = testing::shared(testing::constant_retry(kSecond, 2)),
                         .breaker = breaker({.trip = "consecutiveFailures > 0", .shadow = true})}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  for (const std::int32_t verdict : {kRetry, kRetry, kGiveUp}) {
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(caller.end(ticket, kFailure), verdict);
  }
}

TEST(EngineExtension, AShadowMayBeAnActorTypes) {
  Caller caller(one_actor(
      {.breaker = breaker({.trip = "consecutiveFailures > 0", .shadow = true}), .scope = TargetEntry::Scope::Type}));
  const EndpointId a = caller.actor("a"), b = caller.actor("b");
  caller.fail(a, 1);
  EXPECT_EQ(caller.state(b), BreakerState::Open);
  EXPECT_EQ(caller.attempt(b, kFailure), kGiveUp);
  EXPECT_EQ(caller.events(EventKind::Rejected).size(), 1u);
  EXPECT_EQ(caller.entry(b).totals.rejections, 0u);
}

TEST(EngineExtension, AReloadWithEqualSettingsKeepsAWindowsCounts) {
  for (const BreakerOptions& options : {BreakerOptions{.trip = "calls > 8 && failureRate > 0.5", .window = kSecond},
                                        BreakerOptions{.trip = "calls > 8 && failureRate > 0.5", .window_calls = 20}}) {
    Caller caller(app_with(options));
    const EndpointId id = caller.app();
    caller.fail(id, 3);
    BreakerOptions renamed = options;
    renamed.name = "other";
    caller.engine.reload(one_app({.timeout = kSecond, .breaker = breaker(renamed)}));
    caller.fail(id, 2);
    EXPECT_EQ(caller.counts(id).total_failures, 5);
    BreakerOptions changed = options;
    changed.trip = "calls > 9 && failureRate > 0.5";
    caller.engine.reload(app_with(changed));
    EXPECT_EQ(caller.counts(id).total_failures, 0);
    caller.fail(id, 1);
    EXPECT_EQ(caller.counts(id).total_failures, 1);
  }
}

TEST(EngineExtension, AReloadMayMakeAWindowLargerSmallerOrOfAnotherKind) {
  Caller caller(app_with({}));
  const EndpointId id = caller.app();
  const BreakerOptions all[] = {{.trip = "totalFailures > 2", .window_calls = 3},
                                {.trip = "totalFailures > 2", .window = kSecond, .buckets = 64},
                                {.trip = "totalFailures > 2", .window_calls = 1'000},
                                {.trip = "totalFailures > 2", .window = 10 * kSecond, .buckets = 1},
                                {.trip = "totalFailures > 2"}};
  for (int round = 0; round < 20; ++round) {
    for (const BreakerOptions& options : all) {
      caller.engine.reload(app_with(options));
      caller.fail(id, 2);
      EXPECT_EQ(caller.counts(id).total_failures, 2);
      caller.fail(id, 1);
      EXPECT_EQ(caller.state(id), BreakerState::Open);
    }
  }
}

// Everything that may fail comes first, and until then what counts is where it was.
TEST(EngineExtension, AReloadThatFailsLeavesTheCountsInForce) {
  const BreakerOptions small{.trip = "totalFailures > 2", .window_calls = 3};
  BreakerOptions large = small;
  large.window_calls = 1'000;
  PolicySet set = app_with(small);
  Caller caller(set, {.max_endpoints = 2, .jitter_seed = 1});
  const EndpointId id = caller.app();
  caller.actor("a");  // now the table is full
  caller.fail(id, 2);
  PolicySet too_many = app_with(large);
  too_many.actors = one_actor({.breaker = breaker({}), .scope = TargetEntry::Scope::Type}).actors;
  EXPECT_THROW(caller.engine.reload(too_many), EngineFull);
  EXPECT_EQ(caller.counts(id).total_failures, 2);
  caller.fail(id, 1);
  EXPECT_EQ(caller.state(id), BreakerState::Open);
}

TEST(EngineExtension, AnEvictedBreakerHasAnEmptyWindow) {
  Caller caller(one_app({.breaker = breaker({.trip = "totalFailures > 2", .window = kSecond}), .cache_size = 1}));
  const EndpointId id = caller.app();
  caller.fail(id, 2);
  caller.app("other");
  caller.fail(id, 2);
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
}

TEST(EngineExtension, ASnapshotShowsWhatOnlyAnExtensionCounts) {
  Caller caller(app_with({.trip = "calls > 9 && slowRate > 0.5", .window = 10 * kSecond, .slow_call = kSecond}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  caller.now += 2 * kSecond;
  caller.end(ticket, kSuccess);
  caller.fail(id, 1);
  const std::string json = snapshot_json(caller.engine.view(caller.now));
  EXPECT_NE(json.find("\"slowCalls\":1,\"calls\":2,\"failureRate\":0.5,\"slowRate\":0.5"), std::string::npos) << json;
  EXPECT_EQ(snapshot_json(Caller(app_with({})).engine.view(0)).find("slowCalls"), std::string::npos);
}

}  // namespace
}  // namespace resil
