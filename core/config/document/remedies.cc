#include "config/document/remedies.h"

#include <algorithm>
#include <vector>

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

bool is_target(Shape shape) { return shape == Shape::App || shape == Shape::Actor || shape == Shape::Direction; }

// Where a field belongs that stands elsewhere.
struct Home {
  std::string_view field;
  Shape shape;
  std::string_view place;
};
constexpr std::string_view kTop = "at the top of the document, beside spec", kSpec = "directly under spec",
                           kPolicies = "under spec.policies", kTargets = "under spec.targets",
                           kTarget = "to a target: an app, an actor type, or outbound or inbound of a component",
                           kRetry = "to a retry policy, under spec.policies.retries",
                           kBreaker = "to a circuit breaker, under spec.policies.circuitBreakers",
                           kMatching = "under matching of a retry policy";
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
};

// What other libraries call a field, and what it does here.
struct Synonyms {
  Shape shape;
  std::string_view words;  // in small letters, each between blanks
  std::string_view field, meaning;
};
constexpr Synonyms kSynonyms[] = {
    {Shape::Retry, " interval delay backoff wait pause waitduration basedelay ", "duration",
     "the delay of a constant policy is its duration"},
    {Shape::Retry, " maxdelay maxbackoff cap ", "maxInterval",
     "the longest delay of an exponential policy is maxInterval"},
    {Shape::Retry, " maxattempts attempts retries count limit times maxretryattempts numretries ", "maxRetries",
     "how often to retry is maxRetries"},
    {Shape::Retry, " type strategy kind mode ", "policy", "constant or exponential is said by policy"},
    {Shape::Retry, " retryon statuscodes codes statuses retryonstatus on ", "matching",
     "which statuses to retry is said by matching: {httpStatusCodes: \"429,500-599\"}"},
    {Shape::Breaker, " duration openduration sleepwindow resettimeout recoverytimeout cooldown delay breakduration ",
     "timeout", "how long it stays open is its timeout"},
    {Shape::Breaker, " threshold failurethreshold failures maxfailures errorthreshold consecutivefailures condition ",
     "trip", "when it opens is said by trip, like trip: consecutiveFailures > 5"},
    {Shape::Breaker, " halfopenrequests permittedcalls successthreshold probes ", "maxRequests",
     "how many calls it admits while half-open is maxRequests"},
};

bool has(const YamlNode& mapping, std::string_view field) {
  for (std::size_t i = 0; i < mapping.pairs(); ++i) {
    if (same_letters(mapping.key(i).text, field)) return true;
  }
  return false;
}

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
  const std::string word = " " + lowered(at.key.text) + " ";
  for (const Synonyms& synonyms : kSynonyms) {
    if (synonyms.shape == at.shape && synonyms.words.find(word) != std::string_view::npos &&
        !has(at.mapping, synonyms.field)) {
      return "; " + std::string(synonyms.meaning);
    }
  }
  return "";
}

}  // namespace

std::string remedy_for(const UnknownField& at) {
  std::vector<std::string_view> all, likely;
  for (const Field& field : fields_of(at.shape)) {
    if (field.extension && !at.extension) continue;
    all.push_back(field.name);
    if (fits(at.value, field.shape) && !has(at.mapping, field.name)) likely.push_back(field.name);
  }
  if (!at.in_full) return "; there are " + listed(all);
  std::string remedy = misplaced_in_target(at);
  if (remedy.empty()) remedy = meant(at);
  if (remedy.empty()) remedy = did_you_mean(at.key.text, likely);
  for (const Home& home : kHomes) {
    if (!remedy.empty() || !same_letters(home.field, at.key.text) || !fits(at.value, home.shape)) continue;
    if (find_field(at.shape, home.field) == nullptr) remedy = "; it belongs " + std::string(home.place);
  }
  return remedy.empty() ? "; there are " + listed(all) : remedy;
}

std::string not_a_value(std::string_view field, const YamlNode& value, Shape parent) {
  const std::string name(field);
  if (is_target(parent) && (field == "timeout" || field == "retry" || field == "circuitBreaker")) {
    const std::string_view what = field == "timeout" ? "timeout"
                                  : field == "retry" ? "retry policy"
                                                     : "circuit breaker";
    const std::string_view section = field == "timeout" ? "timeouts" : field == "retry" ? "retries" : "circuitBreakers";
    if (value.kind == YamlNode::Kind::Sequence)
      return name + " must be the name of one " + std::string(what) + ", not a list";
    return name + " must be the name of a " + std::string(what) + "; define it under spec.policies." +
           std::string(section) + " and write its name here";
  }
  if (parent == Shape::Matching) {
    return name + " must be one text of statuses and ranges; write it like \"" +
           (field == "gRPCStatusCodes" ? "4,8,14" : "429,500-599") + "\"";
  }
  return name + " must be a single value, this is " + std::string(shape_of(value));
}

std::string not_an_entry(Shape entries, const std::string& name, const YamlNode& value) {
  if (entries == Shape::Timeouts) {
    const bool one =
        value.kind == YamlNode::Kind::Mapping && value.pairs() == 1 && value.value(0).kind == YamlNode::Kind::Scalar;
    const std::string text = one ? value.value(0).text : "5s";
    return "timeout " + quoted(name) + " is a duration, not " + std::string(shape_of(value)) + "; write " +
           name.substr(0, 40) + ": " + text.substr(0, 20);
  }
  std::string message = std::string(entries_of(entries).what) + " " + quoted(name) +
                        " must be a mapping of fields (name: value), this is " + std::string(shape_of(value));
  if (value.kind != YamlNode::Kind::Scalar) return message;
  const std::string text = value.text.substr(0, 40);
  std::string like;
  switch (entries) {
    case Shape::Retries:
      like = parse_integer(text).value    ? "maxRetries: " + text
             : parse_duration(text).value ? "duration: " + text
                                          : "policy: constant, maxRetries: 3";
      break;
    case Shape::Breakers:
      like = "trip: " + (text.find("ailures") == std::string::npos ? "consecutiveFailures > 5" : text);
      break;
    case Shape::Components: like = "outbound: {retry: " + text + "}"; break;
    case Shape::Actors:
    default: like = "retry: " + text; break;
  }
  return message + "; write {" + like + "}";
}

std::string instead_of_list(Shape entries, const YamlNode& list) {
  std::string name = "NAME";
  if (!list.items.empty()) {
    const YamlNode& first = list.items[0];
    const YamlNode* named = first.kind == YamlNode::Kind::Scalar ? &first : first.find("name");
    if (named == nullptr && first.kind == YamlNode::Kind::Mapping && first.pairs() > 0) named = &first.key(0);
    if (named != nullptr && named->kind == YamlNode::Kind::Scalar) name = named->text.substr(0, 40);
  }
  return "; write the name as a field: " + name + ": " + (entries == Shape::Timeouts ? "5s" : "{...}");
}

std::string_view shape_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Mapping: return "a mapping";
    case YamlNode::Kind::Sequence: return "a list";
    case YamlNode::Kind::Scalar: return "a single value";
    case YamlNode::Kind::Null: break;
  }
  return "nothing";
}

}  // namespace resil
