#include "config/document/schema.h"

#include <algorithm>

namespace resil {
namespace {

constexpr bool kOurs = true;  // a field of a ResiliencyExtension

constexpr Field kDocument[] = {
    {"apiVersion"}, {"kind"}, {"metadata", Shape::Free}, {"scopes", Shape::List}, {"spec", Shape::Spec}};
constexpr Field kSpec[] = {{"policies", Shape::Policies}, {"targets", Shape::Targets}};
constexpr Field kPolicies[] = {
    {"timeouts", Shape::Timeouts}, {"retries", Shape::Retries}, {"circuitBreakers", Shape::Breakers}};
constexpr Field kRetry[] = {{"policy"},
                            {"duration"},
                            {"maxInterval"},
                            {"maxRetries"},
                            {"matching", Shape::Matching},
                            {"jitter", Shape::Value, kOurs},
                            {"spread", Shape::Value, kOurs},
                            {"initialInterval", Shape::Value, kOurs},
                            {"multiplier", Shape::Value, kOurs},
                            {"maxDuration", Shape::Value, kOurs},
                            {"maxRetryAfter", Shape::Value, kOurs},
                            {"budget", Shape::Budget, kOurs}};
constexpr Field kMatching[] = {{"httpStatusCodes"}, {"gRPCStatusCodes"}};
constexpr Field kBudget[] = {
    {"ratio", Shape::Value, kOurs}, {"minPerSecond", Shape::Value, kOurs}, {"window", Shape::Value, kOurs}};
constexpr Field kBreaker[] = {{"maxRequests"},
                              {"interval"},
                              {"timeout"},
                              {"trip"},
                              {"window", Shape::Value, kOurs},
                              {"buckets", Shape::Value, kOurs},
                              {"windowCalls", Shape::Value, kOurs},
                              {"slowCall", Shape::Value, kOurs},
                              {"matching", Shape::Matching, kOurs},
                              {"timeoutMultiplier", Shape::Value, kOurs},
                              {"maxTimeout", Shape::Value, kOurs},
                              {"timeoutJitter", Shape::Value, kOurs},
                              {"mode", Shape::Value, kOurs}};
constexpr Field kTargets[] = {{"apps", Shape::Apps}, {"actors", Shape::Actors}, {"components", Shape::Components}};
constexpr Field kApp[] = {{"timeout"},
                          {"retry"},
                          {"circuitBreaker"},
                          {"circuitBreakerCacheSize"},
                          {"deadline", Shape::Value, kOurs},
                          {"maxConcurrent", Shape::Value, kOurs},
                          {"rateLimit", Shape::RateLimit, kOurs},
                          {"holdOnRetryAfter", Shape::Value, kOurs}};
constexpr Field kActor[] = {{"timeout"},
                            {"retry"},
                            {"circuitBreaker"},
                            {"circuitBreakerScope"},
                            {"circuitBreakerCacheSize"},
                            {"deadline", Shape::Value, kOurs},
                            {"maxConcurrent", Shape::Value, kOurs},
                            {"rateLimit", Shape::RateLimit, kOurs},
                            {"holdOnRetryAfter", Shape::Value, kOurs}};
constexpr Field kComponent[] = {{"inbound", Shape::Direction}, {"outbound", Shape::Direction}};
constexpr Field kDirection[] = {{"timeout"},
                                {"retry"},
                                {"circuitBreaker"},
                                {"deadline", Shape::Value, kOurs},
                                {"maxConcurrent", Shape::Value, kOurs},
                                {"rateLimit", Shape::RateLimit, kOurs},
                                {"holdOnRetryAfter", Shape::Value, kOurs}};
constexpr Field kRateLimit[] = {
    {"rate", Shape::Value, kOurs}, {"per", Shape::Value, kOurs}, {"burst", Shape::Value, kOurs}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::span<const Field> fields_of(Shape shape) {
  switch (shape) {
    case Shape::Document: return kDocument;
    case Shape::Spec: return kSpec;
    case Shape::Policies: return kPolicies;
    case Shape::Retry: return kRetry;
    case Shape::Matching: return kMatching;
    case Shape::Budget: return kBudget;
    case Shape::Breaker: return kBreaker;
    case Shape::Targets: return kTargets;
    case Shape::App: return kApp;
    case Shape::Actor: return kActor;
    case Shape::Component: return kComponent;
    case Shape::Direction: return kDirection;
    case Shape::RateLimit: return kRateLimit;
    default: return {};
  }
}

EntryKind entries_of(Shape shape) {
  switch (shape) {
    case Shape::Timeouts: return {Shape::Value, "timeout"};
    case Shape::Retries: return {Shape::Retry, "retry policy"};
    case Shape::Breakers: return {Shape::Breaker, "circuit breaker"};
    case Shape::Apps: return {Shape::App, "app"};
    case Shape::Actors: return {Shape::Actor, "actor type"};
    case Shape::Components: return {Shape::Component, "component"};
    default: return {};
  }
}

const Field* find_field(Shape shape, std::string_view name) {
  for (const Field& field : fields_of(shape)) {
    if (same_letters(field.name, name)) return &field;
  }
  return nullptr;
}

bool has_field(const YamlNode& mapping, std::string_view name) {
  for (std::size_t i = 0; i < mapping.pairs(); ++i) {
    if (same_letters(mapping.key(i).text, name)) return true;
  }
  return false;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace resil
