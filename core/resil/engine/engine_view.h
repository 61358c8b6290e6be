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

// Operations that are over, by how they ended.
struct OperationTotals {
  std::uint64_t succeeded = 0, failed = 0, cancelled = 0, rejected = 0;

  std::uint64_t ended() const { return succeeded + failed + cancelled + rejected; }
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
  OperationTotals operations;
  TransitionTotals transitions;  // of its own breaker, into each state
};

// What bounds a target besides its breakers; only what is in force is there.
struct TargetView {
  struct Rate {
    std::int64_t rate = 0;
    Nanos per = 0;
    std::int64_t burst = 0, available = 0;
    std::uint64_t rejected = 0;
  };
  struct Concurrency {
    std::uint32_t limit = 0, in_flight = 0;
    std::uint64_t rejected = 0;
  };
  struct Budget {
    double ratio = 0, min_per_second = 0;
    Nanos window = 0;
    std::uint64_t operations = 0, retries = 0, refused = 0;
  };
  struct Hold {
    Nanos left = 0;
    std::uint64_t rejected = 0;
  };

  TargetKind kind = TargetKind::App;
  std::string name;
  std::optional<Rate> rate;
  std::optional<Concurrency> concurrency;
  std::optional<Budget> budget;
  std::optional<Hold> hold;
  Nanos deadline = 0;
};

struct EngineView {
  std::vector<EndpointEntry> endpoints;
  std::vector<TargetView> targets;  // those with such bounds
  std::uint64_t events = 0, policies = 0;
};

}  // namespace resil
