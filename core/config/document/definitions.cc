// What retries, breakers and targets have in common: who overrides or amends whom, and what nobody names.
#include "config/document/definitions.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "config/document/fields.h"
#include "config/document/schema.h"
#include "config/text/duration.h"
#include "config/text/suggest.h"
#include "resil/policy/reserved.h"

namespace resil {
namespace {

std::string described(const Place& place) {
  const std::string line = "line " + std::to_string(place.line);
  return place.source.empty() ? line : place.source + ", " + line;
}

// The value of a field in any case: a document that does not apply has not been looked over.
const YamlNode* find_loosely(const YamlNode* mapping, std::string_view field) {
  for (std::size_t i = 0; mapping != nullptr && mapping->kind == YamlNode::Kind::Mapping && i < mapping->pairs(); ++i) {
    if (same_letters(mapping->key(i).text, field)) return &mapping->value(i);
  }
  return nullptr;
}

}  // namespace

Definitions::Definitions(Diagnostics& diagnostics) : diagnostics_(diagnostics) {
  set_.retries = reserved_retries();
  for (const auto& [name, policy] : set_.retries) retries_.emplace(name, *policy);
}

Definition& Definitions::define(Defined& defined, std::string_view what, const YamlNode& key, const YamlNode& value) {
  const auto [found, fresh] = defined.try_emplace(key.text);
  Definition& definition = found->second;
  if (!fresh && !extension_) {
    diagnostics_.warning(
        key, std::string(what) + " " + quoted(key.text) + " overrides the one of " + described(definition.at));
    definition.fields.clear();
  }
  if (fresh || !extension_) definition.at = diagnostics_.place(key);
  for (std::size_t i = 0; value.kind == YamlNode::Kind::Mapping && i < value.pairs(); ++i) {
    if (value.value(i).kind != YamlNode::Kind::Null)
      definition.fields[value.key(i).text] = diagnostics_.place(value.value(i));
  }
  return definition;
}

void Definitions::add_policies(const Document& document) {
  diagnostics_.begin_source(document.source);
  extension_ = document.extension;
  const YamlNode* spec = document.root.find("spec");
  if (spec == nullptr) {
    diagnostics_.warning(document.root, document_name(document) + " has no spec: it defines nothing");
    return;
  }
  const YamlNode* policies = spec->find("policies");
  if (policies == nullptr) return;
  const auto each = [&](std::string_view field, auto add) {
    const YamlNode* mapping = policies->find(field);
    for (std::size_t i = 0; mapping != nullptr && i < mapping->pairs(); ++i)
      (this->*add)(mapping->key(i), mapping->value(i));
  };
  each("timeouts", &Definitions::add_timeout);
  each("retries", &Definitions::add_retry);
  each("circuitBreakers", &Definitions::add_breaker);
}

void Definitions::add_timeout(const YamlNode& key, const YamlNode& value) {
  define(defined_timeouts_, "timeout", key, value);
  Nanos& timeout = set_.timeouts[key.text];
  if (!extension_) timeout = 0;
  if (value.kind == YamlNode::Kind::Null) {
    const std::string effect = timeout > 0 ? "so it stays " + duration_text(timeout) : "so it limits nothing";
    diagnostics_.warning(key,
                         "timeout " + quoted(key.text) + " has no value, " + effect + "; write a duration like 5s");
    return;
  }
  parse_duration_at(value, key.text, timeout, diagnostics_);
}

void Definitions::no_effect(const Definition& definition, std::string_view field, const std::string& why) {
  if (definition.has(field))
    diagnostics_.warning(definition.place(field), std::string(field) + " has no effect here: " + why);
}

void Definitions::finish_policies() {
  for (const auto& [name, definition] : defined_retries_) finish_retry(retries_.at(name), definition);
  for (const auto& [name, definition] : defined_breakers_) finish_breaker(breakers_.at(name), definition);
  for (auto& [name, policy] : retries_) set_.retries[name] = std::make_shared<const RetryPolicy>(std::move(policy));
  for (auto& [name, settings] : breakers_)
    set_.breakers[name] = std::make_shared<const BreakerSettings>(std::move(settings));
}

void Definitions::note_names(const Document& document) {
  const YamlNode* targets = find_loosely(find_loosely(&document.root, "spec"), "targets");
  std::vector<const YamlNode*> left;
  if (targets != nullptr) left.push_back(targets);
  while (!left.empty()) {
    const YamlNode& node = *left.back();
    left.pop_back();
    for (std::size_t i = 0; node.kind == YamlNode::Kind::Mapping && i < node.pairs(); ++i) {
      const std::string &field = node.key(i).text, &name = node.value(i).text;
      if (node.value(i).kind == YamlNode::Kind::Mapping) left.push_back(&node.value(i));
      if (same_letters(field, "timeout")) used_timeouts_.insert(name);
      if (same_letters(field, "retry")) used_retries_.insert(name);
      if (same_letters(field, "circuitBreaker")) used_breakers_.insert(name);
    }
  }
}

void Definitions::tell_unused() {
  const auto tell = [&](const Defined& defined, const auto& used, std::string_view what, std::string_view suffix) {
    const std::vector<std::string> special = default_policy_names(suffix);
    for (const auto& [name, definition] : defined) {
      if (used.contains(name) || is_reserved_retry(name)) continue;
      if (std::find(special.begin(), special.end(), name) != special.end()) continue;
      std::string hint;
      if (name.rfind("Default", 0) == 0) hint = did_you_mean(name, {special.begin(), special.end()});
      diagnostics_.warning(definition.at,
                           std::string(what) + " " + quoted(name) + " is not used: no target names it" + hint);
    }
  };
  tell(defined_timeouts_, used_timeouts_, "timeout", "TimeoutPolicy");
  tell(defined_retries_, used_retries_, "retry policy", "RetryPolicy");
  tell(defined_breakers_, used_breakers_, "circuit breaker", "CircuitBreakerPolicy");
}

}  // namespace resil
