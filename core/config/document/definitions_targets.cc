// spec.targets: apps, actors, components.
#include <limits>
#include <vector>

#include "config/document/definitions.h"
#include "config/document/fields.h"
#include "config/text/suggest.h"
#include "resil/policy/reserved.h"

namespace resil {
namespace {

constexpr std::size_t kMostNamesTold = 6;
constexpr std::int64_t kMostCached = std::numeric_limits<std::int32_t>::max();

template <typename Map>
std::vector<std::string_view> names_of(const Map& map) {
  std::vector<std::string_view> names;
  for (const auto& entry : map) names.push_back(entry.first);
  return names;
}

}  // namespace

void Definitions::add_targets(const Document& document) {
  diagnostics_.begin_source(document.source);
  const YamlNode* spec = document.root.find("spec");
  const YamlNode* targets = spec == nullptr ? nullptr : spec->find("targets");
  if (targets == nullptr || !is_mapping(*targets, "targets", diagnostics_)) return;
  check_fields(*targets, "targets", {"apps", "actors", "components"}, diagnostics_);

  const auto each = [&](std::string_view field, Origins& origins, const std::string& what, auto add) {
    const YamlNode* mapping = targets->find(field);
    if (mapping == nullptr || !is_mapping(*mapping, std::string(field), diagnostics_)) return;
    for (std::size_t i = 0; i < mapping->pairs(); ++i) {
      note(origins, what, mapping->key(i), document.source);
      (this->*add)(mapping->key(i), mapping->value(i));
    }
  };
  each("apps", apps_, "app", &Definitions::add_app);
  each("actors", actors_, "actor type", &Definitions::add_actor);
  each("components", components_, "component", &Definitions::add_component);
}

// A name that is no policy's. Perhaps it is misspelt, perhaps it is a policy of another kind.
void Definitions::undefined(const YamlNode& node, std::string_view what, bool always_wrong) {
  const bool timeout = what == "timeout", retry = what == "retry policy";
  std::vector<std::string_view> names = timeout ? names_of(set_.timeouts)
                                        : retry ? names_of(set_.retries)
                                                : names_of(set_.breakers);
  std::string hint = diagnostics_.full() ? "" : did_you_mean(node.text, names);
  if (hint.empty()) {
    std::erase_if(names, [](std::string_view name) { return is_reserved_retry(name) || name.size() > 64; });
    hint = std::string("; define it under ") + (timeout ? "timeouts" : retry ? "retries" : "circuitBreakers");
    if (set_.timeouts.contains(node.text))
      hint = "; it is a timeout";
    else if (set_.retries.contains(node.text))
      hint = "; it is a retry policy";
    else if (set_.breakers.contains(node.text))
      hint = "; it is a circuit breaker";
    else if (!names.empty() && names.size() <= kMostNamesTold)
      hint += ", where there is " + listed(names);
  }
  const std::string message = "undefined " + std::string(what) + " " + quoted(node.text) + hint;
  if (always_wrong)
    diagnostics_.error(node, message);
  else
    diagnostics_.strict(node, message);
}

TargetEntry Definitions::read_policies(const YamlNode& target, bool component) {
  TargetEntry entry;
  const auto look_up = [&](std::string_view field, std::string_view what, const auto& named, auto& out,
                           bool always_wrong) {
    const YamlNode* node = target.find(field);
    if (node == nullptr || !is_scalar(*node, field, diagnostics_) || node->text.empty()) return;
    const auto found = named.find(node->text);
    if (found != named.end())
      out = found->second;
    else
      undefined(*node, what, always_wrong);
  };
  look_up("timeout", "timeout", set_.timeouts, entry.timeout, false);
  look_up("retry", "retry policy", set_.retries, entry.retry, false);
  // The original crashes at a component's undefined breaker, and ignores an app's or actor's.
  look_up("circuitBreaker", "circuit breaker", set_.breakers, entry.breaker, component);
  return entry;
}

void Definitions::read_cache_size(const YamlNode& target, TargetEntry& entry) {
  std::int64_t size = 0;
  read_integer(target, "circuitBreakerCacheSize", 0, kMostCached, size, diagnostics_);
  if (size > 0) entry.cache_size = static_cast<std::uint32_t>(size);
}

void Definitions::add_app(const YamlNode& key, const YamlNode& value) {
  const std::string what = Named{"app", key.text}.text();
  if (!is_mapping(value, what, diagnostics_)) return;
  check_fields(value, what, {"timeout", "retry", "circuitBreaker", "circuitBreakerCacheSize"}, diagnostics_);
  TargetEntry entry = read_policies(value, false);
  entry.cache_size = kAppCacheSize;
  read_cache_size(value, entry);
  set_.apps[key.text] = std::move(entry);
}

void Definitions::add_actor(const YamlNode& key, const YamlNode& value) {
  const std::string what = Named{"actor type", key.text}.text();
  if (!is_mapping(value, what, diagnostics_)) return;
  check_fields(value, what, {"timeout", "retry", "circuitBreaker", "circuitBreakerScope", "circuitBreakerCacheSize"},
               diagnostics_);
  TargetEntry entry = read_policies(value, false);
  entry.cache_size = kActorCacheSize;
  read_cache_size(value, entry);
  std::string breaker, scope;
  read_text(value, "circuitBreaker", breaker, diagnostics_);
  read_text(value, "circuitBreakerScope", scope, diagnostics_);
  if (scope == "type") {
    entry.scope = TargetEntry::Scope::Type;
  } else if (!scope.empty() && scope != "id" && scope != "both") {
    const YamlNode& node = *value.find("circuitBreakerScope");
    const std::string message = "circuitBreakerScope must be id, type or both, not " + quoted(scope) +
                                did_you_mean(scope, {"id", "type", "both"});
    if (breaker.empty())
      diagnostics_.strict(node, message);
    else
      diagnostics_.error(node, message);
  } else if (scope.empty() && !breaker.empty()) {
    diagnostics_.error(*value.find("circuitBreaker"),
                       what + " has a circuitBreaker, so it needs a circuitBreakerScope; write id, type or both");
  }
  set_.actors[key.text] = std::move(entry);
}

// Both directions get an entry, so that the one a document leaves out has no defaults either.
void Definitions::add_component(const YamlNode& key, const YamlNode& value) {
  const std::string what = Named{"component", key.text}.text();
  if (!is_mapping(value, what, diagnostics_)) return;
  check_fields(value, what, {"inbound", "outbound"}, diagnostics_);
  const auto direction = [&](std::string_view field) {
    const YamlNode* node = value.find(field);
    const std::string label = std::string(field) + " of " + what;
    if (node == nullptr || !is_mapping(*node, label, diagnostics_)) return TargetEntry{};
    check_fields(*node, label, {"timeout", "retry", "circuitBreaker"}, diagnostics_);
    return read_policies(*node, true);
  };
  set_.inbound[key.text] = direction("inbound");
  set_.outbound[key.text] = direction("outbound");
}

}  // namespace resil
