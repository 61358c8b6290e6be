#include "resil/policy/policy_set.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "resil/policy/reserved.h"

namespace resil {
namespace {

// What stands between `Default` and `RetryPolicy` and the like, from most to least specific.
struct Levels {
  std::array<std::string, 4> names;
  std::size_t size = 0;

  void add(std::string name) { names[size++] = std::move(name); }
};

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

Levels levels_of(TargetKind kind, std::string_view component_type) {
  Levels levels;
  if (kind == TargetKind::App) {
    levels.add("App");
  } else if (kind == TargetKind::Actor) {
    levels.add("Actor");
  } else {
    const std::string direction = kind == TargetKind::ComponentIn ? "ComponentInbound" : "ComponentOutbound";
    for (const std::string_view type : kComponentTypes) {
      if (same_word(type, component_type)) levels.add(std::string(type) + direction);
    }
    levels.add(direction);
    levels.add("Component");
  }
  levels.add("");
  return levels;
}

// The most specific default there is; each kind of policy is looked for by itself.
template <typename Map>
typename Map::mapped_type find_default(const Map& named, const Levels& levels, std::string_view suffix) {
  for (std::size_t i = 0; i < levels.size; ++i) {
    const auto found = named.find("Default" + levels.names[i] + std::string(suffix));
    if (found != named.end()) return found->second;
  }
  return {};
}

TargetEntry default_entry(const PolicySet& set, TargetKind kind, std::string_view instance) {
  const Levels levels = levels_of(kind, instance);
  TargetEntry entry;
  entry.timeout = find_default(set.timeouts, levels, "TimeoutPolicy");
  entry.retry = find_default(set.retries, levels, "RetryPolicy");
  entry.breaker = find_default(set.breakers, levels, "CircuitBreakerPolicy");
  entry.scope = TargetEntry::Scope::Type;  // no document chose one: a breaker for the whole actor type
  entry.cache_size = kind == TargetKind::App ? kAppCacheSize : kind == TargetKind::Actor ? kDefaultActorCacheSize : 0;
  return entry;
}

const TargetEntry* own_entry(const PolicySet& set, TargetKind kind, std::string_view name) {
  const auto& entries = kind == TargetKind::App           ? set.apps
                        : kind == TargetKind::Actor       ? set.actors
                        : kind == TargetKind::ComponentIn ? set.inbound
                                                          : set.outbound;
  const auto found = entries.find(name);
  return found == entries.end() ? nullptr : &found->second;
}

std::string joined(std::string_view first, std::string_view separator, std::string_view second) {
  std::string text(first);
  if (second.empty()) return text;
  return text.append(separator).append(second);
}

}  // namespace

Policy PolicySet::resolve(TargetKind kind, std::string_view name, std::string_view instance) const {
  Policy policy;
  if (!enabled) return policy;
  if (kind == TargetKind::Builtin) {
    const auto found = retries.find(name);
    if (found != retries.end() && is_reserved_retry(name)) policy.retry = found->second;
    return policy;
  }
  const TargetEntry* own = own_entry(*this, kind, name);
  const TargetEntry entry = own != nullptr ? *own : default_entry(*this, kind, instance);
  policy.timeout = entry.timeout;
  policy.retry = entry.retry;
  policy.breaker = entry.breaker;
  policy.limits = entry.limits;
  if (policy.breaker == nullptr) return policy;

  policy.cache_size = entry.cache_size;
  if (kind == TargetKind::App) {
    policy.breaker_name = joined(name, ":", instance);
  } else if (kind == TargetKind::Actor) {
    policy.breaker_per_target = entry.scope == TargetEntry::Scope::Type;
    policy.breaker_name = policy.breaker_per_target ? std::string(name) : joined(name, "-", instance);
  } else {
    policy.breaker_name = joined(policy.breaker->policy_name, "-", name);
  }
  return policy;
}

std::string PolicySet::operation_name(TargetKind kind, std::string_view name, std::string_view instance) {
  const std::string target(name);
  switch (kind) {
    case TargetKind::App: return "endpoint[" + target + ", " + joined(name, ":", instance) + "]";
    case TargetKind::Actor: return "actor[" + joined(name, ", ", instance) + "]";
    case TargetKind::ComponentIn: return "component[" + target + "] input";
    case TargetKind::ComponentOut: return "component[" + target + "] output";
    case TargetKind::Builtin: break;
  }
  return target;
}

}  // namespace resil
