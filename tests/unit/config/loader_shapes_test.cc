// Fields that have a value of another shape than theirs: what is said depends on where they stand.
#include <gtest/gtest.h>

#include "support/loading.h"

namespace resil {
namespace {

std::string with(const std::string& policies, const std::string& targets = "{}") {
  return document("  policies: " + policies + "\n  targets: " + targets + "\n");
}

void expect_said(const std::string& yaml, const std::string& part) {
  const std::string message = only_error(yaml);
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST(LoaderShapes, ATargetNamesItsPolicies) {
  for (const std::string kind : {"apps: {a: ", "actors: {a: ", "components: {a: {outbound: "}) {
    const std::string close = kind[0] == 'c' ? "}}}" : "}}";
    for (const auto& [field, what] : std::vector<std::pair<std::string, std::string>>{
             {"timeout", "timeout"}, {"retry", "retry policy"}, {"circuitBreaker", "circuit breaker"}}) {
      expect_said(with("{}", "{" + kind + "{" + field + ": [x]}" + close),
                  field + " must be the name of one " + what + ", not a list");
      expect_said(with("{}", "{" + kind + "{" + field + ": {x: 1, y: 2}}" + close),
                  field + " must be the name of a " + what + "; define it under spec.policies.");
    }
  }
}

// A breaker's timeout is no name, though it is called like a target's.
TEST(LoaderShapes, APolicyHasValues) {
  for (const std::string field : {"timeout", "interval", "trip", "maxRequests"}) {
    for (const auto& [value, shape] :
         std::vector<std::pair<std::string, std::string>>{{"{x: 1, y: 2}", "a mapping"}, {"[1, 2]", "a list"}}) {
      expect_said(with("{circuitBreakers: {b: {" + field + ": " + value + "}}}"),
                  field + " must be a single value, this is " + shape);
    }
  }
  expect_said(with("{retries: {r: {duration: {x: 1, y: 2}}}}"), "duration must be a single value, this is a mapping");
}

TEST(LoaderShapes, TheHeadHasValues) {
  const std::string rest = "\nkind: Resiliency\nspec: {}\n";
  expect_said("apiVersion: [dapr.io/v1alpha1]" + rest, "apiVersion must be a single value, this is a list");
  expect_said("apiVersion: {a: dapr.io/v1alpha1}" + rest, "apiVersion must be a single value, this is a mapping");
}

// scopes is the only field that is a list; where a key reads like it, what stands there decides.
TEST(LoaderShapes, AListIsTakenForScopesAndAValueIsNot) {
  const std::string rest = "\nkind: Resiliency\nspec: {}\n";
  expect_said("apiVersion: dapr.io/v1alpha1\nscope: [a, b]" + rest, "did you mean 'scopes'?");
  const std::string value = only_error("apiVersion: dapr.io/v1alpha1\nscope: {a: 1}" + rest);
  EXPECT_EQ(value.find("did you mean 'scopes'?"), std::string::npos) << value;
}

}  // namespace
}  // namespace resil
