// EngineView: what a snapshot shows, collected under the engine's lock without moving anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "resil/base/types.h"
#include "resil/breaker/circuit_breaker.h"

namespace resil {

struct CallTotals {
  std::uint64_t successes = 0, failures = 0, timeouts = 0, cancelled = 0, rejections = 0, retries = 0, recovered = 0,
                gave_up = 0;
};

struct TransitionTotals {
  std::uint32_t closed = 0, open = 0, half_open = 0;
};

struct BreakerEntry {
  std::string name, policy;
  BreakerView view;
};

struct EndpointEntry {
  EndpointId id = 0;
  TargetKind kind = TargetKind::App;
  std::string name, instance;
  Nanos timeout = 0;
  std::optional<std::string> retry;     // the policy's name
  std::optional<BreakerEntry> breaker;  // absent: no breaker, or evicted
  bool evicted = false;
  CallTotals totals;
  TransitionTotals transitions;  // of its own breaker, into each state
};

struct EngineView {
  std::vector<EndpointEntry> endpoints;
  std::uint64_t events = 0, policies = 0;
};

}  // namespace resil
