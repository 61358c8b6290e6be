#include "resil/policy/policy_set.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "resil/policy/reserved.h"

namespace resil {
namespace {

std::shared_ptr<const RetryPolicy> retry(const std::string& name) {
  RetryPolicy policy;
  policy.name = name;
  return std::make_shared<const RetryPolicy>(policy);
}

std::shared_ptr<const BreakerSettings> breaker(const std::string& name) {
  BreakerSettings settings;
  settings.policy_name = name;
  return std::make_shared<const BreakerSettings>(settings);
}

// Every default there is, each under its own name.
PolicySet with_defaults() {
  PolicySet set;
  Nanos timeout = 0;
  for (const std::string level : {"", "App", "Actor", "Component", "ComponentInbound", "ComponentOutbound",
                                  "StatestoreComponentOutbound", "PubsubComponentInbound"}) {
    set.timeouts["Default" + level + "TimeoutPolicy"] = ++timeout;
    set.retries["Default" + level + "RetryPolicy"] = retry("Default" + level + "RetryPolicy");
    set.breakers["Default" + level + "CircuitBreakerPolicy"] = breaker("Default" + level + "CircuitBreakerPolicy");
  }
  return set;
}

void expect_level(const Policy& policy, const std::string& level) {
  ASSERT_TRUE(policy.retry && policy.breaker);
  EXPECT_EQ(policy.retry->name, "Default" + level + "RetryPolicy");
  EXPECT_EQ(policy.breaker->policy_name, "Default" + level + "CircuitBreakerPolicy");
}

TEST(PolicySet, WhoeverNobodyConfiguredPassesThrough) {
  const PolicySet set;
  for (const TargetKind kind :
       {TargetKind::App, TargetKind::Actor, TargetKind::ComponentIn, TargetKind::ComponentOut, TargetKind::Builtin}) {
    const Policy policy = set.resolve(kind, "x", "y");
    EXPECT_EQ(policy.timeout, 0);
    EXPECT_FALSE(policy.retry);
    EXPECT_FALSE(policy.breaker);
  }
}

TEST(PolicySet, MostSpecificDefaultWins) {
  const PolicySet set = with_defaults();
  expect_level(set.resolve(TargetKind::App, "a", "m"), "App");
  expect_level(set.resolve(TargetKind::Actor, "t", "1"), "Actor");
  expect_level(set.resolve(TargetKind::ComponentOut, "c", "Statestore"), "StatestoreComponentOutbound");
  expect_level(set.resolve(TargetKind::ComponentOut, "c", "statestore"), "StatestoreComponentOutbound");
  for (const char* spelled : {"STATESTORE", "stATEsTORe", "StateStore"})
    expect_level(set.resolve(TargetKind::ComponentOut, "c", spelled), "StatestoreComponentOutbound");
  for (const char* other : {"Statestor", "Statestores", "St@testore", "St`testore"})
    expect_level(set.resolve(TargetKind::ComponentOut, "c", other), "ComponentOutbound");
  expect_level(set.resolve(TargetKind::ComponentIn, "c", "Statestore"), "ComponentInbound");
  expect_level(set.resolve(TargetKind::ComponentIn, "c", "Pubsub"), "PubsubComponentInbound");
  expect_level(set.resolve(TargetKind::ComponentOut, "c", "Pubsub"), "ComponentOutbound");
  expect_level(set.resolve(TargetKind::ComponentOut, "c", ""), "ComponentOutbound");
  expect_level(set.resolve(TargetKind::ComponentOut, "c", "Nosuchtype"), "ComponentOutbound");
}

TEST(PolicySet, DefaultsFallBackLevelByLevel) {
  PolicySet set = with_defaults();
  for (const std::string suffix : {"RetryPolicy"}) {
    set.retries.erase("DefaultStatestoreComponentOutbound" + suffix);
    EXPECT_EQ(set.resolve(TargetKind::ComponentOut, "c", "Statestore").retry->name,
              "DefaultComponentOutboundRetryPolicy");
    set.retries.erase("DefaultComponentOutbound" + suffix);
    EXPECT_EQ(set.resolve(TargetKind::ComponentOut, "c", "Statestore").retry->name, "DefaultComponentRetryPolicy");
    set.retries.erase("DefaultComponent" + suffix);
    EXPECT_EQ(set.resolve(TargetKind::ComponentOut, "c", "Statestore").retry->name, "DefaultRetryPolicy");
    set.retries.erase("Default" + suffix);
    EXPECT_EQ(set.resolve(TargetKind::ComponentOut, "c", "Statestore").retry, nullptr);
  }
  const Policy policy = set.resolve(TargetKind::ComponentOut, "c", "Statestore");
  EXPECT_EQ(policy.breaker->policy_name, "DefaultStatestoreComponentOutboundCircuitBreakerPolicy")
      << "each kind by itself";
}

TEST(PolicySet, AnEntryOfItsOwnEndsAllDefaults) {
  PolicySet set = with_defaults();
  set.apps["a"].timeout = 7;
  set.inbound["c"] = {};
  set.outbound["c"] = {};
  const Policy app = set.resolve(TargetKind::App, "a", "m");
  EXPECT_EQ(app.timeout, 7);
  EXPECT_FALSE(app.retry);
  EXPECT_FALSE(app.breaker);
  EXPECT_FALSE(set.resolve(TargetKind::ComponentIn, "c", "Pubsub").retry);
}

TEST(PolicySet, BreakerNamesAndBounds) {
  PolicySet set;
  set.apps["a"] = {0, nullptr, breaker("cb"), TargetEntry::Scope::Id, 100};
  set.actors["by-id"] = {0, nullptr, breaker("cb"), TargetEntry::Scope::Id, 5000};
  set.actors["by-type"] = {0, nullptr, breaker("cb"), TargetEntry::Scope::Type, 5000};
  set.inbound["c"] = {0, nullptr, breaker("cb"), TargetEntry::Scope::Id, 0};
  set.outbound["c"] = set.inbound["c"];

  const Policy app = set.resolve(TargetKind::App, "a", "orders");
  EXPECT_EQ(app.breaker_name, "a:orders");
  EXPECT_EQ(app.cache_size, 100u);
  EXPECT_FALSE(app.breaker_per_target);
  EXPECT_EQ(set.resolve(TargetKind::App, "a", "").breaker_name, "a");
  EXPECT_EQ(set.resolve(TargetKind::Actor, "by-id", "7").breaker_name, "by-id-7");
  EXPECT_FALSE(set.resolve(TargetKind::Actor, "by-id", "7").breaker_per_target);
  EXPECT_EQ(set.resolve(TargetKind::Actor, "by-type", "7").breaker_name, "by-type");
  EXPECT_TRUE(set.resolve(TargetKind::Actor, "by-type", "7").breaker_per_target);
  EXPECT_EQ(set.resolve(TargetKind::ComponentIn, "c", "Pubsub").breaker_name, "cb-c");
  EXPECT_EQ(set.resolve(TargetKind::ComponentOut, "c", "Pubsub").breaker_name, "cb-c");
  EXPECT_EQ(set.resolve(TargetKind::ComponentOut, "c", "Pubsub").cache_size, 0u);
}

TEST(PolicySet, ADefaultBreakerOfAComponentHasNoBound) {
  const Policy policy = with_defaults().resolve(TargetKind::ComponentOut, "c", "Pubsub");
  ASSERT_NE(policy.breaker, nullptr);
  EXPECT_EQ(policy.cache_size, 0u);
}

TEST(PolicySet, DefaultActorBreakersArePerType) {
  const Policy policy = with_defaults().resolve(TargetKind::Actor, "t", "1");
  EXPECT_TRUE(policy.breaker_per_target);
  EXPECT_EQ(policy.breaker_name, "t");
  EXPECT_EQ(policy.cache_size, 100u);
}

TEST(PolicySet, ReservedRetriesAreTargetsByName) {
  PolicySet set;
  set.retries = reserved_retries();
  set.retries["mine"] = retry("mine");

  const Policy service = set.resolve(TargetKind::Builtin, "DaprBuiltInServiceRetries", "");
  ASSERT_TRUE(service.retry);
  EXPECT_EQ(service.retry->backoff.kind, Backoff::Kind::Constant);
  EXPECT_EQ(service.retry->backoff.duration, kSecond);
  EXPECT_EQ(service.retry->max_retries, 3);
  EXPECT_FALSE(service.breaker);

  const Policy reminder = set.resolve(TargetKind::Builtin, "DaprBuiltInActorReminderRetries", "");
  ASSERT_TRUE(reminder.retry);
  EXPECT_EQ(reminder.retry->backoff.kind, Backoff::Kind::Exponential);
  EXPECT_EQ(reminder.retry->backoff.max_interval, 60 * kSecond);
  EXPECT_EQ(reminder.retry->max_retries, -1);
  EXPECT_EQ(reminder.retry->max_duration, 15 * 60 * kSecond);

  const Policy start = set.resolve(TargetKind::Builtin, "DaprBuiltInInitializationRetries", "");
  ASSERT_TRUE(start.retry);
  EXPECT_EQ(start.retry->backoff.max_interval, kSecond);
  EXPECT_EQ(start.retry->max_retries, 3);
  EXPECT_EQ(start.retry->max_duration, 10 * kSecond);

  EXPECT_EQ(set.resolve(TargetKind::Builtin, "DaprBuiltInActorRetries", "").retry->max_retries, 3);
  EXPECT_EQ(set.resolve(TargetKind::Builtin, "DaprBuiltInActorNotFoundRetries", "").retry->max_retries, 5);
  for (const auto& [name, policy] : reserved_retries())
    EXPECT_EQ(set.resolve(TargetKind::Builtin, name, "").retry->name, name);
  EXPECT_FALSE(set.resolve(TargetKind::Builtin, "mine", "").retry) << "only reserved names are targets";
  EXPECT_FALSE(set.resolve(TargetKind::App, "DaprBuiltInServiceRetries", "").retry);
}

TEST(PolicySet, DisabledPassesEverythingThrough) {
  PolicySet set = with_defaults();
  set.retries.merge(reserved_retries());
  set.enabled = false;
  EXPECT_FALSE(set.resolve(TargetKind::App, "a", "m").retry);
  EXPECT_FALSE(set.resolve(TargetKind::Builtin, "DaprBuiltInServiceRetries", "").retry);
}

TEST(PolicySet, OperationNames) {
  EXPECT_EQ(PolicySet::operation_name(TargetKind::App, "order-processor", "orders"),
            "endpoint[order-processor, order-processor:orders]");
  EXPECT_EQ(PolicySet::operation_name(TargetKind::Actor, "cart", "7"), "actor[cart, 7]");
  EXPECT_EQ(PolicySet::operation_name(TargetKind::ComponentOut, "store", "Statestore"), "component[store] output");
  EXPECT_EQ(PolicySet::operation_name(TargetKind::ComponentIn, "queue", "Pubsub"), "component[queue] input");
  EXPECT_EQ(PolicySet::operation_name(TargetKind::Builtin, "DaprBuiltInServiceRetries", ""),
            "DaprBuiltInServiceRetries");
}

}  // namespace
}  // namespace resil
