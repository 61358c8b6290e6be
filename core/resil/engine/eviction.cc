// Keeping circuitBreakerCacheSize. Evicting forgets what a closed breaker counted: its endpoint's number stays
// good, and its next call finds a fresh breaker.
#include <map>
#include <string>
#include <vector>

#include "resil/engine/engine.h"

namespace resil {

BreakerLru& Engine::use_of(const EndpointName& name) {
  std::unique_ptr<BreakerLru>& use = uses_[{name.kind, std::string(name.name())}];
  if (use == nullptr) use = std::make_unique<BreakerLru>();
  return *use;
}

// Does its breaker count towards a bound of its target? Without a breaker there is none.
bool Engine::keeps_bound(const Binding& binding) const {
  return binding.cache_size != 0 && !policies_.at(binding.policy).plan.shared;
}

void Engine::join(const Binding& binding) {
  EndpointRecord& record = table_.at(binding.id);
  if (!keeps_bound(binding)) {
    stop_noting(record);
    return;
  }
  BreakerLru& use = use_of(record.name);
  use.bound = binding.cache_size;
  const bool evicted = record.use.load() != nullptr && record.last_used.load() == 0;
  if (!evicted) use.add(record, binding.id);
  if (use.noting) note_from_now(use, binding.id);
  if (!use.noting && use.residents() * 2 >= use.bound) {
    use.noting = true;
    use.for_each([&](EndpointId id) { note_from_now(use, id); });
  }
}

// One that is not yet noted was last used, as far as anybody knows, when it was interned. First whom to tell, then the
// word that sends every call here.
void Engine::note_from_now(BreakerLru& use, EndpointId id) {
  EndpointRecord& record = table_.at(id);
  if (record.use.load() == &use) return;
  if (record.last_used.load() == 0) record.last_used.store(use.next_stamp());
  record.use.store(&use, std::memory_order_release);
  if (record.gates.load() == nullptr) record.gates.store(&open_gates_, std::memory_order_release);
  record.live.rebind_keeping_state(PlanNumber::of(policy_of(record.live.binding()), true), plans());
}

void Engine::stop_noting(EndpointRecord& record) {
  if (record.use.exchange(nullptr) == nullptr) return;
  if (record.gates.load() == &open_gates_ && !every_rejection_) record.gates.store(nullptr);
  record.live.rebind_keeping_state(policy_of(record.live.binding()), plans());
}

// After a reload that raised a bound: where all endpoints of a target, the evicted ones too, are fewer than half of it.
void Engine::stop_noting_far_from_bound(const std::vector<Binding>& bindings) {
  std::map<BreakerLru*, std::size_t> members;
  for (const Binding& binding : bindings) {
    if (!keeps_bound(binding)) continue;
    BreakerLru& use = use_of(table_.at(binding.id).name);
    use.bound = binding.cache_size;
    ++members[&use];
  }
  for (const Binding& binding : bindings) {
    EndpointRecord& record = table_.at(binding.id);
    BreakerLru* use = record.use.load();
    if (use == nullptr || members[use] * 2 >= use->bound) continue;
    use->noting = false;
    stop_noting(record);
  }
}

void Engine::evict_beyond_bound(BreakerLru& use, EndpointId newest) {
  constexpr int kLookAtSetAside = 4;  // for each call, so that all get their turn and none waits for all
  const auto record_of = [this](EndpointId id) -> EndpointRecord& { return table_.at(id); };
  const auto closed = [&](EndpointId id) {
    return BreakerWord(record_of(id).live.word().load(std::memory_order_acquire)).phase() == Phase::Closed;
  };
  use.collect_returned(record_of);
  for (int i = 0; i < kLookAtSetAside; ++i) {
    const EndpointId id = use.next_set_aside();
    if (id < 0) break;
    if (closed(id))
      use.put_back(record_of(id).last_used.load(std::memory_order_relaxed), id);
    else
      use.set_aside(id);
  }
  use.keep_bound(newest, record_of, [this](EndpointId id) { return forget(id); });
  if (use.residents() <= use.bound || use.said_over) return;
  use.said_over = true;
  EndpointId any = newest;
  use.for_each([&any](EndpointId id) { any = any < 0 ? id : any; });
  warn_locked("target '" + std::string(record_of(any).name.name()) + "' keeps more than circuitBreakerCacheSize " +
                  std::to_string(use.bound) + " breakers: all are open or half-open, and none of these is forgotten",
              any);
}

// False: it is not closed any more.
bool Engine::forget(EndpointId id) {
  EndpointRecord& record = table_.at(id);
  // Zero first: a call that comes now puts the endpoint back on the stack, and finds the fresh breaker or is the
  // reason why it could not be forgotten.
  const std::uint64_t used = record.last_used.exchange(0, std::memory_order_relaxed);
  if (record.live.forget(plans(), [&] { return tallies_of(record); })) {
    record.name.resident = false;
    return true;
  }
  std::uint64_t unused = 0;
  record.last_used.compare_exchange_strong(unused, used, std::memory_order_relaxed);
  return false;
}

}  // namespace resil
