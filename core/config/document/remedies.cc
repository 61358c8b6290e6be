#include "config/document/remedies.h"

#include <algorithm>
#include <vector>

#include "config/document/synonyms.h"
#include "config/text/duration.h"
#include "config/text/number.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

bool fits(const YamlNode& value, Shape shape) {
  if (value.kind == YamlNode::Kind::Null || shape == Shape::Free) return true;
  if (shape == Shape::Value) return value.kind == YamlNode::Kind::Scalar;
  if (shape == Shape::List) return value.kind == YamlNode::Kind::Sequence;
  return value.kind == YamlNode::Kind::Mapping;
}

// Where a field belongs that stands elsewhere.
struct Home {
  std::string_view field;
  Shape shape;
  std::string_view place;
  bool extension = false;
};
constexpr bool kOurs = true;
constexpr std::string_view kTop = "at the top of the document, beside spec", kSpec = "directly under spec",
                           kPolicies = "under spec.policies", kTargets = "under spec.targets",
                           kTarget = "to a target: an app, an actor type, or outbound or inbound of a component",
                           kRetry = "to a retry policy, under spec.policies.retries",
                           kBreaker = "to a circuit breaker, under spec.policies.circuitBreakers",
                           kMatching = "under matching of a retry policy", kBudget = "under budget of a retry policy",
                           kRateLimit = "under rateLimit of a target";
constexpr Home kHomes[] = {
    {"apiVersion", Shape::Value, kTop},
    {"kind", Shape::Value, kTop},
    {"metadata", Shape::Free, kTop},
    {"scopes", Shape::Free, kTop},
    {"spec", Shape::Spec, "at the top of the document"},
    {"policies", Shape::Policies, kSpec},
    {"targets", Shape::Targets, kSpec},
    {"timeouts", Shape::Timeouts, kPolicies},
    {"retries", Shape::Retries, kPolicies},
    {"circuitBreakers", Shape::Breakers, kPolicies},
    {"apps", Shape::Apps, kTargets},
    {"actors", Shape::Actors, kTargets},
    {"components", Shape::Components, kTargets},
    {"inbound", Shape::Direction, "to a component, under spec.targets.components"},
    {"outbound", Shape::Direction, "to a component, under spec.targets.components"},
    {"timeout", Shape::Value, kTarget},
    {"retry", Shape::Value, kTarget},
    {"circuitBreaker", Shape::Value, kTarget},
    {"circuitBreakerCacheSize", Shape::Value, "to an app or an actor type, under spec.targets"},
    {"circuitBreakerScope", Shape::Value, "to an actor type, under spec.targets.actors"},
    {"policy", Shape::Value, kRetry},
    {"duration", Shape::Value, kRetry},
    {"maxInterval", Shape::Value, kRetry},
    {"maxRetries", Shape::Value, kRetry},
    {"matching", Shape::Matching, kRetry},
    {"httpStatusCodes", Shape::Value, kMatching},
    {"gRPCStatusCodes", Shape::Value, kMatching},
    {"maxRequests", Shape::Value, kBreaker},
    {"interval", Shape::Value, kBreaker},
    {"trip", Shape::Value, kBreaker},
    {"jitter", Shape::Value, kRetry, kOurs},
    {"spread", Shape::Value, kRetry, kOurs},
    {"initialInterval", Shape::Value, kRetry, kOurs},
    {"multiplier", Shape::Value, kRetry, kOurs},
    {"maxDuration", Shape::Value, kRetry, kOurs},
    {"maxRetryAfter", Shape::Value, kRetry, kOurs},
    {"budget", Shape::Budget, kRetry, kOurs},
    {"ratio", Shape::Value, kBudget, kOurs},
    {"minPerSecond", Shape::Value, kBudget, kOurs},
    {"window", Shape::Value, kBreaker, kOurs},
    {"buckets", Shape::Value, kBreaker, kOurs},
    {"windowCalls", Shape::Value, kBreaker, kOurs},
    {"slowCall", Shape::Value, kBreaker, kOurs},
    {"timeoutMultiplier", Shape::Value, kBreaker, kOurs},
    {"maxTimeout", Shape::Value, kBreaker, kOurs},
    {"timeoutJitter", Shape::Value, kBreaker, kOurs},
    {"mode", Shape::Value, kBreaker, kOurs},
    {"deadline", Shape::Value, kTarget, kOurs},
    {"maxConcurrent", Shape::Value, kTarget, kOurs},
    {"rateLimit", Shape::RateLimit, kTarget, kOurs},
    {"holdOnRetryAfter", Shape::Value, kTarget, kOurs},
    {"rate", Shape::Value, kRateLimit, kOurs},
    {"per", Shape::Value, kRateLimit, kOurs},
    {"burst", Shape::Value, kRateLimit, kOurs},
};

// What people put into the wrong target.
std::string misplaced_in_target(const UnknownField& at) {
  const std::string_view name = at.key.text;
  const Field* of_direction = find_field(Shape::Direction, name);
  if (at.shape == Shape::Component && of_direction != nullptr && (at.extension || !of_direction->extension)) {
    return "; put it under outbound (what the app sends to it) or inbound (what it delivers to the app)";
  }
  const bool direction = same_letters(name, "inbound") || same_letters(name, "outbound");
  if ((at.shape == Shape::App || at.shape == Shape::Actor) && direction) {
    return std::string("; only a component has directions: put its fields directly under the ") +
           (at.shape == Shape::App ? "app" : "actor type");
  }
  if ((at.shape == Shape::App || at.shape == Shape::Direction) && same_letters(name, "circuitBreakerScope")) {
    return "; only an actor type has it: remove it";
  }
  if (at.shape == Shape::Direction && same_letters(name, "circuitBreakerCacheSize")) {
    return "; only an app or an actor type has it: remove it";
  }
  return "";
}

std::string meant(const UnknownField& at) {
  if ((at.shape == Shape::Retry || (at.shape == Shape::Breaker && at.extension)) &&
      find_field(Shape::Matching, at.key.text) != nullptr) {
    return "; put it under matching";
  }
  if (at.shape == Shape::Retry && same_letters(at.key.text, "timeout")) {
    return "; a timeout is a policy of its own, under spec.policies.timeouts";
  }
  return synonym_of(at.key.text, at.mapping, at.shape, at.extension);
}

}  // namespace

std::string remedy_for(const UnknownField& at) {
  std::vector<std::string_view> all, likely;
  for (const Field& field : fields_of(at.shape)) {
    if (field.extension && !at.extension) continue;
    all.push_back(field.name);
    if (fits(at.value, field.shape) && !has_field(at.mapping, field.name)) likely.push_back(field.name);
  }
  if (!at.in_full) return "; there are " + listed(all);
  std::string remedy = misplaced_in_target(at);
  if (remedy.empty()) remedy = meant(at);
  if (remedy.empty()) remedy = did_you_mean(at.key.text, likely);
  for (const Home& home : kHomes) {
    if (!remedy.empty() || !same_letters(home.field, at.key.text) || !fits(at.value, home.shape)) continue;
    if (find_field(at.shape, home.field) == nullptr) {
      remedy = "; it belongs " + std::string(home.place) + (home.extension ? in_an_extension(at.extension) : "");
    }
  }
  return remedy.empty() ? "; there are " + listed(all) : remedy;
}

}  // namespace resil
