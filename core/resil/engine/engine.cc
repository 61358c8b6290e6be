#include "resil/engine/engine.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <thread>

namespace resil {
namespace {

constexpr unsigned kMostShards = 8;

unsigned shard_count() {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  return std::min(kMostShards, std::bit_ceil(cores));
}

// Threads that meet in a ring wait for one another, and endpoints come to rings by their numbers: with twice as many
// rings as cores, half as many meet.
unsigned event_rings(unsigned shards) { return shards == 1 ? 1 : 2 * shards; }

// May the breaker keep its state when one plan replaces the other?
bool keeps_state(const PolicyRecord& before, const PolicyRecord& after) {
  const bool was = before.plan.present, is = after.plan.present;
  if (!was || !is) return was == is;
  if (before.plan.shared || after.plan.shared) return before.plan.shared == after.plan.shared;
  return before.policy.breaker->rules() == after.policy.breaker->rules();
}

}  // namespace

Engine::Engine(const EngineOptions& options, PolicySet policies)
    : shard_mask_(shard_count() - 1),
      every_rejection_(options.every_rejection),
      table_(options.max_endpoints, shard_mask_ + 1),
      events_(options.event_capacity, event_rings(shard_mask_ + 1)),
      jitter_(options.jitter_seed),
      set_(std::move(policies)),
      gates_(shard_mask_ + 1) {}

Engine::~Engine() = default;

EndpointId Engine::endpoint(TargetKind kind, std::string_view name, std::string_view instance) {
  const std::lock_guard held(lock_);
  const EndpointId known = table_.lookup(kind, name, instance);
  if (known < 0) return create(set_, kind, name, instance);
  EndpointRecord& record = table_.at(known);
  if (BreakerLru* use = record.use.load()) {
    use->note(record, known);
    evict_beyond_bound(*use, known);
  }
  return known;
}

EndpointId Engine::create(const PolicySet& set, TargetKind kind, std::string_view name, std::string_view instance) {
  Policy policy = set.resolve(kind, name, instance);
  EndpointId owner_id = -1;
  if (policy.breaker_per_target && !instance.empty()) {
    owner_id = table_.lookup(kind, name, {});
    if (owner_id < 0 && table_.capacity() - table_.size() < 2) return kTableFull;  // room for both or neither
    if (owner_id < 0) owner_id = create(set, kind, name, {});
  } else {
    policy.breaker_per_target = false;
  }
  const std::uint32_t number = policies_.intern(policy);
  const BreakerPlan& plan = policies_.at(number).plan;
  const EndpointId id = table_.add(kind, name, instance);
  if (id < 0) return kTableFull;
  EndpointRecord& record = table_.unpublished(id);
  put_in_force(record, provide_cells(record, plan));
  Gates* gates = gates_.of(kind, name, policy);
  record.gates.store(gates == nullptr && every_rejection_ ? &open_gates_ : gates);
  record.owner.store(owner_id < 0 ? id : owner_id);
  record.live.create(number, plan.first_word(0));
  table_.publish(id);
  const Binding binding{id, number, policy.cache_size, gates, nullptr};
  join(binding);
  if (keeps_bound(binding)) evict_beyond_bound(use_of(record.name), id);
  return id;
}

// What the plan counts in. Answers cells that are to be put in force with the plan and not before, since those in force
// are what the present plan's counts are in; or null.
Engine::Windows* Engine::provide_cells(EndpointRecord& record, const BreakerPlan& plan) {
  const std::size_t shards = std::size_t{shard_mask_} + 1;
  if (plan.needs_tallies() && record.tallies.load() == nullptr) {
    tallies_.emplace_back(new Tally<std::atomic>[shards]);
    record.tallies.store(tallies_.back().get(), std::memory_order_release);
  }
  if (!plan.needs_windows()) return nullptr;
  const Windows* present = record.tallies.load()[0].windows.load();
  std::size_t words = plan.window > 0 ? TimeWindow<std::atomic>::words(plan.buckets, shards) : 0;
  std::size_t calls = plan.window_calls;
  if (present != nullptr) {
    if (present->hold(words, calls)) return nullptr;
    // To powers of two, which buckets come in anyway, so that no series of reloads keeps more than a few.
    words = std::max(words, present->bucket_count);
    calls = std::bit_ceil(std::max(calls, present->call_count));
  }
  return windows_.emplace_back(new Windows(words, calls)).get();
}

void Engine::put_in_force(EndpointRecord& record, Windows* windows) {
  if (windows != nullptr) record.tallies.load()[0].windows.store(windows, std::memory_order_release);
}

Engine::Binding Engine::binding_for(const PolicySet& set, EndpointId id) {
  EndpointRecord& record = table_.at(id);
  const EndpointName& name = record.name;
  Policy policy = set.resolve(name.kind, name.name(), name.instance());
  if (name.instance().empty()) policy.breaker_per_target = false;
  if (policy.breaker_per_target && record.owner.load() == id) {
    EndpointId owner_id = table_.lookup(name.kind, name.name(), {});
    if (owner_id < 0) owner_id = create(set, name.kind, name.name(), {});
    if (owner_id < 0) throw EngineFull("max_endpoints leaves none for actor type " + std::string(name.name()));
    record.owner.store(owner_id);
  }
  const std::uint32_t number = policies_.intern(policy);
  Windows* windows = provide_cells(record, policies_.at(number).plan);
  return {id, number, policy.cache_size, gates_.of(name.kind, name.name(), policy), windows};
}

void Engine::reload(PolicySet policies) {
  const std::lock_guard held(lock_);
  // Everything that may fail comes first; from then on nothing does.
  const std::set<const Gates*> gates_before = gates_in_force();
  std::vector<Binding> bindings;
  std::set<const Gates*> gates_after;
  for (std::uint32_t id = 0; id < table_.size(); ++id) {
    bindings.push_back(binding_for(policies, static_cast<EndpointId>(id)));
    if (bindings.back().gates != nullptr) gates_after.insert(bindings.back().gates);
  }
  GateTable::restart(gates_before, gates_after);
  std::swap(set_, policies);
  for (auto& [name, use] : uses_) {
    use->collect_returned([this](EndpointId id) -> EndpointRecord& { return table_.at(id); });
    use->for_each([this](EndpointId id) { table_.at(id).name.resident = false; });
    use->clear();
    use->said_over = false;
  }
  for (const Binding& binding : bindings) bind(binding);
  // From here on it is only book-keeping of bounds.
  stop_noting_far_from_bound(bindings);
  for (const Binding& binding : bindings) join(binding);
  for (auto& [name, use] : uses_) evict_beyond_bound(*use, -1);
}

std::set<const Gates*> Engine::gates_in_force() const {
  std::set<const Gates*> all;
  for (std::uint32_t id = 0; id < table_.size(); ++id) {
    const Gates* gates = table_.at(static_cast<EndpointId>(id)).gates.load();
    if (gates != nullptr && gates->target != nullptr) all.insert(gates);
  }
  return all;
}

void Engine::bind(const Binding& binding) {
  EndpointRecord& record = table_.at(binding.id);
  // First the gates, then the word that sends every call to them.
  if (binding.gates != nullptr) record.gates.store(binding.gates, std::memory_order_release);
  const std::uint32_t before = Endpoint<std::atomic>::plan_of(record.live.binding());
  // Calls go on being seen while a bound is near before and after.
  const bool noting = record.use.load() != nullptr && keeps_bound(binding);
  const std::uint32_t after = PlanNumber::of(binding.policy, noting);
  if (before == after) return;
  put_in_force(record, binding.windows);
  if (keeps_state(policies_.at(PlanNumber::policy(before)), policies_.at(binding.policy))) {
    record.live.rebind_keeping_state(after, plans());
  } else {
    record.live.rebind(after, plans(), [&] { return tallies_of(record); });
  }
}

std::int32_t Engine::state(EndpointId id, Nanos now) noexcept {
  EndpointRecord* record = table_.find(id);
  if (record == nullptr) return kBadArgument;
  const BreakerPlan* plan = &policies_.at(policy_of(record->live.binding())).plan;
  if (!plan->present) return kBadArgument;
  EndpointRecord& owner = plan->shared ? table_.at(record->owner.load()) : *record;
  const BreakerView view = owner.live.inspect(TimeSource(now).now(), plans(), [&] { return tallies_of(owner); });
  return static_cast<std::int32_t>(view.state);
}

std::int32_t Engine::credit(EndpointId id, std::int64_t calls) noexcept {
  EndpointRecord* record = table_.find(id);
  if (record == nullptr || calls < 0) return kBadArgument;
  if (calls > 0) note_use(*record, id);
  EndpointTable::counts(*record, 0).successes.fetch_add(static_cast<std::uint64_t>(calls), std::memory_order_relaxed);
  return 0;
}

std::atomic<std::uint64_t>* Engine::tally(EndpointId id, std::int32_t slot) noexcept {
  EndpointRecord* record = table_.find(id);
  if (record == nullptr || slot < 0) return nullptr;
  Tally<std::atomic>* tallies = record->tallies.load(std::memory_order_acquire);
  return tallies == nullptr ? nullptr : &tallies[static_cast<unsigned>(slot) & shard_mask_].requests.cell();
}

const std::atomic<std::uint64_t>* Engine::word(EndpointId id) const noexcept {
  const EndpointRecord* record = table_.find(id);
  return record == nullptr ? nullptr : &record->live.word();
}

std::int64_t Engine::transitions(EndpointId id, BreakerState to) const noexcept {
  if (table_.find(id) == nullptr) return kBadArgument;
  return table_.transitions(id).into(to).load(std::memory_order_relaxed);
}

const EndpointName* Engine::name(EndpointId id) const noexcept {
  const EndpointRecord* record = table_.find(id);
  return record == nullptr ? nullptr : &record->name;
}

}  // namespace resil
