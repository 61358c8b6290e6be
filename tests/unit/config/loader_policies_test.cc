// spec.policies: defaults, every field, what overrides what.
#include <gtest/gtest.h>

#include "support/loading.h"

namespace resil {
namespace {

std::string retries(const std::string& lines) { return document("  policies:\n    retries:\n" + lines); }
std::string breakers(const std::string& lines) { return document("  policies:\n    circuitBreakers:\n" + lines); }

RetryPolicy retry(const std::string& fields) { return *loaded(retries("      r: {" + fields + "}\n")).retries.at("r"); }
BreakerSettings breaker(const std::string& fields) {
  return *loaded(breakers("      cb: {" + fields + "}\n")).breakers.at("cb");
}

TEST(LoaderPolicies, Timeouts) {
  const PolicySet set = loaded(document(
      "  policies:\n    timeouts:\n      general: 5s\n      short: 1h1.5s\n      bare: 250\n      none: 0\n      "
      "quoted: \"100ms\"\n"));
  EXPECT_EQ(set.timeouts.at("general"), 5 * kSecond);
  EXPECT_EQ(set.timeouts.at("short"), 3601 * kSecond + 500 * kMillisecond);
  EXPECT_EQ(set.timeouts.at("bare"), 250 * kMillisecond);
  EXPECT_EQ(set.timeouts.at("none"), 0);
  EXPECT_EQ(set.timeouts.at("quoted"), 100 * kMillisecond);
}

TEST(LoaderPolicies, RetryDefaults) {
  for (const std::string text : {"      r: {}\n", "      r:\n", "      r: {duration: , maxRetries: ~}\n"}) {
    const RetryPolicy policy = *loaded(retries(text)).retries.at("r");
    EXPECT_EQ(policy.name, "r");
    EXPECT_EQ(policy.backoff, Backoff{});
    EXPECT_EQ(policy.backoff.kind, Backoff::Kind::Constant);
    EXPECT_EQ(policy.backoff.duration, 5 * kSecond);
    EXPECT_EQ(policy.backoff.max_interval, 60 * kSecond);
    EXPECT_EQ(policy.max_retries, -1);
    EXPECT_EQ(policy.max_duration, 0);
    EXPECT_FALSE(policy.http.given());
    EXPECT_FALSE(policy.grpc.given());
  }
}

TEST(LoaderPolicies, RetryFields) {
  const RetryPolicy policy = retry(
      "policy: exponential, maxInterval: 15s, maxRetries: 3, matching: "
      "{httpStatusCodes: \"429,500-599\", gRPCStatusCodes: \"4,8,14\"}");
  EXPECT_EQ(policy.backoff.kind, Backoff::Kind::Exponential);
  EXPECT_EQ(policy.backoff.max_interval, 15 * kSecond);
  EXPECT_EQ(policy.max_retries, 3);
  EXPECT_TRUE(policy.http.matches(503) && policy.http.matches(429) && !policy.http.matches(404));
  EXPECT_TRUE(policy.grpc.matches(14) && !policy.grpc.matches(2));
}

TEST(LoaderPolicies, PolicyIsCaseInsensitive) {
  EXPECT_EQ(retry("policy: Exponential").backoff.kind, Backoff::Kind::Exponential);
  EXPECT_EQ(retry("policy: EXPONENTIAL").backoff.kind, Backoff::Kind::Exponential);
  EXPECT_EQ(retry("policy: Constant").backoff.kind, Backoff::Kind::Constant);
}

TEST(LoaderPolicies, WholeNumbersInEverySpellingOfYaml) {
  EXPECT_EQ(retry("maxRetries: 0").max_retries, 0);
  EXPECT_EQ(retry("maxRetries: -1").max_retries, -1);
  EXPECT_EQ(retry("maxRetries: \"3\"").max_retries, 3);
  EXPECT_EQ(retry("maxRetries: '7'").max_retries, 7);
  EXPECT_EQ(retry("maxRetries: 2147483647").max_retries, 2147483647);
  for (const auto& [text, number] : std::vector<std::pair<std::string, std::int64_t>>{
           {"+3", 3}, {"0x10", 16}, {"3.0", 3}, {"1e3", 1000}, {"1_000", 1000}, {"\"+3\"", 3}, {"-1.0", -1}}) {
    EXPECT_EQ(retry("maxRetries: " + text).max_retries, number) << text;
  }
  for (const std::string wrong : {"three", "3.5", "3 000", "--3", "true", "nan", "-.inf"}) {
    EXPECT_EQ(only_error(retries("      r: {maxRetries: " + wrong + "}\n")),
              "6:23: maxRetries must be a whole number, or -1 for no limit; this is '" + wrong + "'");
  }
  EXPECT_EQ(only_error(retries("      r: {maxRetries: 010}\n")),
            "6:23: maxRetries: '010' has leading zeros; write 10 (YAML reads 010 as 8)");
  EXPECT_EQ(only_error(retries("      r: {maxRetries: 08}\n")), "6:23: maxRetries: '08' has leading zeros; write 8");
  EXPECT_EQ(only_error(breakers("      cb: {maxRequests: two}\n")),
            "6:25: maxRequests must be a whole number, like 3; this is 'two'");
  for (const std::string wrong : {"-2", "2147483648", "99999999999999999999"}) {
    EXPECT_EQ(only_error(retries("      r: {maxRetries: " + wrong + "}\n")),
              "6:23: maxRetries must be from -1 to 2147483647, this is '" + wrong + "'");
  }
}

TEST(LoaderPolicies, StatusListsMayBeANumberOrEmpty) {
  EXPECT_TRUE(retry("matching: {httpStatusCodes: 429}").http.matches(429));
  EXPECT_FALSE(retry("matching: {httpStatusCodes: \"\"}").http.given());
  EXPECT_FALSE(retry("matching: {}").http.given());
  EXPECT_FALSE(retry("matching: ").http.given());
}

TEST(LoaderPolicies, BreakerDefaults) {
  for (const std::string text : {"      cb: {}\n", "      cb:\n", "      cb: {maxRequests: 0, timeout: 0, trip: }\n"}) {
    const BreakerSettings settings = *loaded(breakers(text)).breakers.at("cb");
    EXPECT_EQ(settings.policy_name, "cb");
    EXPECT_EQ(settings.max_requests, 1u);
    EXPECT_EQ(settings.interval, 0);
    EXPECT_EQ(settings.timeout, 60 * kSecond);
    EXPECT_EQ(settings.trip, TripRule());
  }
}

TEST(LoaderPolicies, BreakerFields) {
  const BreakerSettings settings =
      breaker("maxRequests: 65535, interval: 8s, timeout: 45s, trip: consecutiveFailures > 8");
  EXPECT_EQ(settings.max_requests, 65535u);
  EXPECT_EQ(settings.interval, 8 * kSecond);
  EXPECT_EQ(settings.timeout, 45 * kSecond);
  EXPECT_EQ(settings.trip.text(), "consecutiveFailures > 8");
  EXPECT_EQ(only_error(breakers("      cb: {maxRequests: 65536}\n")),
            "6:25: maxRequests must be from 0 to 65535, this is '65536'");
}

TEST(LoaderPolicies, TripsPointIntoTheExpression) {
  const std::string counts =
      " (the counts are requests, totalSuccesses, totalFailures, consecutiveSuccesses and consecutiveFailures)";
  EXPECT_EQ(only_error(breakers("      cb:\n        trip: requests > 3 && x > 1\n")),
            "7:31: trip: unknown variable 'x'" + counts);
  EXPECT_EQ(only_error(breakers("      cb:\n        trip: \"requests > 3 && x > 1\"\n")),
            "7:32: trip: unknown variable 'x'" + counts);
  EXPECT_EQ(only_error(breakers("      cb:\n        trip: >\n          requests > 3 &&\n          x > 1\n")),
            "7:15: trip: unknown variable 'x'" + counts + " (at column 17 of the expression)");
}

TEST(LoaderPolicies, ABlockIsAFineTrip) {
  const PolicySet set = loaded(breakers(
      "      cb:\n        trip: |\n          requests > 3 &&  // enough of them\n          totalFailures > 1\n"));
  EXPECT_TRUE(set.breakers.at("cb")->trip.trips({4, 2, 2, 0, 2}));
  EXPECT_FALSE(set.breakers.at("cb")->trip.trips({3, 1, 2, 0, 2}));
}

TEST(LoaderPolicies, NegativeDurationsAreRefused) {
  EXPECT_EQ(only_error(retries("      r: {duration: -5s}\n")), "6:21: duration cannot be negative; write 5s, or 0");
  EXPECT_EQ(only_error(retries("      r: {maxInterval: -5}\n")), "6:24: maxInterval cannot be negative; write 5, or 0");
  EXPECT_EQ(only_error(breakers("      cb: {interval: -1s}\n")), "6:22: interval cannot be negative; write 1s, or 0");
  EXPECT_EQ(only_error(breakers("      cb: {timeout: -1s}\n")), "6:21: timeout cannot be negative; write 1s, or 0");
  EXPECT_EQ(only_error(document("  policies:\n    timeouts: {t: -1s}\n")),
            "5:19: t cannot be negative; write 1s, or 0");
}

TEST(LoaderPolicies, ReservedRetriesAreThereAndMayBeOverridden) {
  EXPECT_EQ(loaded(document("  policies: {}\n")).retries.at("DaprBuiltInServiceRetries")->max_retries, 3);
  const PolicySet set = loaded(retries("      DaprBuiltInServiceRetries: {duration: 2s, maxRetries: 10}\n"));
  EXPECT_EQ(set.retries.at("DaprBuiltInServiceRetries")->max_retries, 10);
  EXPECT_EQ(set.resolve(TargetKind::Builtin, "DaprBuiltInServiceRetries", "").retry->backoff.duration, 2 * kSecond);
}

TEST(LoaderPolicies, AnOverrideBelowThreeIsRaised) {
  for (const std::string fields : {"maxRetries: 2", "maxRetries: 0", "maxRetries: -1", ""}) {
    const LoadResult result = load_text({}, retries("      DaprBuiltInActorRetries: {" + fields + "}\n"));
    EXPECT_EQ(errors(result), std::vector<std::string>{});
    ASSERT_EQ(warnings(result).size(), 1u) << fields;
    EXPECT_NE(warnings(result)[0].find("is raised to 3"), std::string::npos) << warnings(result)[0];
    EXPECT_EQ(result.policies->retries.at("DaprBuiltInActorRetries")->max_retries, 3);
  }
}

TEST(LoaderPolicies, ActorNotFoundCannotBeOverridden) {
  const std::string yaml = retries("      DaprBuiltInActorNotFoundRetries: {maxRetries: 10}\n");
  EXPECT_EQ(
      only_error(yaml),
      "6:7: 'DaprBuiltInActorNotFoundRetries' is built in and cannot be overridden; remove it or choose another name");
  LoadOptions lenient;
  lenient.lenient = true;
  const LoadResult result = load_text(lenient, yaml);
  EXPECT_EQ(warnings(result).size(), 1u);
  ASSERT_TRUE(result.policies);
  EXPECT_EQ(result.policies->retries.at("DaprBuiltInActorNotFoundRetries")->max_retries, 5);
}

}  // namespace
}  // namespace resil
