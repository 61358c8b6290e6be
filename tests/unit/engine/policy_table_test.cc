#include "resil/engine/policy_table.h"

#include <functional>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "support/policies.h"

namespace resil {
namespace {

using testing::breaker;
using testing::constant_retry;
using testing::shared;

Policy full() {
  RetryPolicy retry = constant_retry(kSecond, 3);
  retry.http.add(500, 599);
  Policy policy;
  policy.timeout = 5 * kSecond;
  policy.retry = shared(retry);
  policy.breaker = breaker();
  policy.breaker_name = "app:method";
  policy.cache_size = 100;
  return policy;
}

TEST(PolicyTable, EqualPoliciesShareANumber) {
  PolicyTable table;
  EXPECT_EQ(table.intern(full()), 0u);
  EXPECT_EQ(table.intern(full()), 0u);
  EXPECT_EQ(table.intern(Policy{}), 1u);
  EXPECT_EQ(table.size(), 2u);
  for (const std::uint32_t number : {0U, 1U}) EXPECT_EQ(table.at(number).number, number) << "whose record it is";
}

TEST(PolicyTable, WhatDiffersFromEndpointToEndpointDoesNotMakeAPolicy) {
  PolicyTable table;
  Policy other = full();
  other.breaker_name = "app:other";
  other.cache_size = 5;
  EXPECT_EQ(table.intern(full()), table.intern(other));
  EXPECT_EQ(table.at(0).policy.breaker_name, "");
}

TEST(PolicyTable, WhateverDecidesOrShowsMakesAnotherPolicy) {
  const auto with_retry = [](const std::function<void(RetryPolicy&)>& change) {
    Policy policy = full();
    RetryPolicy retry = *policy.retry;
    change(retry);
    policy.retry = shared(retry);
    return policy;
  };
  const auto with_breaker = [](const std::function<void(BreakerSettings&)>& change) {
    Policy policy = full();
    BreakerSettings settings = *policy.breaker;
    change(settings);
    policy.breaker = std::make_shared<const BreakerSettings>(settings);
    return policy;
  };
  std::vector<Policy> policies{full(), Policy{}};
  for (const auto change : {+[](Policy& p) { p.timeout = 0; }, +[](Policy& p) { p.retry = nullptr; },
                            +[](Policy& p) { p.breaker = nullptr; }, +[](Policy& p) { p.breaker_per_target = true; },
                            +[](Policy& p) { p.limits.deadline = 1; }, +[](Policy& p) { p.limits.max_concurrent = 1; },
                            +[](Policy& p) { p.limits.rate_limit.emplace(); },
                            +[](Policy& p) { p.limits.rate_limit = RateLimit{.rate = 2}; },
                            +[](Policy& p) { p.limits.rate_limit = RateLimit{.per = 2}; },
                            +[](Policy& p) { p.limits.rate_limit = RateLimit{.burst = 2}; },
                            +[](Policy& p) { p.limits.hold_on_retry_after = true; }}) {
    policies.push_back(full());
    change(policies.back());
  }
  policies.push_back(with_retry([](RetryPolicy& r) { r.name = "s"; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.backoff.kind = Backoff::Kind::Exponential; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.backoff.duration = 1; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.backoff.max_interval = 1; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.max_retries = -1; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.max_duration = 1; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.http.add(429, 429); }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.http = {}; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.grpc.give(); }));
  policies.push_back(with_retry([](RetryPolicy& r) { std::swap(r.http, r.grpc); }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.backoff.initial = 1; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.backoff.multiplier = 2; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.backoff.jitter = Backoff::Jitter::Full; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.backoff.spread = 0.25; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.max_retry_after = 1; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.budget.emplace(); }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.budget = RetryBudget{.ratio = 1}; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.budget = RetryBudget{.min_per_second = 1}; }));
  policies.push_back(with_retry([](RetryPolicy& r) { r.budget = RetryBudget{.window = 1}; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.policy_name = "other"; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.max_requests = 2; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.interval = 1; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.timeout = 1; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.trip = testing::trip_rule("requests > 1"); }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.window = 1; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.buckets = 1; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.window_calls = 1; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.slow_call = 1; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.http.give(); }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.grpc.give(); }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.timeout_multiplier = 2; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.max_timeout = 1; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.timeout_jitter = 1; }));
  policies.push_back(with_breaker([](BreakerSettings& b) { b.shadow = true; }));

  PolicyTable table;
  std::set<std::uint32_t> numbers;
  for (const Policy& policy : policies) numbers.insert(table.intern(policy));
  EXPECT_EQ(numbers.size(), policies.size());
  for (const Policy& policy : policies) numbers.insert(table.intern(policy));
  EXPECT_EQ(table.size(), policies.size());
}

// Texts are lengths and bytes, so that no choice of names makes two policies look like one.
TEST(PolicyTable, NoNameCanImitateAnotherPolicy) {
  PolicyTable table;
  Policy a, b;
  RetryPolicy retry = constant_retry(1, 1);
  retry.name =
      "x\x1f"
      "1";
  a.retry = shared(retry);
  retry.name = "x";
  b.retry = shared(retry);
  EXPECT_NE(table.intern(a), table.intern(b));
}

TEST(PolicyTable, RecordsStayWhereTheyAre) {
  PolicyTable table;
  Policy policy;
  table.intern(policy);
  const PolicyRecord* first = &table.at(0);
  for (std::uint32_t i = 1; i < 5000; ++i) {
    policy.timeout = i;
    ASSERT_EQ(table.intern(policy), i);
  }
  EXPECT_EQ(&table.at(0), first);
  std::set<const PolicyRecord*> records;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(table.at(i).policy.timeout, static_cast<Nanos>(i));
    records.insert(&table.at(i));
  }
  EXPECT_EQ(records.size(), 5000u);
}

TEST(PolicyTable, ContainsTheNumbersItGaveOut) {
  PolicyTable table;
  EXPECT_FALSE(table.contains(0));
  table.intern(Policy{});
  EXPECT_TRUE(table.contains(0));
  EXPECT_FALSE(table.contains(1));
  EXPECT_FALSE(table.contains(UINT32_MAX));
}

TEST(PolicyTable, APlanPointsIntoItsOwnRecord) {
  PolicyTable table;
  {
    const Policy policy = full();
    table.intern(policy);
  }
  EXPECT_EQ(table.at(0).plan.trip, &table.at(0).policy.breaker->trip);
  EXPECT_TRUE(table.at(0).plan.trip->trips({.consecutive_failures = 6}));
}

}  // namespace
}  // namespace resil
