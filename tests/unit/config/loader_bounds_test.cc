// Each bound that a number or a duration has: at it the value is taken, one step beyond it is refused, and nothing else
// is said.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/loading.h"

namespace resil {
namespace {

std::string extension(const std::string& spec) {
  return document("  {}\n") + "---\napiVersion: resil.dev/v1\nkind: ResiliencyExtension\nspec:\n" + spec;
}
std::string retry(const std::string& fields) { return extension("  policies: {retries: {r: {" + fields + "}}}\n"); }
std::string breaker(const std::string& fields) {
  return extension("  policies: {circuitBreakers: {b: {trip: totalFailures > 5, " + fields + "}}}\n");
}
std::string app(const std::string& fields) { return extension("  targets: {apps: {a: {" + fields + "}}}\n"); }

void expect_taken(const std::string& yaml) {
  const LoadResult result = load_text({}, yaml);
  EXPECT_EQ(errors(result), std::vector<std::string>{}) << yaml;
  EXPECT_EQ(warnings(result), std::vector<std::string>{}) << yaml;
}
void expect_refused(const std::string& yaml, const std::string& part) {
  const std::vector<std::string> all = errors(load_text({}, yaml));
  ASSERT_EQ(all.size(), 1u) << yaml;
  EXPECT_NE(all[0].find(part), std::string::npos) << all[0];
}

TEST(LoaderBounds, OfARetry) {
  for (const char* taken :
       {"maxRetries: -1", "maxRetries: 2147483647", "jitter: spread, spread: 0", "jitter: spread, spread: 1",
        "policy: exponential, multiplier: 1", "policy: exponential, multiplier: 1000", "budget: {ratio: 0}",
        "budget: {ratio: 1000}", "budget: {minPerSecond: 1000000000}", "budget: {window: 1ms}"}) {
    expect_taken(retry(taken));
  }
  for (const auto& [refused, part] : std::vector<std::pair<const char*, const char*>>{
           {"maxRetries: -2", "must be from -1 to 2147483647"},
           {"maxRetries: 2147483648", "must be from -1 to 2147483647"},
           {"jitter: spread, spread: 1.0001", "must be from 0 to 1"},
           {"jitter: spread, spread: -0.0001", "must be from 0 to 1"},
           {"policy: exponential, multiplier: 0.999", "must be from 1 to 1000"},
           {"policy: exponential, multiplier: 1000.1", "must be from 1 to 1000"},
           {"budget: {ratio: 1000.1}", "must be from 0 to 1000"},
           {"budget: {minPerSecond: 1000000001}", "must be from 0 to 1000000000"},
           {"budget: {window: 999999ns}", "must be at least 1ms"}}) {
    expect_refused(retry(refused), part);
  }
}

TEST(LoaderBounds, OfABreaker) {
  for (const char* taken :
       {"maxRequests: 0", "maxRequests: 65535", "window: 10s, buckets: 1", "window: 0s", "window: 1ms",
        "window: 1ms, buckets: 10", "windowCalls: 1", "timeoutMultiplier: 1", "timeoutMultiplier: 1000",
        "timeoutJitter: 0", "timeoutJitter: 1", "timeoutMultiplier: 2, timeout: 7s, maxTimeout: 7s"}) {
    expect_taken(breaker(taken));
  }
  for (const auto& [refused, part] :
       std::vector<std::pair<const char*, const char*>>{{"maxRequests: -1", "must be from 0 to 65535"},
                                                        {"maxRequests: 65536", "must be from 0 to 65535"},
                                                        {"window: 10s, buckets: 0", "must be from 1 to"},
                                                        {"window: 999999ns", "window must be at least 1ms"},
                                                        {"window: 1ms, buckets: 11", "is too short for 11 buckets"},
                                                        {"windowCalls: 0", "must be from 1 to"},
                                                        {"timeoutMultiplier: 0.99", "must be from 1 to 1000"},
                                                        {"timeoutMultiplier: 1000.1", "must be from 1 to 1000"},
                                                        {"timeoutJitter: 1.01", "must be from 0 to 1"},
                                                        {"mode: shade", "mode must be normal or shadow"}}) {
    expect_refused(breaker(refused), part);
  }
}

// The greatest of each is in the message, and taken; one more is refused.
TEST(LoaderBounds, TheGreatestIsTheOneThatTheMessageNames) {
  const auto greatest = [](const std::string& wrong) {
    const std::string message = only_error(wrong);
    const std::size_t at = message.find(" to ");
    return std::stoll(message.substr(at + 4));
  };
  for (const std::string field : {"windowCalls", "buckets"}) {
    const std::string beside = field == "buckets" ? "window: 1h, " : "";
    const long long most = greatest(breaker(beside + field + ": 0"));
    expect_taken(breaker(beside + field + ": " + std::to_string(most)));
    expect_refused(breaker(beside + field + ": " + std::to_string(most + 1)), "must be from 1 to");
  }
}

TEST(LoaderBounds, OfATarget) {
  for (const char* taken : {"maxConcurrent: 0", "maxConcurrent: 65535", "rateLimit: {rate: 1000000000, per: 1s}",
                            "rateLimit: {rate: 1, per: 1s, burst: 1000000000}", "rateLimit: {rate: 1, per: 1ns}"}) {
    expect_taken(app(taken));
  }
  for (const auto& [refused, part] : std::vector<std::pair<const char*, const char*>>{
           {"maxConcurrent: -1", "must be from 0 to 65535"},
           {"maxConcurrent: 65536", "must be from 0 to 65535"},
           {"rateLimit: {rate: 0, per: 1s}", "rate must be from 1 to 1000000000"},
           {"rateLimit: {rate: 1000000001, per: 2s}", "rate must be from 1 to 1000000000"},
           {"rateLimit: {rate: 1, per: 1s, burst: 0}", "burst must be from 1 to 1000000000"},
           {"rateLimit: {rate: 1, per: 1s, burst: 1000000001}", "burst must be from 1 to 1000000000"},
           {"rateLimit: {rate: 1, per: 0s}", "per cannot be 0"},
           {"rateLimit: {rate: 1000000000, per: 999999999ns}", "faster than one attempt in a nanosecond"},
           {"rateLimit: {rate: 1, per: 1000000001ns, burst: 1000000000}", "more than 30 years"},
           {"rateLimit: {rate: 999999999, per: 3153600001ns, burst: 1000000000}", "cannot be kept exactly"},
           {"rateLimit: {per: 1s}", "rateLimit has no rate"},
           {"rateLimit: {burst: 3}", "rateLimit has no rate"}}) {
    expect_refused(app(refused), part);
  }
}

TEST(LoaderBounds, OfACacheSize) {
  const auto sized = [](const std::string& size) {
    return document(
        "  policies: {circuitBreakers: {b: {}}}\n  targets: {apps: {a: {circuitBreaker: b, "
        "circuitBreakerCacheSize: " +
        size + "}}}\n");
  };
  for (const char* taken : {"0", "1", "2147483647"}) expect_taken(sized(taken));
  for (const char* refused : {"-1", "2147483648"}) expect_refused(sized(refused), "must be from 0 to 2147483647");
}

TEST(LoaderBounds, OfATextAndAFile) {
  const std::string text = document("  {}\n");
  const TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", text);
  for (const std::size_t more : {0, 1}) {
    const LoadOptions exact{.max_bytes = text.size() - 1 + more};
    for (const LoadResult& result : {load_text(exact, text), load_path(exact, folder.path()), load_path(exact, file)}) {
      ASSERT_EQ(errors(result).size(), 1 - more);
      if (more == 0) {
        EXPECT_NE(errors(result)[0].find("at most " + std::to_string(text.size() - 1) + " bytes"), std::string::npos);
      }
    }
  }
}

// As many values as a text of the usual size may have, and more only where more bytes are allowed.
TEST(LoaderBounds, OfValues) {
  const auto too_many = [](std::size_t max_bytes, std::size_t values) {
    std::string list = "[";
    for (std::size_t i = 1; i < values; ++i) list += "1,";
    const LoadResult result = load_text({.max_bytes = max_bytes}, list + "]");
    const std::vector<std::string> said = errors(result);
    return !said.empty() && said[0].find("the document is too large: more than ") != std::string::npos;
  };
  for (const auto& [max_bytes, values] : std::vector<std::pair<std::size_t, std::size_t>>{
           {0, 20'000}, {262'143, 20'000}, {262'144, 20'000}, {262'148, 65'537}, {400'000, 100'000}}) {
    EXPECT_FALSE(too_many(max_bytes, values)) << max_bytes;
    EXPECT_TRUE(too_many(max_bytes, values + 1)) << max_bytes;
  }
}

TEST(LoaderBounds, SpellingsOfYes) {
  for (const char* yes : {"true", "True", "TRUE"}) {
    EXPECT_TRUE(loaded(app("holdOnRetryAfter: " + std::string(yes))).apps.at("a").limits.hold_on_retry_after) << yes;
  }
  for (const char* no : {"false", "False", "FALSE"}) {
    EXPECT_FALSE(loaded(app("holdOnRetryAfter: " + std::string(no))).apps.at("a").limits.hold_on_retry_after) << no;
  }
  for (const char* neither : {"yes", "on", "tRUE", "1", "[true]"}) {
    expect_refused(app("holdOnRetryAfter: " + std::string(neither)), "holdOnRetryAfter must be");
  }
}

TEST(LoaderBounds, NumbersWithLeadingZeros) {
  for (const auto& [text, remedy] :
       std::vector<std::pair<const char*, const char*>>{{"010", "write 10 (YAML reads 010 as 8)"},
                                                        {"-010", "write -10 (YAML reads -010 as -8)"},
                                                        {"011", "write 11 (YAML reads 011 as 9)"},
                                                        {"007", "has leading zeros; write 7"},
                                                        {"00", "has leading zeros; write 0"},
                                                        {"089", "has leading zeros; write 89"}}) {
    const std::string message = only_error(retry("maxRetries: " + std::string(text)));
    EXPECT_NE(message.find(remedy), std::string::npos) << message;
    EXPECT_EQ(message.find("YAML reads") == std::string::npos, std::string(remedy).find("YAML") == std::string::npos);
  }
}

}  // namespace
}  // namespace resil
