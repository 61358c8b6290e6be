// What comes later: a document that overrides takes the place of the whole, an extension amends what it names and no
// more.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/loading.h"

namespace resil {
namespace {

const std::string kExtension = "---\napiVersion: resil.dev/v1\nkind: ResiliencyExtension\nspec:\n";

std::string two(const std::string& first, const std::string& second) {
  return document(first) + "---\n" + document(second);
}
std::string amended(const std::string& first, const std::string& more) { return document(first) + kExtension + more; }

TEST(LoaderAmend, ALaterTimeoutWithoutAValueTakesTheEarlierAway) {
  const LoadResult result = load_text({}, two("  policies: {timeouts: {t: 5s}}\n", "  policies: {timeouts: {t: }}\n"));
  ASSERT_TRUE(result.policies);
  EXPECT_EQ(result.policies->timeouts.at("t"), 0);
  ASSERT_EQ(warnings(result).size(), 2u);
  EXPECT_NE(warnings(result)[1].find("timeout 't' has no value, so it limits nothing"), std::string::npos);
}

TEST(LoaderAmend, AnExtensionsTimeoutWithoutAValueLeavesItAndSaysSo) {
  const LoadResult result =
      load_text({}, amended("  policies: {timeouts: {t: 5s}}\n", "  policies: {timeouts: {t: , u: }}\n"));
  ASSERT_TRUE(result.policies);
  EXPECT_EQ(result.policies->timeouts.at("t"), 5 * kSecond);
  EXPECT_EQ(result.policies->timeouts.at("u"), 0);
  const std::vector<std::string> said = warnings(result);
  ASSERT_EQ(said.size(), 2u);
  EXPECT_NE(said[0].find("timeout 't' has no value, so it stays 5s"), std::string::npos) << said[0];
  EXPECT_NE(said[1].find("timeout 'u' has no value, so it limits nothing"), std::string::npos) << said[1];
}

// A field of the definition that was overridden is nobody's any more.
TEST(LoaderAmend, AnOverriddenFieldIsNotSaidToHaveNoEffect) {
  const LoadResult result = load_text({}, two("  policies: {retries: {r: {policy: exponential, maxInterval: 5s}}}\n",
                                              "  policies: {retries: {r: {policy: constant, duration: 5s}}}\n"));
  ASSERT_TRUE(result.policies);
  const std::vector<std::string> said = warnings(result);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_NE(said[0].find("retry policy 'r' overrides the one of line 4"), std::string::npos) << said[0];
}

TEST(LoaderAmend, WhatNobodyUsesIsToldWhereItWasDefined) {
  for (const std::string& yaml : {amended("  policies: {timeouts: {t: 5s}}\n", "  policies: {timeouts: {t: 6s}}\n"),
                                  amended("  policies: {retries: {t: {}}}\n", "  policies: {retries: {t: {}}}\n")}) {
    const std::vector<std::string> said = all_warnings(load_text({}, yaml));
    ASSERT_EQ(said.size(), 1u);
    EXPECT_EQ(said[0].rfind("4:", 0), 0u) << said[0];
  }
}

TEST(LoaderAmend, OfTwoDocumentsTheLaterDefinitionIsTheOneThatIsNotUsed) {
  const std::vector<std::string> said =
      all_warnings(load_text({}, two("  policies: {timeouts: {t: 5s}}\n", "  policies: {timeouts: {t: 6s}}\n")));
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ(said[1].rfind("9:", 0), 0u) << said[1];
}

TEST(LoaderAmend, AnActorIsAmendedOrReplacedLikeAnApp) {
  const std::string policies =
      "  policies: {timeouts: {t: 5s}, retries: {r: {maxRetries: 2}}, circuitBreakers: {b: {}}}\n";
  const std::string actor =
      "  targets: {actors: {x: {timeout: t, circuitBreaker: b, circuitBreakerScope: type, circuitBreakerCacheSize: "
      "7}}}\n";
  const PolicySet kept = loaded(amended(policies + actor, "  targets: {actors: {x: {retry: r}}}\n"));
  const TargetEntry& entry = kept.actors.at("x");
  EXPECT_EQ(entry.timeout, 5 * kSecond);
  EXPECT_NE(entry.retry, nullptr);
  EXPECT_NE(entry.breaker, nullptr);
  EXPECT_EQ(entry.scope, TargetEntry::Scope::Type);
  EXPECT_EQ(entry.cache_size, 7u);
  const LoadResult later = load_text({}, two(policies + actor, "  targets: {actors: {x: {retry: r}}}\n"));
  ASSERT_TRUE(later.policies);
  const TargetEntry& replaced = later.policies->actors.at("x");
  EXPECT_EQ(replaced.timeout, 0);
  EXPECT_EQ(replaced.breaker, nullptr);
  EXPECT_EQ(replaced.scope, TargetEntry::Scope::Id);
  EXPECT_EQ(replaced.cache_size, 5000u);
}

TEST(LoaderAmend, ALenientNameThatIsUndefinedTakesTheAmendedOneAway) {
  const std::string first =
      "  policies: {timeouts: {t: 5s}, retries: {r: {}}}\n  targets: {apps: {a: {timeout: t, retry: r}}}\n";
  const LoadResult result = load_text({.lenient = true}, amended(first, "  targets: {apps: {a: {timeout: nope}}}\n"));
  ASSERT_TRUE(result.policies);
  EXPECT_EQ(result.policies->apps.at("a").timeout, 0) << "the target has no timeout, as the warning says";
  EXPECT_NE(result.policies->apps.at("a").retry, nullptr);
}

TEST(LoaderAmend, ARateLimitIsAmendedFieldByField) {
  const auto limits = [](const std::string& more) {
    return loaded(amended("  {}\n", "  targets: {apps: {a: {rateLimit: {rate: 100, per: 2s, burst: 3}}}}\n") +
                  kExtension + "  targets: {apps: {a: {rateLimit: {" + more + "}}}}\n")
        .apps.at("a")
        .limits.rate_limit.value();
  };
  EXPECT_EQ(limits("burst: 9"), (RateLimit{.rate = 100, .per = 2 * kSecond, .burst = 9}));
  EXPECT_EQ(limits("per: 1s"), (RateLimit{.rate = 100, .per = kSecond, .burst = 3}));
  EXPECT_EQ(limits("rate: 7"), (RateLimit{.rate = 7, .per = 2 * kSecond, .burst = 3}));
}

TEST(LoaderAmend, AReservedRetryIsNotAmendedBelowItsLeast) {
  const auto reserved = [](const std::string& fields) {
    return load_text({}, amended("  {}\n", "  policies: {retries: {DaprBuiltInServiceRetries: {" + fields + "}}}\n"));
  };
  for (const char* fields : {"maxRetries: 1", "maxRetries: 0", "maxRetries: 2"}) {
    const LoadResult result = reserved(fields);
    ASSERT_EQ(warnings(result).size(), 1u) << fields;
    EXPECT_NE(warnings(result)[0].find("is raised to 3"), std::string::npos);
    EXPECT_EQ(result.policies->retries.at("DaprBuiltInServiceRetries")->max_retries, 3);
  }
  for (const char* fields : {"maxRetries: 3", "maxRetries: 4", "duration: 2s"}) {
    EXPECT_EQ(warnings(reserved(fields)), std::vector<std::string>{}) << fields;
  }
}

// Whatever kind of default an entry takes away, it says so; one that was there before took it away already.
TEST(LoaderAmend, AnEntryThatTakesADefaultAway) {
  const std::vector<std::string> defaults = {"timeouts: {Default%TimeoutPolicy: 5s}",
                                             "retries: {Default%RetryPolicy: {}}",
                                             "circuitBreakers: {Default%CircuitBreakerPolicy: {}}"};
  const std::vector<std::vector<std::string>> targets = {
      {"App", "apps", "{deadline: 9s}"},
      {"Actor", "actors", "{deadline: 9s}"},
      {"ComponentOutbound", "components", "{outbound: {deadline: 9s}}"}};
  for (std::string policy : defaults) {
    for (const std::vector<std::string>& target : targets) {
      std::string named = policy;
      named.replace(named.find('%'), 1, target[0]);
      const std::string more = "  targets: {" + target[1] + ": {x: " + target[2] + "}}\n";
      const std::vector<std::string> said = warnings(load_text({}, amended("  policies: {" + named + "}\n", more)));
      ASSERT_EQ(said.size(), 1u) << named << more;
      EXPECT_NE(said[0].find("has its only entry here, so default policies no longer apply"), std::string::npos);
      const std::string before = "  policies: {" + named + "}\n  targets: {" + target[1] + ": {x: {}}}\n";
      EXPECT_EQ(warnings(load_text({}, amended(before, more))), std::vector<std::string>{}) << before;
    }
  }
}

TEST(LoaderAmend, FieldsOfAConstantPolicyThatItDoesNotHave) {
  for (const auto& [fields, field] :
       std::vector<std::pair<const char*, const char*>>{{"initialInterval: 1s", "initialInterval"},
                                                        {"multiplier: 2", "multiplier"},
                                                        {"maxInterval: 9s", "maxInterval"},
                                                        {"maxRetries: 0, budget: {ratio: 1}", "budget"},
                                                        {"spread: 0.1", "spread"}}) {
    const std::vector<std::string> said =
        warnings(load_text({}, amended("  {}\n", "  policies: {retries: {r: {" + std::string(fields) + "}}}\n")));
    ASSERT_EQ(said.size(), 1u) << fields;
    EXPECT_NE(said[0].find(std::string(field) + " has no effect here"), std::string::npos) << said[0];
  }
}

}  // namespace
}  // namespace resil
