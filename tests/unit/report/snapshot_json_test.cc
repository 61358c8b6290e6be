#include "report/snapshot_json.h"

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using nlohmann::json;
using testing::breaker;
using testing::Caller;
using testing::one_app;

json snapshot(const Caller& caller) { return json::parse(snapshot_json(caller.engine.view(caller.now))); }

TEST(SnapshotJson, AnEmptyEngineIsAnEmptyList) {
  const Caller caller{PolicySet{}};
  EXPECT_EQ(snapshot(caller), json::parse(R"({"endpoints": [], "targets": [], "events": 0, "policies": 0})"));
}

TEST(SnapshotJson, IsTheDocumentedObject) {
  Caller caller(one_app({.timeout = 3 * kSecond,
                         .retry = testing::shared(testing::constant_retry(kSecond, 1)),
                         .breaker = breaker({.trip = "totalFailures > 5"})}));
  const EndpointId id = caller.app("orders");
  Ticket ticket{};
  caller.begin(id, ticket);
  caller.end(ticket, testing::kTimeout);
  caller.begin(id, ticket);
  caller.end(ticket, testing::http(200));
  EXPECT_EQ(snapshot(caller), json::parse(R"({
    "endpoints": [{
      "endpoint": 0, "kind": "app", "name": "app", "method": "orders", "timeoutNs": 3000000000, "retry": "r",
      "breaker": {"name": "app:orders", "policy": "cb", "state": "closed", "retryAfterNs": 0,
                  "counts": {"requests": null, "totalSuccesses": null, "totalFailures": 1,
                             "consecutiveSuccesses": null, "consecutiveFailures": null}},
      "calls": {"successes": 1, "failures": 1, "timeouts": 1, "cancelled": 0, "rejections": 0, "retries": 1,
                "recovered": 1, "gaveUp": 0},
      "operations": {"ended": 1, "succeeded": 1, "failed": 0, "cancelled": 0, "rejected": 0},
      "transitions": {"closed": 0, "open": 0, "halfOpen": 0}}],
    "targets": [], "events": 3, "policies": 1})"));
}

TEST(SnapshotJson, ATargetShowsWhatBoundsIt) {
  RetryPolicy retry = testing::constant_retry(1, 2);
  retry.budget = RetryBudget{.ratio = 0.5, .min_per_second = 0.1, .window = 10 * kSecond};
  PolicySet set = one_app({.retry = testing::shared(retry),
                           .limits = {.deadline = 9 * kSecond,
                                      .max_concurrent = 2,
                                      .rate_limit = RateLimit{.rate = 10, .per = 2 * kSecond, .burst = 3},
                                      .hold_on_retry_after = true}});
  set.inbound.emplace("queue", testing::Target{.limits = {.max_concurrent = 7}});
  Caller caller(std::move(set));
  const EndpointId id = caller.app("a");
  caller.app("b");
  caller.engine.endpoint(TargetKind::ComponentIn, "queue", "Pubsub");
  caller.engine.endpoint(TargetKind::ComponentOut, "queue", "Pubsub");
  Ticket in[4]{}, failing{};
  caller.begin(id, failing);
  caller.end(failing, testing::kFailure);
  caller.begin(id, in[0]), caller.begin(id, in[1]);
  EXPECT_EQ(caller.begin(id, in[2]), testing::kReject) << "rate-limited, and busy";
  caller.now += 2 * kSecond;
  EXPECT_EQ(caller.begin(id, in[2]), testing::kReject) << "busy";
  in[0].delay = 4 * kSecond;
  caller.end(in[0], testing::kFailure);  // and the budget leaves no retry
  caller.now += kSecond;
  EXPECT_EQ(caller.begin(id, in[3]), testing::kReject) << "held";
  EXPECT_EQ(snapshot(caller)["targets"], json::parse(R"([
    {"kind": "app", "name": "app",
     "rateLimit": {"rate": 10, "perNs": 2000000000, "burst": 3, "available": 3, "rejected": 1},
     "concurrency": {"limit": 2, "inFlight": 1, "rejected": 1},
     "budget": {"ratio": 0.5, "minPerSecond": 0.1, "windowNs": 10000000000, "operations": 3, "retries": 2, "refused": 0},
     "hold": {"leftNs": 3000000000, "rejected": 1},
     "deadlineNs": 9000000000},
    {"kind": "component", "name": "queue", "direction": "inbound",
     "concurrency": {"limit": 7, "inFlight": 0, "rejected": 0}}])"));
}

TEST(SnapshotJson, OpenAndHalfOpenKnowAllCounts) {
  Caller caller(one_app({.breaker = breaker({.timeout = 5 * kSecond, .trip = "consecutiveFailures > 0"})}));
  caller.fail(caller.app(), 1);
  json open = snapshot(caller)["endpoints"][0]["breaker"];
  EXPECT_EQ(open["state"], "open");
  EXPECT_EQ(open["retryAfterNs"], 5 * kSecond + 1);
  for (const json& count : open["counts"]) EXPECT_EQ(count, 0);
  caller.now += 5 * kSecond + 1;
  json due = snapshot(caller)["endpoints"][0]["breaker"];
  EXPECT_EQ(due["state"], "half-open");
  EXPECT_EQ(due["retryAfterNs"], 0);
}

