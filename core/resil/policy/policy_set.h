// PolicySet: what the documents of one load say together; an engine that has one never changes it.
// Answers which policy an endpoint has, defaults included.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "resil/base/types.h"
#include "resil/policy/policy.h"

namespace resil {

struct TargetEntry {  // what a document says about one target, names already replaced
  Nanos timeout = 0;
  std::shared_ptr<const RetryPolicy> retry;
  std::shared_ptr<const BreakerSettings> breaker;
  enum class Scope : std::uint8_t { Id, Type } scope = Scope::Id;  // actors only; `both` behaves as id
  std::uint32_t cache_size = 0;
  TargetLimits limits;
};

class PolicySet {
 public:
  // Named policies: what defaults and reserved names are looked up in. Reserved retries are always here.
  std::map<std::string, Nanos, std::less<>> timeouts;
  std::map<std::string, std::shared_ptr<const RetryPolicy>, std::less<>> retries;
  std::map<std::string, std::shared_ptr<const BreakerSettings>, std::less<>> breakers;

  std::map<std::string, TargetEntry, std::less<>> apps, actors, inbound, outbound;

  bool enabled = true;  // false: a Configuration document left the feature off; everything passes through

  // The policy of an endpoint. `instance` is an app's method, an actor's id, a component's type.
  Policy resolve(TargetKind kind, std::string_view name, std::string_view instance) const;

  // `endpoint[app, app:method]`, `actor[type, id]`, `component[name] output`: how log lines call an operation.
  static std::string operation_name(TargetKind kind, std::string_view name, std::string_view instance);
};

}  // namespace resil
