// Fields in another case, given twice, left out; numbers of another shape.
#include <gtest/gtest.h>

#include "support/loading.h"

namespace resil {
namespace {

using Texts = std::vector<std::string>;

LoadOptions lenient(const std::string& app = "shop") {
  LoadOptions options;
  options.lenient = true;
  options.app_id = app;
  return options;
}

// Every section and every field in another case.
const std::string kOtherCase =
    "APIVersion: dapr.io/v1alpha1\nKind: Resiliency\nMetadata: {name: x}\nScopes: [shop]\nSpec:\n  Policies:\n"
    "    Timeouts: {t: 5s}\n"
    "    Retries:\n      r: {Policy: exponential, MaxInterval: 2s, maxretries: 3, Matching: {HTTPStatusCodes: \"503\", "
    "grpcStatusCodes: \"14\"}}\n"
    "      c: {DURATION: 7s}\n"
    "    circuitbreakers:\n      cb: {maxrequests: 2, Interval: 3s, TimeOut: 4s, Trip: totalFailures > 1}\n"
    "  Targets:\n    Apps:\n      a: {Timeout: t, Retry: r, circuitbreaker: cb, circuitbreakercachesize: 7}\n"
    "    Actors:\n      T: {circuitBreaker: cb, circuitbreakerscope: type, retry: c}\n"
    "    Components:\n      s: {Outbound: {retry: r}, INBOUND: {timeout: t}}\n";

TEST(LoaderSpelling, LenientAppliesEveryFieldInAnotherCaseAndSaysSo) {
  const LoadResult result = load_text(lenient(), kOtherCase);
  ASSERT_EQ(errors(result), Texts{});
  const PolicySet& set = *result.policies;
  const RetryPolicy& r = *set.retries.at("r");
  EXPECT_EQ(r.backoff.kind, Backoff::Kind::Exponential);
  EXPECT_EQ(r.backoff.max_interval, 2 * kSecond);
  EXPECT_EQ(r.max_retries, 3);
  EXPECT_TRUE(r.http.matches(503) && !r.http.matches(500));
  EXPECT_TRUE(r.grpc.matches(14) && !r.grpc.matches(4));
  EXPECT_EQ(set.retries.at("c")->backoff.duration, 7 * kSecond);
  const BreakerSettings& cb = *set.breakers.at("cb");
  EXPECT_EQ(cb.max_requests, 2u);
  EXPECT_EQ(cb.interval, 3 * kSecond);
  EXPECT_EQ(cb.timeout, 4 * kSecond);
  EXPECT_EQ(cb.trip.text(), "totalFailures > 1");
  const TargetEntry& a = set.apps.at("a");
  EXPECT_EQ(a.timeout, 5 * kSecond);
  EXPECT_EQ(a.retry->name, "r");
  EXPECT_EQ(a.breaker->policy_name, "cb");
  EXPECT_EQ(a.cache_size, 7u);
  EXPECT_EQ(set.actors.at("T").scope, TargetEntry::Scope::Type);
  EXPECT_EQ(set.outbound.at("s").retry->name, "r");
  EXPECT_EQ(set.inbound.at("s").timeout, 5 * kSecond);
  EXPECT_EQ(warnings(result).size(), 31u);
  for (const std::string& warning : warnings(result))
    EXPECT_NE(warning.find("is applied; its right spelling is "), std::string::npos) << warning;
}

TEST(LoaderSpelling, LenientAppliesScopesInAnotherCase) {
  const LoadResult other = load_text(lenient("other"), kOtherCase);
  ASSERT_TRUE(other.policies);
  EXPECT_TRUE(other.policies->apps.empty());
}

TEST(LoaderSpelling, StrictRefusesEachWithTheRightSpelling) {
  LoadOptions options;
  options.app_id = "shop";
  const Texts all = errors(load_text(options, kOtherCase));
  EXPECT_EQ(all.size(), 31u);
  for (const std::string& error : all) EXPECT_NE(error.find("; did you mean '"), std::string::npos) << error;
  EXPECT_EQ(all.front(), "1:1: unknown field 'APIVersion' in the document; did you mean 'apiVersion'?");
}

TEST(LoaderSpelling, AFieldInTwoSpellingsIsAnErrorThatNamesBothLines) {
  for (const std::string fields :
       {"        maxRetries: 3\n        maxretries: 4\n", "        MAXRETRIES: 3\n        maxRetries: 4\n"}) {
    const std::string yaml = document("  policies:\n    retries:\n      r:\n" + fields);
    for (const bool is_lenient : {false, true}) {
      LoadOptions options;
      options.lenient = is_lenient;
      EXPECT_EQ(only_error(yaml, options),
                "8:9: the field maxRetries is here a second time, the first is in line 7; remove one");
    }
  }
  EXPECT_EQ(only_error("kind: Resiliency\nspec: {}\nSpec: {}\n"),
            "3:1: the field spec is here a second time, the first is in line 2; remove one");
}

TEST(LoaderSpelling, AnEmptyStringIsTheFieldLeftOut) {
  const PolicySet set = loaded(
      "apiVersion: \"\"\nkind: Resiliency\nmetadata: {name: \"\"}\nscopes: \"\"\nspec:\n  policies:\n    retries:\n"
      "      r: {policy: \"\", duration: '', maxInterval: \"\", maxRetries: \"\", matching: {httpStatusCodes: \"\", "
      "gRPCStatusCodes: ''}}\n"
      "    circuitBreakers:\n      cb: {maxRequests: \"\", interval: \"\", timeout: \"\", trip: \"\"}\n"
      "  targets:\n    apps:\n      a: {timeout: \"\", retry: \"\", circuitBreaker: '', circuitBreakerCacheSize: "
      "\"\"}\n"
      "    actors:\n      T: {retry: r, circuitBreaker: \"\", circuitBreakerScope: \"\"}\n"
      "    components:\n      c: {inbound: \"\", outbound: {circuitBreaker: cb}}\n");
  EXPECT_EQ(*set.retries.at("r"), (RetryPolicy{.name = "r"}));
  EXPECT_EQ(set.breakers.at("cb")->rules(), BreakerRules{});
  EXPECT_EQ(set.apps.at("a").cache_size, 100u);
  EXPECT_FALSE(set.actors.at("T").breaker);
}

TEST(LoaderSpelling, ATimeoutWithoutAValueLimitsNothing) {
  for (const std::string value : {"", "\"\"", "~"}) {
    const LoadResult result = load_text(
        {}, document("  policies:\n    timeouts: {t: " + value + "}\n  targets: {apps: {a: {timeout: t}}}\n"));
    EXPECT_EQ(errors(result), Texts{}) << value;
    EXPECT_EQ(all_warnings(result),
              Texts{"5:16: timeout 't' has no value, so it limits nothing; write a duration like 5s"});
    EXPECT_EQ(result.policies->apps.at("a").timeout, 0);
  }
}

TEST(LoaderSpelling, EmptyEntriesOfScopesAreLeftOut) {
  LoadOptions options;
  options.app_id = "shop";
  EXPECT_TRUE(loaded("kind: Resiliency\nscopes: [\"\", shop, ~]\nspec: {targets: {apps: {a: {}}}}\n", options)
                  .apps.contains("a"));
  const LoadResult all = load_text(options, "kind: Resiliency\nscopes: [\"\"]\nspec: {targets: {apps: {a: {}}}}\n");
  EXPECT_EQ(warnings(all), Texts{"2:9: scopes has only empty entries: this document applies to every app"});
  EXPECT_TRUE(all.policies->apps.contains("a"));
}

TEST(LoaderSpelling, AnEmptyNameIsIgnoredWithAWord) {
  const LoadResult result =
      load_text({}, document("  policies: {timeouts: {\"\": 5s}}\n  targets: {apps: {\"\": {}}}\n"));
  EXPECT_EQ(all_warnings(result), (Texts{"4:25: an empty name can never be used; this timeout is ignored",
                                         "5:20: an empty name can never be used; this app is ignored"}));
  EXPECT_TRUE(result.policies->timeouts.empty() && result.policies->apps.empty());
}

TEST(LoaderSpelling, ABareDurationWithALeadingZeroIsRefused) {
  EXPECT_EQ(only_error(document("  policies: {retries: {r: {duration: 010}}}\n")),
            "4:38: duration: '010' has leading zeros and no unit; write 10ms (or 8ms, which is what YAML reads)");
}

TEST(LoaderSpelling, LenientWarningsSayWhatBecomesOfIt) {
  const auto said = [](const std::string& yaml) {
    const LoadResult result = load_text(lenient(), yaml);
    EXPECT_EQ(errors(result), Texts{});
    const Texts texts = warnings(result);
    EXPECT_EQ(texts.size(), 1u);
    return texts.empty() ? "" : texts[0].substr(texts[0].rfind('('));
  };
  EXPECT_EQ(said(document("  policy: {}\n")), "(it is ignored)");
  EXPECT_EQ(said(document("  targets: {apps: {a: {retry: none}}}\n")), "(the target has no retry policy)");
  EXPECT_EQ(said(document("  targets: {apps: {a: {timeout: none}}}\n")), "(the target has no timeout)");
  EXPECT_EQ(said(document("  targets: {apps: {a: {circuitBreaker: none}}}\n")), "(the target has no circuit breaker)");
  EXPECT_EQ(said("apiVersion: v1\nkind: Resiliency\nspec: {}\n"), "(it applies all the same)");
  EXPECT_EQ(said("kind: Resilience\n---\nkind: Resiliency\nspec: {}\n"), "(it is skipped)");
  EXPECT_EQ(said(document("  policies: {retries: {DaprBuiltInActorNotFoundRetries: {}}}\n")), "(it stays as it is)");
  EXPECT_EQ(said(document("  policies: {circuitBreakers: {cb: {trip: failures > 3}}}\n")),
            "(this breaker never trips)");
  EXPECT_EQ(said(document("  policies: {circuitBreakers: {cb: {trip: failures > 3 || totalFailures > 9}}}\n")),
            "(it does not trip where it depends on this)");
}

}  // namespace
}  // namespace resil
