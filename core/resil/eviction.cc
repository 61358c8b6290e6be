// Keeping circuitBreakerCacheSize. Evicting forgets what a closed breaker counted: its endpoint's number stays
// good, and its next call finds a fresh breaker.
#include <algorithm>
#include <string>

#include "resil/engine.h"

namespace resil {

TargetUse& Engine::use_of(const EndpointName& name) {
  std::unique_ptr<TargetUse>& use = uses_[{name.kind, std::string(name.name())}];
  if (use == nullptr) use = std::make_unique<TargetUse>();
  return *use;
}

void Engine::join(const Binding& binding) {
  EndpointRecord& record = table_.at(binding.id);
  const BreakerPlan& plan = policies_.at(binding.policy).plan;
  if (!plan.present || plan.elsewhere || binding.cache_size == 0) {
    record.use.store(nullptr);
    return;
  }
  TargetUse& use = use_of(record.name);
  use.bound = binding.cache_size;
  use.residents.push_back(binding.id);
  if (use.residents.size() * 2 >= use.bound) start_noting(use);
  evict_beyond_bound(use, binding.id);
}

// Those that are not yet noted were last used, as far as anybody knows, when they were interned.
void Engine::start_noting(TargetUse& use) {
  for (const EndpointId id : use.residents) {
    EndpointRecord& record = table_.at(id);
    if (record.use.load() == &use) continue;
    if (record.last_used.load() == 0) record.last_used.store(use.next_stamp());
    record.use.store(&use, std::memory_order_release);
  }
}

void Engine::evict_beyond_bound(TargetUse& use, EndpointId newest) {
  std::vector<EndpointId>& residents = use.residents;
  use.collect_returned([this](EndpointId id) -> EndpointRecord& { return table_.at(id); });
  const auto closed = [this](EndpointId id) {
    return BreakerWord(table_.at(id).live.word().load(std::memory_order_acquire)).phase() == Phase::Closed;
  };
  while (residents.size() > use.bound) {
    auto oldest = residents.end();
    std::uint64_t oldest_use = 0;
    for (auto it = residents.begin(); it != residents.end(); ++it) {
      const std::uint64_t used = table_.at(*it).last_used.load(std::memory_order_relaxed);
      if (*it == newest || (oldest != residents.end() && used >= oldest_use) || !closed(*it)) continue;
      oldest = it;
      oldest_use = used;
    }
    if (oldest == residents.end()) {
      if (!use.said_over) {
        const EndpointName& name = table_.at(newest).name;
        warn_locked("target '" + std::string(name.name()) + "' keeps more than circuitBreakerCacheSize " +
                        std::to_string(use.bound) + " breakers: all are open or half-open, and none of these is forgotten",
                    newest);
        use.said_over = true;
      }
      return;
    }
    EndpointRecord& record = table_.at(*oldest);
    record.last_used.store(0, std::memory_order_relaxed);
    if (record.live.forget(plans())) {
      *oldest = residents.back();
      residents.pop_back();
    } else {
      record.last_used.store(oldest_use, std::memory_order_relaxed);
    }
  }
}

}  // namespace resil
