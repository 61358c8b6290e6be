// Keeping circuitBreakerCacheSize. Evicting forgets what a closed breaker counted: its endpoint's number stays
// good, and its next call finds a fresh breaker.
#include <string>
#include <vector>

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
  const bool evicted = record.use.load() != nullptr && record.last_used.load() == 0;
  if (!evicted) use.add(record, binding.id);
  if (use.residents() * 2 >= use.bound) start_noting(use);
}

// Those that are not yet noted were last used, as far as anybody knows, when they were interned.
void Engine::start_noting(TargetUse& use) {
  for (const auto& [known, id] : use.all()) {
    EndpointRecord& record = table_.at(id);
    if (record.use.load() == &use) continue;
    if (record.last_used.load() == 0) record.last_used.store(use.next_stamp());
    record.use.store(&use, std::memory_order_release);
  }
}

void Engine::evict_beyond_bound(TargetUse& use, EndpointId newest) {
  const auto record_of = [this](EndpointId id) -> EndpointRecord& { return table_.at(id); };
  use.collect_returned(record_of);
  std::vector<EndpointId> kept;
  while (use.residents() + kept.size() > use.bound && use.residents() > 0) {
    const EndpointId oldest = use.take_oldest(record_of);
    EndpointRecord& record = table_.at(oldest);
    const BreakerWord word(record.live.word().load(std::memory_order_acquire));
    if (oldest == newest || word.phase() != Phase::Closed) {
      kept.push_back(oldest);
      continue;
    }
    // Zero first: a call that comes now puts the endpoint back on the stack, and finds the fresh breaker or is
    // the reason why it could not be forgotten.
    const std::uint64_t used = record.last_used.exchange(0, std::memory_order_relaxed);
    record.name.resident = false;
    if (record.live.forget(plans())) continue;
    if (record.last_used.load(std::memory_order_relaxed) == 0) record.last_used.store(used, std::memory_order_relaxed);
    record.name.resident = true;
    kept.push_back(oldest);
  }
  for (const EndpointId id : kept) use.put_back(table_.at(id).last_used.load(std::memory_order_relaxed), id);
  if (use.residents() <= use.bound || use.said_over) return;
  use.said_over = true;
  warn_locked("target '" + std::string(table_.at(newest).name.name()) + "' keeps more than circuitBreakerCacheSize " +
                  std::to_string(use.bound) + " breakers: all are open or half-open, and none of these is forgotten",
              newest);
}

}  // namespace resil