TEST(SnapshotJson, CountsTransitions) {
  Caller caller(one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  caller.fail(id, 1);
  caller.now += kSecond + 1;
  caller.attempt(id, testing::kSuccess);
  EXPECT_EQ(snapshot(caller)["endpoints"][0]["transitions"], json::parse(R"({"closed": 1, "open": 1, "halfOpen": 1})"));
}

TEST(SnapshotJson, NullWhereThereIsNothing) {
  Caller caller{PolicySet{}};
  caller.app();
  const json entry = snapshot(caller)["endpoints"][0];
  EXPECT_TRUE(entry["retry"].is_null());
  EXPECT_TRUE(entry["breaker"].is_null());
  EXPECT_FALSE(entry.contains("evicted"));
}

TEST(SnapshotJson, AnEvictedBreakerSaysSo) {
  Caller caller(one_app({.breaker = breaker(), .cache_size = 1}));
  caller.app("a"), caller.app("b");
  const json entries = snapshot(caller)["endpoints"];
  EXPECT_EQ(entries[0]["evicted"], true);
  EXPECT_TRUE(entries[0]["breaker"].is_null());
  EXPECT_FALSE(entries[1].contains("evicted"));
}

TEST(SnapshotJson, EveryKindHasItsWords) {
  Engine engine({}, PolicySet{});
  engine.endpoint(TargetKind::Actor, "type", "7");
  engine.endpoint(TargetKind::ComponentIn, "store", "Statestore");
  engine.endpoint(TargetKind::ComponentOut, "store", "Statestore");
  engine.endpoint(TargetKind::Builtin, "DaprBuiltInServiceRetries", "");
  const json entries = json::parse(snapshot_json(engine.view(1)))["endpoints"];
  EXPECT_EQ(entries[0]["kind"], "actor");
  EXPECT_EQ(entries[0]["id"], "7");
  EXPECT_EQ(entries[1]["kind"], "component");
  EXPECT_EQ(entries[1]["direction"], "inbound");
  EXPECT_EQ(entries[1]["type"], "Statestore");
  EXPECT_EQ(entries[2]["direction"], "outbound");
  EXPECT_EQ(entries[3]["kind"], "builtin");
  EXPECT_EQ(entries[3]["name"], "DaprBuiltInServiceRetries");
}

TEST(SnapshotJson, AnyNameParsesAndSurvivesIfItIsUtf8) {
  const std::string_view good[] = {"quote\"", "back\\slash", "line\nbreak\t", "ünïcødé \xF0\x9F\x92\xA5",
                                   "\x01\x1f\x7f"};
  const std::string_view bad[] = {"\xff", "\xc3", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "a\x80z"};
  Engine engine({}, PolicySet{});
  for (const std::string_view name : good) engine.endpoint(TargetKind::App, name, name);
  for (const std::string_view name : bad) engine.endpoint(TargetKind::App, name, name);
  engine.endpoint(TargetKind::App, std::string_view("nul\0nul", 7), "");
  const json entries = json::parse(snapshot_json(engine.view(1)))["endpoints"];
  ASSERT_EQ(entries.size(), 11u);
  for (std::size_t i = 0; i < std::size(good); ++i) {
    EXPECT_EQ(entries[i]["name"], good[i]);
    EXPECT_EQ(entries[i]["method"], good[i]);
  }
  EXPECT_EQ(entries[10]["name"].get<std::string>(), std::string_view("nul\0nul", 7));
}

// What only an extension's rule reads is there where it is kept, and only there.
TEST(SnapshotJson, RatesAreThereWhereBothTheirCountsAre) {
  const auto counts = [](CountSet known) {
    EngineView view;
    EndpointEntry entry;
    entry.breaker = BreakerEntry{"b", "b", {}};
    entry.breaker->view.known = known;
    entry.breaker->view.counts = {.total_successes = 3, .total_failures = 1, .slow_calls = 2};
    view.endpoints.push_back(entry);
    return json::parse(snapshot_json(view))["endpoints"][0]["breaker"]["counts"];
  };
  const json all = counts(kTotalSuccesses | kTotalFailures | kSlowCalls);
  EXPECT_EQ(all["calls"], 4);
  EXPECT_EQ(all["failureRate"], 0.25);
  EXPECT_EQ(all["slowRate"], 0.5);
  EXPECT_EQ(all["slowCalls"], 2);
  for (const CountSet known : {kTotalSuccesses, kTotalFailures, kSlowCalls, CountSet{kTotalSuccesses | kSlowCalls},
                               CountSet{kTotalFailures | kSlowCalls}}) {
    for (const char* name : {"calls", "failureRate", "slowRate"}) EXPECT_FALSE(counts(known).contains(name)) << name;
    EXPECT_EQ(counts(known).contains("slowCalls"), (known & kSlowCalls) != 0);
  }
  EXPECT_FALSE(counts(kTotalSuccesses | kTotalFailures).contains("slowRate"));
}

TEST(SnapshotJson, ATargetHasADirectionWhereItIsAComponent) {
  EngineView view;
  for (const TargetKind kind : {TargetKind::App, TargetKind::ComponentIn, TargetKind::ComponentOut})
    view.targets.push_back({.kind = kind, .name = "t"});
  const json targets = json::parse(snapshot_json(view))["targets"];
  EXPECT_FALSE(targets[0].contains("direction"));
  EXPECT_EQ(targets[1]["direction"], "inbound");
  EXPECT_EQ(targets[2]["direction"], "outbound");
}

}  // namespace
}  // namespace resil
