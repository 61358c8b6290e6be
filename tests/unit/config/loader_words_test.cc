// What a mistake's message says beyond that it is one: where a field belongs, what it is called here, what was meant.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/loading.h"

namespace resil {
namespace {

using Texts = std::vector<std::string>;

std::string extension(const std::string& spec) {
  return document("  {}\n") + "---\napiVersion: resil.dev/v1\nkind: ResiliencyExtension\nspec:\n" + spec;
}
std::string retry(const std::string& fields) { return document("  policies: {retries: {r: {" + fields + "}}}\n"); }
std::string breaker(const std::string& fields) {
  return document("  policies: {circuitBreakers: {b: {" + fields + "}}}\n");
}
std::string targets(const std::string& all) { return document("  targets: {" + all + "}\n"); }

void expect_said(const std::string& yaml, const std::string& part) {
  const std::string message = only_error(yaml);
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST(LoaderWords, AFieldInTheWrongTarget) {
  expect_said(targets("actors: {a: {inbound: {}}}"), "put its fields directly under the actor type");
  expect_said(targets("apps: {a: {outbound: {}}}"), "put its fields directly under the app");
  expect_said(targets("components: {c: {outbound: {circuitBreakerScope: id}}}"),
              "only an actor type has it: remove it");
  expect_said(targets("apps: {a: {circuitBreakerScope: id}}"), "only an actor type has it: remove it");
  expect_said(targets("components: {c: {inbound: {circuitBreakerCacheSize: 5}}}"),
              "only an app or an actor type has it: remove it");
  expect_said(targets("components: {c: {timeout: t}}"), "put it under outbound");
  // A field of an extension has no place in the original's component, whichever direction.
  EXPECT_EQ(only_error(targets("components: {c: {deadline: 1s}}")).find("put it under outbound"), std::string::npos);
  expect_said(extension("  targets: {components: {c: {deadline: 1s}}}\n"), "put it under outbound");
}

TEST(LoaderWords, StatusesBelongUnderMatching) {
  expect_said(retry("httpStatusCodes: '500'"), "put it under matching");
  expect_said(retry("gRPCStatusCodes: '14'"), "put it under matching");
  expect_said(extension("  policies: {circuitBreakers: {b: {httpStatusCodes: '500'}}}\n"), "put it under matching");
  EXPECT_EQ(only_error(breaker("httpStatusCodes: '500'")).find("put it under matching;"), std::string::npos);
  expect_said(breaker("httpStatusCodes: '500'"), "it belongs under matching of a retry policy");
  expect_said(retry("timeout: 5s"), "a timeout is a policy of its own, under spec.policies.timeouts");
}

TEST(LoaderWords, WhatOtherLibrariesCallAField) {
  expect_said(retry("maxAttempts: 3"), "how often to retry is maxRetries");
  expect_said(retry("waitDuration: 3s"), "the delay of a constant policy is its duration");
  expect_said(breaker("failureThreshold: 3"), "when it opens is said by trip");
  expect_said(breaker("sleepWindow: 3s"), "how long it stays open is its timeout");
  // Where the field is there already, something else was meant; and a word of a retry says nothing in a breaker.
  EXPECT_EQ(only_error(retry("maxRetries: 1, maxAttempts: 3")).find("how often to retry"), std::string::npos);
  EXPECT_EQ(only_error(breaker("maxAttempts: 3")).find("how often to retry"), std::string::npos);
}

// Ours too have other names elsewhere; a document that cannot have them says where they stand.
TEST(LoaderWords, WhatOtherLibrariesCallAFieldOfAnExtension) {
  const auto ours = [](const std::string& policies) { return extension("  policies: {" + policies + "}\n"); };
  const auto of_app = [](const std::string& fields) { return "apps: {a: {" + fields + "}}"; };
  expect_said(ours("retries: {r: {maxElapsedTime: 1m}}"), "how long an operation may go on retrying is maxDuration");
  expect_said(ours("retries: {r: {RandomizationFactor: 0.5}}"), "said by jitter: spread and its spread");
  expect_said(ours("retries: {r: {budget: {ttl: 10s}}}"), "over how long it counts is window");
  expect_said(ours("circuitBreakers: {b: {failureRateThreshold: 50}}"), "calls >= 20 && failureRate >= 0.5");
  expect_said(ours("circuitBreakers: {b: {slidingWindowSize: 50}}"), "over how many calls it counts is windowCalls");
  const std::string all = "  targets: {" + of_app("bulkhead: 5") + "}\n";
  const std::string said = "how many attempts may be in flight is maxConcurrent";
  expect_said(extension(all), said);
  EXPECT_EQ(only_error(extension(all)).find(said + ", in a document"), std::string::npos);
  expect_said(targets(of_app("bulkhead: 5")), said + ", in a document of kind: ResiliencyExtension");
  expect_said(targets("actors: {a: {throttle: 5}}"), "a rate limit is written rateLimit: {rate: 100, per: 1s}");
  expect_said(targets("components: {c: {outbound: {timeLimit: 5s}}}"), "the time of a whole operation is deadline");
  expect_said(extension("  targets: {" + of_app("rateLimit: {rate: 1, limitRefreshPeriod: 1s}") + "}\n"),
              "in how long that many may begin is per");
  EXPECT_EQ(only_error(extension("  targets: {" + of_app("maxConcurrent: 1, bulkhead: 5") + "}\n")).find(said),
            std::string::npos);
}

TEST(LoaderWords, WhereAFieldOfAnExtensionBelongs) {
  expect_said(extension("  targets: {apps: {a: {rate: 5}}}\n"), "it belongs under rateLimit of a target");
  expect_said(extension("  targets: {apps: {a: {jitter: full}}}\n"), "it belongs to a retry policy");
  expect_said(extension("  policies: {retries: {r: {maxConcurrent: 5}}}\n"), "it belongs to a target");
  const std::string plain = only_error(retry("maxConcurrent: 5"));
  EXPECT_NE(plain.find("it belongs to a target: an app, an actor type, or outbound or inbound of a component, in a "
                       "document of kind: ResiliencyExtension"),
            std::string::npos)
      << plain;
  EXPECT_EQ(only_error(breaker("maxRetries: 5")).find("ResiliencyExtension"), std::string::npos);
}

TEST(LoaderWords, WhereAFieldBelongs) {
  expect_said(document("  timeouts: {t: 5s}\n"), "it belongs under spec.policies");
  expect_said(document("  apps: {a: {}}\n"), "it belongs under spec.targets");
  expect_said(document("  policies: {retry: r}\n"), "it belongs to a target: an app");
  expect_said(document("  policies: {trip: 'true'}\n"), "it belongs to a circuit breaker");
  expect_said(targets("apps: {a: {maxRetries: 3}}"), "it belongs to a retry policy");
  // A value of another shape was not meant for that field.
  EXPECT_EQ(only_error(document("  timeouts: 5s\n")).find("it belongs"), std::string::npos);
  EXPECT_EQ(only_error(targets("apps: {a: {maxRetries: {}}}")).find("it belongs"), std::string::npos);
  expect_said(document("  apps: \n"), "it belongs under spec.targets");  // nothing fits everywhere
}

// Only what the value could be, and what is not there yet, is suggested.
TEST(LoaderWords, ASuggestionFitsTheValue) {
  expect_said(retry("polisy: constant"), "did you mean 'policy'?");
  EXPECT_EQ(only_error(retry("polisy: {}")).find("did you mean"), std::string::npos);
  EXPECT_EQ(only_error(retry("matchin: 500")).find("did you mean"), std::string::npos);
  expect_said(retry("matchin: {}"), "did you mean 'matching'?");
  EXPECT_EQ(only_error(retry("policy: constant, polisy: constant")).find("did you mean"), std::string::npos);
}

TEST(LoaderWords, AValueInsteadOfAMapping) {
  for (const auto& [value, like] :
       std::vector<std::pair<const char*, const char*>>{{"3", "write {maxRetries: 3}"},
                                                        {"5s", "write {duration: 5s}"},
                                                        {"often", "write {policy: constant, maxRetries: 3}"}}) {
    expect_said(document("  policies: {retries: {r: " + std::string(value) + "}}\n"), like);
  }
  expect_said(document("  policies: {circuitBreakers: {b: totalFailures > 3}}\n"), "write {trip: totalFailures > 3}");
  expect_said(document("  policies: {circuitBreakers: {b: often}}\n"), "write {trip: consecutiveFailures > 5}");
  expect_said(targets("components: {c: r}"), "write {outbound: {retry: r}}");
  const std::string listed = only_error(document("  policies: {retries: {r: [3]}}\n"));
  EXPECT_EQ(listed.find("write {"), std::string::npos) << listed;
}

// What others write as one value, or as a list.
TEST(LoaderWords, AValueInsteadOfFields) {
  const auto of_app = [](const std::string& value) {
    return extension("  targets: {apps: {a: {rateLimit: " + value + "}}}\n");
  };
  for (const auto& [value, like] : std::vector<std::pair<const char*, const char*>>{
           {"20", "this is a single value; write rateLimit: {rate: 20, per: 1s}"},
           {"100/s", "{rate: 100, per: 1s}"},
           {"30/min", "{rate: 30, per: 1m}"},
           {"5/hour", "{rate: 5, per: 1h}"},
           {"0/m", "{rate: 100, per: 1s}"},
           {"fast/m", "{rate: 100, per: 1s}"},
           {"[5]", "this is a list; write rateLimit: {rate: 100, per: 1s}"}}) {
    expect_said(of_app(value), like);
  }
  for (const auto& [value, like] :
       std::vector<std::pair<const char*, const char*>>{{"0.3", "write budget: {ratio: 0.3}"},
                                                        {"20%", "{ratio: 0.2}"},
                                                        {"30", "{ratio: 0.3}"},
                                                        {"1", "{ratio: 1}"},
                                                        {"0", "{ratio: 0}"},
                                                        {"101", "{ratio: 0.2}"},
                                                        {"-1", "{ratio: 0.2}"},
                                                        {"some", "{ratio: 0.2}"}}) {
    expect_said(extension("  policies: {retries: {r: {budget: " + std::string(value) + "}}}\n"), like);
  }
  expect_said(retry("matching: '500'"), "write matching: {httpStatusCodes: \"429,500-599\"}");
  expect_said(retry("duration: [5s]"), "duration must be a single value, this is a list; write one value");
}

TEST(LoaderWords, ARateOfLessThanOne) {
  const auto rate = [](const std::string& number) {
    return only_error(extension("  targets: {apps: {a: {rateLimit: {rate: " + number + "}}}}\n"));
  };
  for (const char* fraction : {"0.5", "1.5", ".25"})
    EXPECT_NE(rate(fraction).find("a longer per, like {rate: 1, per: 2s}"), std::string::npos) << rate(fraction);
  for (const char* other : {"0", "-0.5", "0.0", "1e10", "010", "fast"})
    EXPECT_EQ(rate(other).find("a longer per"), std::string::npos) << rate(other);
}

TEST(LoaderWords, ATimeoutThatIsNoDuration) {
  for (const char* value : {"[5s]", "{a: 1, b: 2}", "{a: {}}"}) {
    const LoadResult result = load_text({}, document("  policies: {timeouts: {t: " + std::string(value) + "}}\n"));
    ASSERT_EQ(errors(result).size(), 1u) << value;
    EXPECT_NE(errors(result)[0].find("write t: 5s"), std::string::npos) << errors(result)[0];
    EXPECT_EQ(warnings(result), Texts{}) << "nor is it said to have no value";
  }
  expect_said(document("  policies: {timeouts: {t: {duration: 7s}}}\n"), "write t: 7s");
}

TEST(LoaderWords, AListInsteadOfAMapping) {
  expect_said(document("  policies: {timeouts: [{fast: 1s}]}\n"), "write the name as a field: fast: 5s");
  expect_said(document("  policies: {retries: [{name: often, maxRetries: 3}]}\n"),
              "write the name as a field: often: {...}");
  expect_said(document("  policies: {retries: []}\n"), "write the name as a field: NAME: {...}");
  expect_said(document("  policies: {timeouts: {t: 1s}}\n  targets: {apps: {a: {timeout: [t]}}}\n"),
              "timeout must be the name of one timeout, not a list");
}

TEST(LoaderWords, ATemplateThatNobodyFilledIn) {
  expect_said(document("  policies: {timeouts: {'{{ .n }}': 5s}}\n"), "a name: '{{ .n }}' is a template");
  expect_said(document("  policies: {timeouts: {t: '{{ .t }}'}}\n"), "t: '{{ .t }}' is a template");
  expect_said(retry("duration: '${D}'"), "duration: '${D}' is a template");
}

// An undefined name: what it is instead, and which there are, if they are few enough to be read.
TEST(LoaderWords, AnUndefinedName) {
  const auto named = [](const std::string& policies, const std::string& field) {
    return document("  policies: {" + policies + "}\n  targets: {apps: {a: {" + field + "}}}\n");
  };
  const std::string timeouts = "timeouts: {aaaa: 1s}", retries = "retries: {bbbb: {}}",
                    breakers = "circuitBreakers: {cccc: {}}";
  expect_said(named(timeouts, "retry: aaaa"), "it is a timeout");
  expect_said(named(retries, "timeout: bbbb"), "it is a retry policy");
  expect_said(named(breakers, "timeout: cccc"), "it is a circuit breaker");
  expect_said(named(timeouts, "timeout: 5s"), "give the duration a name under timeouts");
  expect_said(named(retries, "retry: 5s"), "define it under retries, where there is bbbb");
  for (const int count : {6, 7}) {
    std::string many;
    for (int i = 0; i < count; ++i) many += std::string(i == 0 ? "" : ", ") + "name" + std::to_string(i) + "x: 1s";
    const std::string message = only_error(named("timeouts: {" + many + "}", "timeout: zzzzzzzzzz"));
    EXPECT_EQ(message.find("where there is name0x") != std::string::npos, count == 6) << message;
  }
  const std::string longest(64, 'n');
  expect_said(named("timeouts: {" + longest + ": 1s}", "timeout: zz"), "where there is " + longest);
  EXPECT_EQ(only_error(named("timeouts: {n" + longest + ": 1s}", "timeout: zz")).find("where there is"),
            std::string::npos);
}

TEST(LoaderWords, AnActorsScopeIsWrongOnlyWhereThereIsABreaker) {
  const auto scoped = [](const std::string& more) {
    return document("  policies: {circuitBreakers: {b: {}}}\n  targets: {actors: {a: {circuitBreakerScope: typ" + more +
                    "}}}\n");
  };
  const LoadResult alone = load_text({.lenient = true}, scoped(""));
  EXPECT_EQ(errors(alone), Texts{});
  const LoadResult beside = load_text({.lenient = true}, scoped(", circuitBreaker: b"));
  ASSERT_EQ(errors(beside).size(), 1u);
  EXPECT_NE(errors(beside)[0].find("did you mean 'type'?"), std::string::npos);
  EXPECT_EQ(errors(load_text({}, scoped(""))).size(), 1u) << "strict";
}

TEST(LoaderWords, WhatIsNotUsedHasAHintWhereItsNameBeginsLikeADefault) {
  for (const auto& [name, hint] : std::vector<std::pair<const char*, bool>>{
           {"DefaultTimeoutPolcy", true}, {"timeout", false}, {"AppTimeoutPolicy", false}}) {
    const Texts said =
        all_warnings(load_text({}, document("  policies: {timeouts: {" + std::string(name) + ": 1s}}\n")));
    ASSERT_EQ(said.size(), 1u);
    EXPECT_EQ(said[0].find("did you mean") != std::string::npos, hint) << said[0];
  }
}

TEST(LoaderWords, AControlCharacterInANameIsAQuestionMark) {
  const std::string message = only_error(document("  policies: {\"a\\x7Fb\\x01c\\td\": {}}\n"));
  EXPECT_NE(message.find("'a?b?c d'"), std::string::npos) << message;
}

}  // namespace
}  // namespace resil
