// Fields and policies without effect are warnings, and so are never in the way.
#include <gtest/gtest.h>

#include "support/loading.h"

namespace resil {
namespace {

using Texts = std::vector<std::string>;

Texts said(const std::string& spec) {
  const LoadResult result = load_text({}, document(spec));
  EXPECT_EQ(errors(result), Texts{});
  return all_warnings(result);
}

std::string retry(const std::string& fields) {
  return "  policies: {retries: {r: {" + fields + "}}}\n  targets: {apps: {a: {retry: r}}}\n";
}

TEST(LoaderEffect, FieldsOfTheOtherBackOff) {
  EXPECT_EQ(
      said(retry("policy: exponential, duration: 5s")),
      Texts{"4:59: duration has no effect here: an exponential policy starts at 500ms and grows to maxInterval (1m)"});
  EXPECT_EQ(said(retry("policy: constant, maxInterval: 15s")),
            Texts{"4:59: maxInterval has no effect here: a constant policy waits for its duration (5s)"});
  EXPECT_EQ(said(retry("maxInterval: 15s, duration: 2s")).size(), 1u) << "constant is the default";
  EXPECT_EQ(said(retry("policy: exponential, maxInterval: 15s")), Texts{});
  EXPECT_EQ(said(retry("policy: constant, duration: 15s")), Texts{});
}

TEST(LoaderEffect, WhatIsOfABreakerThatIsNotThere) {
  EXPECT_EQ(said("  targets:\n    apps:\n      a: {circuitBreakerCacheSize: 5}\n"),
            Texts{"6:36: circuitBreakerCacheSize has no effect here: there is no circuitBreaker beside it"});
  EXPECT_EQ(said("  targets:\n    actors:\n      a: {circuitBreakerScope: id, circuitBreakerCacheSize: 5}\n"),
            (Texts{"6:32: circuitBreakerScope has no effect here: there is no circuitBreaker beside it",
                   "6:61: circuitBreakerCacheSize has no effect here: there is no circuitBreaker beside it"}));
}

TEST(LoaderEffect, PoliciesThatNoTargetNames) {
  EXPECT_EQ(
      said("  policies:\n    timeouts: {t: 1s, u: 1s}\n    retries: {r: {}, s: {}}\n    circuitBreakers: {c: {}, d: "
           "{}}\n  targets:\n    apps: {a: {timeout: t}}\n    actors: {b: {retry: r}}\n"
           "    components: {x: {inbound: {circuitBreaker: c}}}\n"),
      (Texts{"5:23: timeout 'u' is not used: no target names it",
             "6:22: retry policy 's' is not used: no target names it",
             "7:30: circuit breaker 'd' is not used: no target names it"}));
}

TEST(LoaderEffect, DefaultAndReservedPoliciesAreUsed) {
  EXPECT_EQ(said("  policies:\n    timeouts: {DefaultTimeoutPolicy: 1s, DefaultActorTimeoutPolicy: 1s}\n"
                 "    retries: {DefaultRetryPolicy: {}, DefaultAppRetryPolicy: {}, DefaultComponentRetryPolicy: {}, "
                 "DefaultComponentInboundRetryPolicy: {}, DefaultPubsubComponentOutboundRetryPolicy: {}, "
                 "DaprBuiltInServiceRetries: {maxRetries: 5}}\n"
                 "    circuitBreakers: {DefaultStatestoreComponentInboundCircuitBreakerPolicy: {}}\n"),
            Texts{});
}

TEST(LoaderEffect, ADefaultOfTheWrongNameOrSectionIsNotUsed) {
  EXPECT_EQ(
      said("  policies:\n    timeouts: {DefaultAppRetryPolicy: 1s}\n    retries: {DefaultAppRetriesPolicy: {}}\n"),
      (Texts{"5:16: timeout 'DefaultAppRetryPolicy' is not used: no target names it; did you mean "
             "'DefaultAppTimeoutPolicy'?",
             "6:15: retry policy 'DefaultAppRetriesPolicy' is not used: no target names it; did you mean "
             "'DefaultAppRetryPolicy'?"}));
}

TEST(LoaderEffect, WhatAnotherAppsTargetsNameIsUsed) {
  LoadOptions options;
  options.app_id = "shop";
  const std::string shared = document("  policies: {retries: {r: {}, s: {}}}\n");
  const std::string other =
      "kind: Resiliency\nscopes: [cart]\nspec: {targets: {components: {c: {outbound: {retry: r}}}}}\n";
  const Texts texts = all_warnings(load_text(options, shared + "---\n" + other));
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(texts[0], "4:31: retry policy 's' is not used: no target names it");
  EXPECT_NE(texts[1].find("is skipped"), std::string::npos);
}

TEST(LoaderEffect, AMistakeIsNotFollowedByWhatItMadeSeemUnused) {
  const LoadResult result =
      load_text({}, document("  policies: {retries: {r: {}}}\n  targets: {apps: {a: {retry: q}}}\n"));
  EXPECT_EQ(errors(result).size(), 1u);
  EXPECT_EQ(all_warnings(result), Texts{});
}

// A hundred and more warnings must not hide an error, nor its place.
TEST(LoaderEffect, WarningsDoNotCrowdOutErrors) {
  std::string timeouts, apps;
  for (int i = 0; i < 150; ++i) timeouts += std::string("t").append(std::to_string(i)).append(": , ");
  const LoadResult result = load_text(
      {}, document("  policies:\n    timeouts: {" + timeouts + "}\n  targets: {apps: {a: {retry: missing}}}\n"));
  ASSERT_EQ(errors(result).size(), 1u);
  EXPECT_EQ(errors(result)[0], "6:31: undefined retry policy 'missing'; define it under retries");
  EXPECT_EQ(result.diagnostics.size(), 101u);
  EXPECT_EQ(result.diagnostics.back().text(), "and 0 more errors and 51 more warnings");
}

TEST(LoaderEffect, ScopesInMetadataAreToldToMove) {
  EXPECT_EQ(all_warnings(load_text({}, "kind: Resiliency\nmetadata: {scopes: [a]}\nspec: {}\n")),
            Texts{"2:12: scopes has no effect in metadata; put it at the top of the document"});
}

}  // namespace
}  // namespace resil
