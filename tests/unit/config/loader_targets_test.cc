// spec.targets: apps, actors, components, and the names they refer to.
#include <gtest/gtest.h>

#include "support/loading.h"

namespace resil {
namespace {

const std::string kPolicies =
    "  policies:\n    timeouts: {general: 5s, quick: 100ms}\n    retries: {retryForever: {maxRetries: -1}}\n"
    "    circuitBreakers: {simpleCB: {maxRequests: 1}}\n";

// Target lines begin at line 9.
std::string with(const std::string& targets) { return document(kPolicies + "  targets:\n" + targets); }

LoadOptions lenient() {
  LoadOptions options;
  options.lenient = true;
  return options;
}

TEST(LoaderTargets, Apps) {
  const PolicySet set = loaded(
      with("    apps:\n      a: {timeout: general, retry: retryForever, circuitBreaker: simpleCB}\n"
           "      b: {timeout: quick, circuitBreaker: simpleCB, circuitBreakerCacheSize: 7}\n      c: {}\n      d:\n"));
  const Policy a = set.resolve(TargetKind::App, "a", "m");
  EXPECT_EQ(a.timeout, 5 * kSecond);
  EXPECT_EQ(a.retry->name, "retryForever");
  EXPECT_EQ(a.breaker->policy_name, "simpleCB");
  EXPECT_EQ(a.breaker_name, "a:m");
  EXPECT_EQ(a.cache_size, 100u);
  const Policy b = set.resolve(TargetKind::App, "b", "m");
  EXPECT_EQ(b.timeout, 100 * kMillisecond);
  EXPECT_FALSE(b.retry);
  EXPECT_EQ(b.cache_size, 7u);
  EXPECT_TRUE(set.apps.contains("c") && set.apps.contains("d")) << "an empty entry is an entry: it ends the defaults";
}

TEST(LoaderTargets, ACacheSizeOfZeroIsTheUsualOne) {
  const PolicySet set = loaded(
      with("    apps:\n      a: {circuitBreaker: simpleCB, circuitBreakerCacheSize: 0}\n"
           "      b: {circuitBreaker: simpleCB, circuitBreakerCacheSize: 1}\n"
           "    actors:\n      t: {circuitBreaker: simpleCB, circuitBreakerScope: id, circuitBreakerCacheSize: 0}\n"));
  EXPECT_EQ(set.apps.at("a").cache_size, 100u);
  EXPECT_EQ(set.apps.at("b").cache_size, 1u);
  EXPECT_EQ(set.actors.at("t").cache_size, 5000u);
}

TEST(LoaderTargets, EmptyReferencesAreNone) {
  const PolicySet set = loaded(with("    apps:\n      a: {timeout: , retry: \"\", circuitBreaker: ~}\n"));
  EXPECT_FALSE(set.apps.at("a").retry);
}

TEST(LoaderTargets, ActorScopes) {
  const PolicySet set =
      loaded(with("    actors:\n      i: {circuitBreaker: simpleCB, circuitBreakerScope: id}\n"
                  "      t: {circuitBreaker: simpleCB, circuitBreakerScope: type, circuitBreakerCacheSize: 9}\n"
                  "      b: {circuitBreaker: simpleCB, circuitBreakerScope: both}\n      n: {timeout: general}\n"));
  EXPECT_EQ(set.resolve(TargetKind::Actor, "i", "1").breaker_name, "i-1");
  EXPECT_EQ(set.resolve(TargetKind::Actor, "i", "1").cache_size, 5000u);
  EXPECT_EQ(set.resolve(TargetKind::Actor, "t", "1").breaker_name, "t");
  EXPECT_EQ(set.resolve(TargetKind::Actor, "t", "1").cache_size, 9u);
  EXPECT_EQ(set.resolve(TargetKind::Actor, "b", "1").breaker_name, "b-1");
  EXPECT_EQ(set.resolve(TargetKind::Actor, "n", "1").timeout, 5 * kSecond);
}

TEST(LoaderTargets, AnActorsBreakerNeedsAScope) {
  const std::string missing = with("    actors:\n      t: {circuitBreaker: simpleCB}\n");
  EXPECT_EQ(only_error(missing),
            "10:27: actor type 't' has a circuitBreaker, so it needs a circuitBreakerScope; write id, type or both");
  EXPECT_EQ(only_error(missing, lenient()), only_error(missing)) << "an error for the original too";
  EXPECT_EQ(only_error(with("    actors:\n      t: {circuitBreaker: simpleCB, circuitBreakerScope: types}\n")),
            "10:58: circuitBreakerScope must be id, type or both, not 'types'; did you mean 'type'?");
}

TEST(LoaderTargets, Components) {
  const PolicySet set = loaded(with(
      "    components:\n      store: {outbound: {timeout: general, retry: retryForever, circuitBreaker: simpleCB}}\n"
      "      queue: {inbound: {retry: retryForever}, outbound: {timeout: quick}}\n"));
  const Policy out = set.resolve(TargetKind::ComponentOut, "store", "Statestore");
  EXPECT_EQ(out.timeout, 5 * kSecond);
  EXPECT_EQ(out.breaker_name, "simpleCB-store");
  EXPECT_TRUE(set.inbound.contains("store")) << "no defaults for the direction that was left out";
  EXPECT_FALSE(set.resolve(TargetKind::ComponentIn, "store", "Statestore").retry);
  EXPECT_TRUE(set.resolve(TargetKind::ComponentIn, "queue", "Pubsub").retry);
  EXPECT_EQ(set.resolve(TargetKind::ComponentOut, "queue", "Pubsub").timeout, 100 * kMillisecond);
}

TEST(LoaderTargets, UndefinedNamesSuggest) {
  EXPECT_EQ(only_error(with("    apps:\n      a: {retry: retryForevr}\n")),
            "10:18: undefined retry policy 'retryForevr'; did you mean 'retryForever'?");
  EXPECT_EQ(only_error(with("    apps:\n      a: {timeout: genral}\n")),
            "10:20: undefined timeout 'genral'; did you mean 'general'?");
  EXPECT_EQ(only_error(with("    apps:\n      a: {circuitBreaker: simplecb}\n")),
            "10:27: undefined circuit breaker 'simplecb'; did you mean 'simpleCB'?");
  EXPECT_EQ(only_error(with("    apps:\n      a: {timeout: simpleCB}\n")),
            "10:20: undefined timeout 'simpleCB'; it is a circuit breaker");
  EXPECT_EQ(only_error(with("    apps:\n      a: {retry: other}\n")),
            "10:18: undefined retry policy 'other'; define it under retries, where there is retryForever");
  EXPECT_EQ(only_error(with("    apps:\n      a: {timeout: 5s}\n")),
            "10:20: undefined timeout '5s'; give the duration a name under timeouts, and write the name here");
}

TEST(LoaderTargets, LenientIgnoresUndefinedNamesExceptAComponentsBreaker) {
  for (const std::string target :
       {"    apps:\n      a: {retry: x, timeout: y, circuitBreaker: z}\n",
        "    actors:\n      a: {retry: x, timeout: y, circuitBreaker: z, circuitBreakerScope: id}\n"}) {
    EXPECT_EQ(errors(load_text({}, with(target))).size(), 3u);
    const LoadResult result = load_text(lenient(), with(target));
    EXPECT_EQ(errors(result), std::vector<std::string>{});
    EXPECT_EQ(warnings(result).size(), 3u);
  }
  EXPECT_EQ(only_error(with("    components:\n      c: {inbound: {retry: x, circuitBreaker: z}}\n"), lenient()),
            "10:47: undefined circuit breaker 'z'; define it under circuitBreakers, where there is simpleCB");
}

TEST(LoaderTargets, UnknownFieldsSuggest) {
  const std::string yaml = with("    apps:\n      a: {timeouts: general}\n");
  EXPECT_EQ(only_error(yaml), "10:11: unknown field 'timeouts' in app 'a'; did you mean 'timeout'?");
  EXPECT_EQ(only_error(with("    apps:\n      a: {circuitBreakerScope: id}\n")),
            "10:11: unknown field 'circuitBreakerScope' in app 'a'; only an actor type has it: remove it");
  EXPECT_EQ(only_error(with("    components:\n      c: {retry: retryForever}\n")),
            "10:11: unknown field 'retry' in component 'c'; put it under outbound (what the app sends to it) or "
            "inbound (what it "
            "delivers to the app)");
  const LoadResult result = load_text(lenient(), yaml);
  EXPECT_EQ(errors(result), std::vector<std::string>{});
  EXPECT_EQ(
      warnings(result),
      std::vector<std::string>{"10:11: unknown field 'timeouts' in app 'a'; did you mean 'timeout'? (it is ignored)"});
}

TEST(LoaderTargets, WrongShapes) {
  EXPECT_EQ(
      only_error(with("    apps: [a]\n")),
      "9:11: apps must be a mapping of fields (name: value), this is a list; write the name as a field: a: {...}");
  EXPECT_EQ(
      only_error(with("    apps:\n      a: retryForever\n")),
      "10:10: app 'a' must be a mapping of fields (name: value), this is a single value; write {retry: retryForever}");
  EXPECT_EQ(
      only_error(with("    apps:\n      a: {retry: {maxRetries: 3}}\n")),
      "10:18: retry must be the name of a retry policy; define it under spec.policies.retries and write its name here");
  EXPECT_EQ(only_error(with("    apps:\n      a: {circuitBreakerCacheSize: -1}\n")),
            "10:36: circuitBreakerCacheSize must be from 0 to 2147483647, this is '-1'");
}

TEST(LoaderTargets, SeveralIndependentErrorsAtOnceInTheOrderOfTheText) {
  const std::vector<std::string> all =
      errors(load_text({}, document("  policies:\n    retries:\n      r: {maxRetries: x, duration: 5d}\n"
                                    "    circuitBreakers:\n      cb: {trip: failures > 1}\n"
                                    "  targets:\n    apps:\n      a: {retry: q, timeout: t}\n")));
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[0].substr(0, 5), "6:23:");
  EXPECT_EQ(all[1].substr(0, 5), "6:36:");
  EXPECT_EQ(all[2].substr(0, 5), "8:18:");
  EXPECT_EQ(all[3].substr(0, 6), "11:18:");
  EXPECT_EQ(all[4].substr(0, 6), "11:30:");
}

}  // namespace
}  // namespace resil
