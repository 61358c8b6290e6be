// spec.targets: apps, actors, components.
#include <limits>
#include <vector>

#include "config/document/definitions.h"
#include "config/document/fields.h"
#include "config/document/limits.h"
#include "config/text/duration.h"
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
  extension_ = document.extension;
  const YamlNode* spec = document.root.find("spec");
  const YamlNode* targets = spec == nullptr ? nullptr : spec->find("targets");
  if (targets == nullptr) return;
  const auto each = [&](std::string_view field, auto add) {
    const YamlNode* mapping = targets->find(field);
    for (std::size_t i = 0; mapping != nullptr && i < mapping->pairs(); ++i)
      (this->*add)(mapping->key(i), mapping->value(i));
  };
  each("apps", &Definitions::add_app);
  each("actors", &Definitions::add_actor);
  each("components", &Definitions::add_component);
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
  if (timeout && parse_duration(node.text).value)
    hint = "; give the duration a name under timeouts, and write the name here";
  const std::string message = "undefined " + std::string(what) + " " + quoted(node.text) + hint;
  if (always_wrong)
    diagnostics_.error(node, message);
  else
    diagnostics_.strict(node, message, "the target has no " + std::string(what));
}

void Definitions::read_names(const YamlNode& target, bool component, TargetEntry& entry) {
  const auto look_up = [&](std::string_view field, std::string_view what, const auto& named, auto& used, auto& out,
                           bool always_wrong) {
    const YamlNode* node = target.find(field);
    if (node == nullptr) return;
    used.insert(node->text);
    out = {};
    const auto found = named.find(node->text);
    if (found != named.end())
      out = found->second;
    else
      undefined(*node, what, always_wrong);
  };
  look_up("timeout", "timeout", set_.timeouts, used_timeouts_, entry.timeout, false);
  look_up("retry", "retry policy", set_.retries, used_retries_, entry.retry, false);
  // The original crashes at a component's undefined breaker, and ignores an app's or actor's.
  look_up("circuitBreaker", "circuit breaker", set_.breakers, used_breakers_, entry.breaker, component);
}

// A target with an entry gets no default policies: an extension that only means to add to them takes them away.
void Definitions::tell_lost_defaults(TargetKind kind, const YamlNode& key, std::string_view what) {
  if (!extension_) return;
  const Policy policy = set_.resolve(kind, key.text, "");
  if (policy.timeout == 0 && policy.retry == nullptr && policy.breaker == nullptr) return;
  diagnostics_.warning(key, std::string(what) + " " + quoted(key.text) +
                                " has its only entry here, so default policies no longer apply to it; name them in it");
}

// 0 is the usual size, as in the original.
void Definitions::read_cache_size(const YamlNode& target, TargetEntry& entry, std::uint32_t usual) {
  if (entry.cache_size == 0) entry.cache_size = usual;  // an extension may amend one that has a size
  std::int64_t size = 0;
  if (read_integer(target, "circuitBreakerCacheSize", 0, kMostCached, size, diagnostics_))
    entry.cache_size = size > 0 ? static_cast<std::uint32_t>(size) : usual;
}

void Definitions::add_app(const YamlNode& key, const YamlNode& value) {
  if (!apps_.contains(key.text)) tell_lost_defaults(TargetKind::App, key, "app");
  define(apps_, "app", key, value);
  TargetEntry& entry = set_.apps[key.text];
  if (!extension_) entry = {};
  read_names(value, false, entry);
  read_cache_size(value, entry, kAppCacheSize);
  read_limits(value, entry.limits, diagnostics_);
}

void Definitions::add_actor(const YamlNode& key, const YamlNode& value) {
  if (!actors_.contains(key.text)) tell_lost_defaults(TargetKind::Actor, key, "actor type");
  const Definition& definition = define(actors_, "actor type", key, value);
  TargetEntry& entry = set_.actors[key.text];
  if (!extension_) entry = {};
  read_names(value, false, entry);
  read_cache_size(value, entry, kActorCacheSize);
  read_limits(value, entry.limits, diagnostics_);
  std::string scope;
  if (!read_text(value, "circuitBreakerScope", scope)) return;
  entry.scope = scope == "type" ? TargetEntry::Scope::Type : TargetEntry::Scope::Id;
  if (scope == "type" || scope == "id" || scope == "both") return;
  const YamlNode& node = *value.find("circuitBreakerScope");
  const std::string message = "circuitBreakerScope must be id, type or both, not " + quoted(scope) +
                              did_you_mean(scope, {"id", "type", "both"});
  if (definition.has("circuitBreaker"))
    diagnostics_.error(node, message);
  else
    diagnostics_.strict(node, message, "it is ignored");
}

// Both directions get an entry, so that the one a document leaves out has no defaults either.
void Definitions::add_component(const YamlNode& key, const YamlNode& value) {
  if (!components_.contains(key.text)) tell_lost_defaults(TargetKind::ComponentOut, key, "component");
  define(components_, "component", key, value);
  const auto read = [&](std::string_view field, TargetEntry& entry) {
    if (!extension_) entry = {};
    const YamlNode* node = value.find(field);
    if (node == nullptr) return;
    read_names(*node, true, entry);
    read_limits(*node, entry.limits, diagnostics_);
  };
  read("inbound", set_.inbound[key.text]);
  read("outbound", set_.outbound[key.text]);
}

void Definitions::finish_targets() {
  const std::string why = "there is no circuitBreaker beside it";
  for (const auto& [name, definition] : apps_) {
    if (!definition.has("circuitBreaker")) no_effect(definition, "circuitBreakerCacheSize", why);
  }
  for (const auto& [name, definition] : actors_) {
    if (!definition.has("circuitBreaker")) {
      no_effect(definition, "circuitBreakerCacheSize", why);
      no_effect(definition, "circuitBreakerScope", why);
    } else if (!definition.has("circuitBreakerScope")) {
      diagnostics_.error(definition.place("circuitBreaker"),
                         "actor type " + quoted(name) +
                             " has a circuitBreaker, so it needs a circuitBreakerScope; write id, type or both");
    }
  }
}

}  // namespace resil
