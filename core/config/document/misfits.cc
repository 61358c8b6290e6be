#include "config/document/misfits.h"

#include <optional>
#include <utility>

#include "config/text/duration.h"
#include "config/text/number.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

bool is_target(Shape shape) { return shape == Shape::App || shape == Shape::Actor || shape == Shape::Direction; }

// "; write NAME: {...}" for a list where names with entries should stand.
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

// "100" and "100/s", as others write a rate limit.
std::string like_rate_limit(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kUnits[] = {{"/s", "1s"}, {"/sec", "1s"}, {"/second", "1s"},
                                                                      {"/m", "1m"}, {"/min", "1m"}, {"/minute", "1m"},
                                                                      {"/h", "1h"}, {"/hour", "1h"}};
  std::string_view per = "1s", rate = text;
  for (const auto& [unit, duration] : kUnits) {
    if (text.ends_with(unit)) per = duration, rate = text.substr(0, text.size() - unit.size());
  }
  const IntegerResult parsed = parse_integer(std::string(rate));
  if (!parsed.value || *parsed.value < 1) rate = "100", per = "1s";
  return "{rate: " + std::string(rate) + ", per: " + std::string(per) + "}";
}

// "0.2", "20%" and "20", as others write a budget.
std::string like_budget(std::string_view text) {
  std::optional<double> ratio = parse_percent(text);
  if (!ratio) ratio = parse_number(text);
  if (ratio && *ratio > 1) *ratio /= 100;
  return "{ratio: " + (ratio && *ratio >= 0 && *ratio <= 1 ? short_number(*ratio) : "0.2") + "}";
}

}  // namespace

std::string not_one_value(std::string_view what, const YamlNode& value) {
  return std::string(what) + " must be a single value, this is " + std::string(shape_of(value)) + "; write one value";
}

std::string no_fields(std::string_view what, const YamlNode& value) {
  return std::string(what) + " must be a mapping of fields (name: value), this is " + std::string(shape_of(value));
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
  return not_one_value(field, value);
}

std::string not_a_mapping(const Field& field, const YamlNode& value) {
  const std::string name(field.name);
  const std::string message = no_fields(name, value);
  if (value.kind == YamlNode::Kind::Sequence && !entries_of(field.shape).what.empty())
    return message + instead_of_list(field.shape, value);
  const std::string text = value.text.substr(0, 40);
  switch (field.shape) {
    case Shape::RateLimit: return message + "; write " + name + ": " + like_rate_limit(text);
    case Shape::Budget: return message + "; write " + name + ": " + like_budget(text);
    case Shape::Matching: return message + "; write " + name + ": {httpStatusCodes: \"429,500-599\"}";
    default: return message;
  }
}

std::string not_an_entry(Shape entries, const std::string& name, const YamlNode& value) {
  if (entries == Shape::Timeouts) {
    const bool one =
        value.kind == YamlNode::Kind::Mapping && value.pairs() == 1 && value.value(0).kind == YamlNode::Kind::Scalar;
    const std::string text = one ? value.value(0).text : "5s";
    return "timeout " + quoted(name) + " is a duration, not " + std::string(shape_of(value)) + "; write " +
           name.substr(0, 40) + ": " + text.substr(0, 20);
  }
  const std::string message = no_fields(std::string(entries_of(entries).what) + " " + quoted(name), value);
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
