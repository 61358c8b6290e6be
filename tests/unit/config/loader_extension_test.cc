// kind: ResiliencyExtension: what it can say, what it amends, and what is wrong with it.
#include <gtest/gtest.h>

#include "config/document/schema.h"
#include "support/loading.h"

namespace resil {
namespace {

using Texts = std::vector<std::string>;

constexpr Nanos kMinute = 60 * kSecond;

// Its spec begins at line 4, like document's.
std::string extension(const std::string& spec) {
  return "apiVersion: resil.dev/v1\nkind: ResiliencyExtension\nspec:\n" + spec;
}

const std::string kBase = document(
    "  policies:\n    timeouts: {t: 5s}\n    retries: {r: {policy: exponential, maxInterval: 15s, maxRetries: 3}}\n"
    "    circuitBreakers: {cb: {maxRequests: 2, timeout: 45s, trip: consecutiveFailures > 8}}\n"
    "  targets:\n    apps: {a: {timeout: t, retry: r, circuitBreaker: cb, circuitBreakerCacheSize: 7}}\n"
    "    components: {c: {outbound: {retry: r}, inbound: {timeout: t}}}\n");

PolicySet amended(const std::string& spec) { return loaded(kBase + "---\n" + extension(spec)); }

std::string retry(const std::string& fields) { return "  policies: {retries: {r: {" + fields + "}}}\n"; }
std::string breaker(const std::string& fields) { return "  policies: {circuitBreakers: {cb: {" + fields + "}}}\n"; }
std::string app(const std::string& fields) { return "  targets: {apps: {a: {" + fields + "}}}\n"; }

// The one error of a small extension, without its place.
std::string wrong(const std::string& spec) {
  const std::string error = only_error(kBase + "---\n" + extension(spec));
  return error.substr(error.find(": ") + 2);
}

// The warnings of a small extension.
Texts said(const std::string& spec) { return warnings(load_text({}, kBase + "---\n" + extension(spec))); }

TEST(LoaderExtension, EveryFieldOfARetry) {
  const RetryPolicy r =
      *amended(retry("initialInterval: 100ms, multiplier: 2, jitter: full, maxDuration: 1m, maxRetryAfter: 2m, "
                     "budget: {ratio: 0.5, minPerSecond: 3, window: 20s}"))
           .retries.at("r");
  EXPECT_EQ(r.backoff.initial, 100 * kMillisecond);
  EXPECT_EQ(r.backoff.multiplier, 2);
  EXPECT_EQ(r.backoff.jitter, Backoff::Jitter::Full);
  EXPECT_EQ(r.max_duration, kMinute);
  EXPECT_EQ(r.max_retry_after, 2 * kMinute);
  EXPECT_EQ(r.budget, (RetryBudget{.ratio = 0.5, .min_per_second = 3, .window = 20 * kSecond}));
  EXPECT_EQ(r.backoff.kind, Backoff::Kind::Exponential) << "what the extension does not name stays";
  EXPECT_EQ(r.backoff.max_interval, 15 * kSecond);
  EXPECT_EQ(r.max_retries, 3);
}

TEST(LoaderExtension, EveryJitter) {
  const auto jitter = [](const std::string& word) {
    return amended(retry("jitter: " + word)).retries.at("r")->backoff;
  };
  EXPECT_EQ(jitter("none").jitter, Backoff::Jitter::None);
  EXPECT_EQ(jitter("spread").jitter, Backoff::Jitter::Spread);
  EXPECT_EQ(jitter("spread").spread, 0.5);
  EXPECT_EQ(jitter("spread, spread: 0.25").spread, 0.25);
  EXPECT_EQ(jitter("Equal").jitter, Backoff::Jitter::Equal);
  EXPECT_EQ(jitter("decorrelated").jitter, Backoff::Jitter::Decorrelated);
  EXPECT_EQ(amended("  policies: {}\n").retries.at("r")->backoff.jitter_in_force(), Backoff::Jitter::Spread);
}

TEST(LoaderExtension, EveryFieldOfABreaker) {
  const BreakerSettings cb =
      *amended(
           breaker(
               "window: 30s, buckets: 64, slowCall: 2s, trip: calls >= 20 && slowRate > 0.5, matching: "
               "{httpStatusCodes: "
               "\"500-599\", gRPCStatusCodes: \"14\"}, timeoutMultiplier: 2, maxTimeout: 2m, timeoutJitter: 0.1, mode: "
               "shadow"))
           .breakers.at("cb");
  EXPECT_EQ(cb.window, 30 * kSecond);
  EXPECT_EQ(cb.buckets, 64u);
  EXPECT_EQ(cb.slow_call, 2 * kSecond);
  EXPECT_TRUE(cb.http.matches(503) && !cb.http.matches(404));
  EXPECT_TRUE(cb.grpc.matches(14) && !cb.grpc.matches(4));
  EXPECT_EQ(cb.timeout_multiplier, 2);
  EXPECT_EQ(cb.max_timeout, 2 * kMinute);
  EXPECT_EQ(cb.timeout_jitter, 0.1);
  EXPECT_TRUE(cb.shadow);
  EXPECT_EQ(cb.timeout, 45 * kSecond);
  EXPECT_EQ(cb.max_requests, 2u);
  EXPECT_EQ(amended(breaker("windowCalls: 65535, trip: calls > 9")).breakers.at("cb")->window_calls, 65'535u);
}

TEST(LoaderExtension, EveryFieldOfATarget) {
  const PolicySet set = amended(
      "  targets:\n    apps: {a: {deadline: 10s, maxConcurrent: 50, rateLimit: {rate: 100, per: 2s, burst: 20}, "
      "holdOnRetryAfter: true}}\n    actors: {T: {deadline: 1s}}\n    components: {c: {inbound: {maxConcurrent: "
      "4}}}\n");
  const Policy a = set.resolve(TargetKind::App, "a", "m");
  EXPECT_EQ(a.limits.deadline, 10 * kSecond);
  EXPECT_EQ(a.limits.max_concurrent, 50u);
  EXPECT_EQ(a.limits.rate_limit, (RateLimit{.rate = 100, .per = 2 * kSecond, .burst = 20}));
  EXPECT_TRUE(a.limits.hold_on_retry_after);
  EXPECT_EQ(a.timeout, 5 * kSecond);
  EXPECT_EQ(a.retry->name, "r");
  EXPECT_EQ(a.breaker->policy_name, "cb");
  EXPECT_EQ(a.cache_size, 7u);
  EXPECT_EQ(set.resolve(TargetKind::Actor, "T", "1").limits.deadline, kSecond);
  EXPECT_EQ(set.resolve(TargetKind::ComponentIn, "c", "").limits.max_concurrent, 4u);
  EXPECT_EQ(set.resolve(TargetKind::ComponentIn, "c", "").timeout, 5 * kSecond);
  EXPECT_EQ(set.resolve(TargetKind::ComponentOut, "c", "").limits, TargetLimits{});
  EXPECT_EQ(set.resolve(TargetKind::ComponentOut, "c", "").retry->name, "r") << "the direction it does not name stays";
}

TEST(LoaderExtension, ExtensionsApplyAfterAllPoliciesInTheirOrderWhereverTheyStand) {
  const PolicySet set =
      loaded(extension(retry("multiplier: 2, budget: {ratio: 0.5}") + app("maxConcurrent: 5")) + "---\n" + kBase +
             "---\n" + extension(retry("multiplier: 3, budget: {window: 5s}") + app("deadline: 2s")));
  EXPECT_EQ(set.retries.at("r")->backoff.multiplier, 3);
  EXPECT_EQ(set.retries.at("r")->budget, (RetryBudget{.ratio = 0.5, .window = 5 * kSecond}));
  EXPECT_EQ(set.retries.at("r")->max_retries, 3);
  EXPECT_EQ(set.apps.at("a").limits.max_concurrent, 5u);
  EXPECT_EQ(set.apps.at("a").limits.deadline, 2 * kSecond);
}

TEST(LoaderExtension, WhatOnlyItNamesItDefines) {
  const PolicySet set = amended(
      "  policies:\n    timeouts: {u: 1s}\n    retries: {s: {maxRetries: 2, jitter: equal}}\n    circuitBreakers: {d: "
      "{windowCalls: 10, trip: calls > 9}}\n"
      "  targets:\n    apps: {b: {timeout: u, retry: s, circuitBreaker: d}}\n");
  EXPECT_EQ(set.apps.at("b").timeout, kSecond);
  EXPECT_EQ(set.apps.at("b").retry->max_retries, 2);
  EXPECT_EQ(set.apps.at("b").breaker->window_calls, 10u);
  EXPECT_EQ(set.apps.at("b").cache_size, 100u);
}

TEST(LoaderExtension, FieldsOfTheOriginalMayBeAmendedToo) {
  const PolicySet set = amended(
      "  policies:\n    timeouts: {t: 9s}\n    retries: {r: {maxRetries: 8, matching: {httpStatusCodes: \"503\"}}}\n" +
      std::string("    circuitBreakers: {cb: {trip: totalFailures > 1}}\n"));
  EXPECT_EQ(set.apps.at("a").timeout, 9 * kSecond);
  EXPECT_EQ(set.apps.at("a").retry->max_retries, 8);
  EXPECT_FALSE(set.apps.at("a").retry->http.matches(500));
  EXPECT_EQ(set.apps.at("a").breaker->trip.text(), "totalFailures > 1");
}

TEST(LoaderExtension, ReservedRetriesAreAmendedWithoutLosingTheirLimits) {
  const PolicySet set = amended("  policies: {retries: {DaprBuiltInActorReminderRetries: {jitter: full}}}\n");
  const RetryPolicy& reminder = *set.retries.at("DaprBuiltInActorReminderRetries");
  EXPECT_EQ(reminder.max_retries, -1);
  EXPECT_EQ(reminder.max_duration, 15 * kMinute);
  EXPECT_EQ(reminder.backoff.jitter, Backoff::Jitter::Full);
}

TEST(LoaderExtension, ItsTripReadsMoreThanTheOriginals) {
  const auto trip = [](const std::string& rule) {
    return amended(breaker("slowCall: 1s, trip: '" + rule + "'")).breakers.at("cb")->trip;
  };
  const Counts counts{.requests = 12, .total_successes = 6, .total_failures = 2, .slow_calls = 4};
  EXPECT_TRUE(trip("calls == 8 && slowCalls == 4 && failureRate == 0.25 && slowRate == 0.5").trips(counts));
  EXPECT_TRUE(trip("failureRate == 0.0 && slowRate == 0.0 && calls == 0").trips(Counts{})) << "0 where nothing ended";
  EXPECT_TRUE(trip("failureRate >= 1").trips({.total_failures = 1}));
  EXPECT_TRUE(trip("slowRate > 0.1").reads() & kSlowCalls);
  EXPECT_TRUE(trip("slowCalls > 1").reads() & kSlowCalls);
  EXPECT_EQ(trip("failureRate > 0.5").reads(), kTotalFailures | kTotalSuccesses);
  EXPECT_EQ(trip("calls > 5").reads(), kTotalFailures | kTotalSuccesses);
}

TEST(LoaderExtension, NamesOfOursInThePoliciesOfTheOriginalAreErrors) {
  EXPECT_EQ(only_error(document(breaker("trip: failureRate > 0.5"))),
            "4:43: trip: unknown variable 'failureRate'; only the trip of a kind: ResiliencyExtension may read it (the "
            "counts are "
            "requests, totalSuccesses, totalFailures, consecutiveSuccesses and consecutiveFailures)");
  for (const std::string name : {"calls", "slowCalls", "slowRate"})
    EXPECT_NE(only_error(document(breaker("trip: " + name + " > 1"))).find("only the trip of a kind"),
              std::string::npos);
  EXPECT_NE(wrong(breaker("trip: failureRat > 0.5")).find("did you mean 'failureRate'?"), std::string::npos);
}

TEST(LoaderExtension, FieldsOfOursInADocumentOfTheOriginalSayWhereTheyBelong) {
  EXPECT_EQ(
      only_error(document(retry("jitter: full"))),
      "4:28: 'jitter' is a field of a kind: ResiliencyExtension; write it under retry policy 'r' in a document of that "
      "kind, with apiVersion: resil.dev/v1");
  for (const std::string& spec :
       {retry("maxDuration: 1m"), retry("budget: {}"), breaker("window: 30s"), breaker("mode: shadow"),
        breaker("matching: {httpStatusCodes: \"500\"}"), app("deadline: 1s"), app("rateLimit: {rate: 1}"),
        std::string("  targets: {components: {c: {outbound: {maxConcurrent: 1}}}}\n")}) {
    EXPECT_NE(only_error(document(spec)).find("is a field of a kind: ResiliencyExtension; write it under "),
              std::string::npos);
    LoadOptions lenient;
    lenient.lenient = true;
    const LoadResult result = load_text(lenient, document(spec));
    ASSERT_EQ(errors(result), Texts{});
    EXPECT_NE(warnings(result)[0].find("(it is ignored)"), std::string::npos);
  }
}

TEST(LoaderExtension, MistakesSayWhatToWrite) {
  EXPECT_EQ(wrong(retry("jitter: fulll")),
            "jitter must be none, spread, full, equal or decorrelated, not 'fulll'; did you mean 'full'?");
  EXPECT_EQ(wrong(retry("multiplier: 0.5")), "multiplier must be from 1 to 1000, this is '0.5'");
  EXPECT_EQ(wrong(retry("multiplier: two")), "multiplier must be a number like 1.5, this is 'two'");
  EXPECT_EQ(wrong(retry("jitter: spread, spread: 50%")), "spread must be a number like 0.5, this is '50%'; write 0.5");
  EXPECT_EQ(wrong(retry("jitter: spread, spread: .nan")), "spread must be a number like 0.5, this is '.nan'");
  EXPECT_EQ(wrong(retry("jitter: spread, spread: 1.01")), "spread must be from 0 to 1, this is '1.01'");
  EXPECT_EQ(wrong(retry("budget: {ratio: -1}")), "ratio must be from 0 to 1000, this is '-1'");
  EXPECT_EQ(wrong(retry("budget: {window: 0}")), "window of a budget must be at least 1ms; leave it out for 10s");
  EXPECT_EQ(
      wrong(retry("budget: {percent: 20}")),
      "unknown field 'percent' in budget of retry policy 'r'; how many retries a call may add is ratio, like 0.2");
  EXPECT_EQ(wrong(retry("jiter: full")), "unknown field 'jiter' in retry policy 'r'; did you mean 'jitter'?");
  EXPECT_EQ(wrong(breaker("buckets: 65, window: 1s")), "buckets must be from 1 to 64, this is '65'");
  EXPECT_EQ(wrong(breaker("buckets: 0, window: 1s")), "buckets must be from 1 to 64, this is '0'");
  EXPECT_EQ(wrong(breaker("windowCalls: 65536")), "windowCalls must be from 1 to 65535, this is '65536'");
  EXPECT_EQ(wrong(breaker("window: 1ms, buckets: 11")),
            "the window of circuit breaker 'cb' is too short for 11 buckets, which must last 100us or longer; write "
            "buckets: 10 or a longer window");
  EXPECT_EQ(wrong(breaker("window: 999us")), "window must be at least 1ms, or 0 for none");
  EXPECT_EQ(wrong(breaker("timeoutJitter: 1.5")), "timeoutJitter must be from 0 to 1, this is '1.5'");
  EXPECT_EQ(wrong(breaker("timeoutMultiplier: 0.9")), "timeoutMultiplier must be from 1 to 1000, this is '0.9'");
  EXPECT_EQ(wrong(breaker("mode: shadwo")), "mode must be normal or shadow, not 'shadwo'; did you mean 'shadow'?");
  EXPECT_EQ(wrong(app("maxConcurrent: -1")), "maxConcurrent must be from 0 to 65535, this is '-1'");
  EXPECT_EQ(wrong(app("maxConcurrent: 65536")), "maxConcurrent must be from 0 to 65535, this is '65536'");
  EXPECT_EQ(
      wrong(app("rateLimit: {rate: 999999937, per: 1h, burst: 1000000}")),
      "rateLimit has a spacing that cannot be kept exactly over so large a burst; write a smaller burst, or a rate "
      "that divides per");
  EXPECT_EQ(wrong(app("holdOnRetryAfter: yes")), "holdOnRetryAfter must be true or false");
  EXPECT_EQ(wrong(app("rateLimit: {burst: 5}")),
            "rateLimit has no rate; write how many attempts may begin in each per, like {rate: 100, per: 1s}");
  EXPECT_EQ(wrong(app("rateLimit: {rate: 0}")), "rate must be from 1 to 1000000000, this is '0'");
  EXPECT_EQ(wrong(app("rateLimit: {rate: 5, per: 0}")),
            "per cannot be 0; write in how long the rate may begin, like 1s");
  EXPECT_EQ(wrong(app("rateLimit: {rate: 1, burst: 0}")), "burst must be from 1 to 1000000000, this is '0'");
  EXPECT_EQ(wrong(app("rateLimit: 100")),
            "rateLimit must be a mapping of fields (name: value), this is a single value; write rateLimit: {rate: 100, "
            "per: 1s}");
  EXPECT_EQ(
      wrong("  targets: {components: {c: {deadline: 1s}}}\n"),
      "unknown field 'deadline' in component 'c'; put it under outbound (what the app sends to it) or inbound (what it "
      "delivers to the app)");
  EXPECT_EQ(only_error("apiVersion: dapr.io/v1alpha1\nkind: ResiliencyExtension\nspec: {}\n"),
            "1:13: unknown apiVersion 'dapr.io/v1alpha1'; write resil.dev/v1");
  EXPECT_EQ(only_error("kind: ResiliencyExtention\nspec: {}\n"),
            "1:7: unknown kind 'ResiliencyExtention'; did you mean 'ResiliencyExtension'?");
}

TEST(LoaderExtension, ACountCoversOneThing) {
  const std::string base = document(breaker("interval: 8s"));
  EXPECT_EQ(
      only_error(base + "---\n" + extension(breaker("window: 30s"))),
      "9:45: circuit breaker 'cb' has both window and interval, which both say what its counts cover; remove one, or "
      "write interval: 0s beside window");
  EXPECT_NE(only_error(base + "---\n" + extension(breaker("windowCalls: 30"))).find("both windowCalls and interval"),
            std::string::npos);
  EXPECT_EQ(warnings(load_text({}, base + "---\n" + extension(breaker("window: 30s, interval: 0s, trip: calls > 9")))),
            Texts{});
  EXPECT_NE(wrong(breaker("window: 30s, windowCalls: 5")).find("has both window and windowCalls"), std::string::npos);
}

TEST(LoaderExtension, ASlowNameNeedsASlowCall) {
  for (const std::string rule : {"slowCalls > 1", "slowRate > 0.5"}) {
    EXPECT_EQ(
        wrong(breaker("trip: " + rule)),
        "the trip of circuit breaker 'cb' reads slow calls, but nothing says which are; write slowCall: 2s beside it");
  }
  EXPECT_EQ(errors(load_text({}, kBase + "---\n" + extension(breaker("slowCall: 1s")) + "---\n" +
                                     extension(breaker("trip: slowCalls > 1")))),
            Texts{})
      << "another extension may say it";
}

TEST(LoaderExtension, ScopesAndAllOrNothing) {
  LoadOptions other;
  other.app_id = "other";
  const std::string scoped =
      "apiVersion: resil.dev/v1\nkind: ResiliencyExtension\nmetadata: {name: x}\nscopes: [shop]\nspec:\n" +
      retry("multiplier: 2");
  const LoadResult skipped = load_text(other, kBase + "---\n" + scoped);
  EXPECT_EQ(warnings(skipped), Texts{"15:9: extension 'x' is skipped: it is for 'shop', not for 'other'"});
  EXPECT_EQ(skipped.policies->retries.at("r")->backoff.multiplier, 1.5);
  EXPECT_FALSE(load_text({}, kBase + "---\n" + extension(retry("multiplier: x"))).policies);
  EXPECT_TRUE(load_text({}, extension("  targets: {apps: {a: {deadline: 1s}}}\n")).policies) << "it may stand alone";
}

TEST(LoaderExtension, FieldsWithoutEffectAreWarnings) {
  EXPECT_EQ(said(retry("policy: constant, multiplier: 2")).size(), 2u) << "the original's maxInterval too";
  EXPECT_EQ(said(retry("spread: 0.1, jitter: full")),
            Texts{"15:36: spread has no effect here: it belongs to jitter: spread"});
  EXPECT_EQ(said(breaker("buckets: 5")), Texts{"15:46: buckets has no effect here: there is no window to divide"});
  EXPECT_EQ(said(breaker("maxTimeout: 5m")),
            Texts{"15:49: maxTimeout has no effect here: timeoutMultiplier is 1, so the timeout never grows"});
  EXPECT_EQ(
      said(breaker("maxTimeout: 44s")),
      Texts{"15:49: maxTimeout of circuit breaker 'cb' is below its timeout (45s): it stays open for 44s each time"});
  EXPECT_EQ(said(retry("policy: exponential, spread: 0.1")), Texts{});
}

// Decorrelated jitter draws from initialInterval to maxInterval, whatever the policy.
TEST(LoaderExtension, WhatDecorrelatedJitterDoesNotDrawFromIsAWarning) {
  const std::string draws =
      " has no effect here: decorrelated jitter draws from initialInterval (500ms) to three times the delay before, at "
      "most maxInterval (";
  EXPECT_EQ(said(retry("policy: constant, jitter: decorrelated, duration: 3s, maxInterval: 9s")),
            Texts{"15:78: duration" + draws + "9s)"});
  EXPECT_EQ(said(retry("policy: exponential, jitter: decorrelated, multiplier: 2, maxInterval: 9s")),
            Texts{"15:83: multiplier" + draws + "9s)"});
  EXPECT_EQ(said(retry("policy: constant, jitter: decorrelated, initialInterval: 1s")), Texts{});
}

// Runs of failures know no window, so a window around a rule over nothing else decides nothing.
TEST(LoaderExtension, AWindowThatTheTripDoesNotReadIsAWarning) {
  const std::string runs =
      " has no effect here: the trip of circuit breaker 'cb' reads none of the counts that it covers; "
      "consecutiveFailures and consecutiveSuccesses know no window, read failureRate, calls or totalFailures";
  EXPECT_EQ(said(breaker("window: 30s, trip: consecutiveFailures > 5")), Texts{"15:45: window" + runs});
  EXPECT_EQ(said(breaker("windowCalls: 9, trip: consecutiveFailures > 5")), Texts{"15:50: windowCalls" + runs});
  EXPECT_EQ(said(breaker("window: 30s, trip: consecutiveFailures > 5 || failureRate > 0.5")), Texts{});
  for (const char* trip : {"requests", "totalSuccesses", "totalFailures", "calls"})
    EXPECT_EQ(said(breaker("window: 30s, trip: " + std::string(trip) + " > 5")), Texts{}) << trip;
  EXPECT_EQ(said(breaker("window: 0s, trip: consecutiveFailures > 5")), Texts{}) << "0 is none";
}

TEST(LoaderExtension, AnEntryThatTakesDefaultsAwaySaysSo) {
  const std::string defaults = document("  policies: {retries: {DefaultAppRetryPolicy: {}}}\n");
  EXPECT_EQ(warnings(load_text({}, defaults + "---\n" + extension(app("deadline: 1s")))),
            Texts{"9:20: app 'a' has its only entry here, so default policies no longer apply to it; name them in it"});
}

}  // namespace
}  // namespace resil
