// Engine: endpoints, policies and events put together. begin, end, adopt and state are the hot path (begin.cc, end.cc:
// no lock, no allocation, no system call but the clock); everything else takes the engine's lock.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "resil/base/jitter.h"
#include "resil/engine/breaker_lru.h"
#include "resil/engine/endpoint_table.h"
#include "resil/engine/engine_view.h"
#include "resil/engine/gates.h"
#include "resil/engine/policy_table.h"
#include "resil/engine/ticket.h"
#include "resil/events/event_log.h"
#include "resil/policy/policy_set.h"

namespace resil {

// max_endpoints are there.
struct EngineFull : std::length_error {
  using std::length_error::length_error;
};

struct EngineOptions {
  std::uint32_t max_endpoints = 1U << 20;
  std::uint32_t event_capacity = 1024;
  std::uint64_t jitter_seed = 0;  // 0: a random one
  bool every_rejection = false;
};

class Engine {
 public:
  Engine(const EngineOptions& options, PolicySet policies);
  ~Engine();

  // The hot path. Answers a BeginAnswer or EndAnswer, or one of kBadArgument and kBadTicket.
  std::int32_t begin(EndpointId id, Nanos now, Ticket& ticket) noexcept;
  std::int32_t end(Ticket& ticket, Outcome outcome, Nanos now) noexcept;
  // begin and end themselves, for whoever includes first_look.h: the functions of the C ABI are these.
  std::int32_t begin_in_line(EndpointId id, Nanos now, Ticket& ticket) noexcept;
  std::int32_t end_in_line(Ticket& ticket, Outcome outcome, Nanos now) noexcept;
  std::int32_t adopt(EndpointId id, std::uint64_t word, Nanos began, Ticket& ticket) noexcept;

  // Lock-free too, though nobody is in a hurry.
  std::int32_t state(EndpointId id, Nanos now) noexcept;
  std::int32_t credit(EndpointId id, std::int64_t calls) noexcept;
  // Where a host counts the requests of calls that a counted word lets it skip; null while the endpoint counts none.
  std::atomic<std::uint64_t>* tally(EndpointId id, std::int32_t slot) noexcept;
  const std::atomic<std::uint64_t>* word(EndpointId id) const noexcept;
  // How often the endpoint's breaker went into that state since the engine was opened: its events, counted.
  std::int64_t transitions(EndpointId id, BreakerState to) const noexcept;
  // What the endpoint is called; nullptr for no such endpoint. The name never changes and never moves.
  const EndpointName* name(EndpointId id) const noexcept;

  // Readers of events wait for each other; nobody else waits for them.
  std::uint32_t read_events(std::uint64_t& cursor, Event* out, std::uint32_t capacity) noexcept {
    return events_.read(cursor, out, capacity);
  }

  // Under the lock. endpoint: kTableFull when it is.
  EndpointId endpoint(TargetKind kind, std::string_view name, std::string_view instance);
  void reload(PolicySet policies);
  void warn(const std::string& text, EndpointId endpoint = -1);
  std::string event_text(const Event& event) const;
  EngineView view(Nanos now) const;

 private:
  struct Plans {  // by PlanNumber
    const PolicyTable& table;
    const BreakerPlan& operator()(std::uint32_t number) const { return table.plan(number); }
  };
  using Tallies = std::span<Tally<std::atomic>>;
  using Windows = WindowCells<std::atomic>;
  struct Binding {  // an endpoint and the policy that it is to have
    EndpointId id;
    std::uint32_t policy;
    std::uint32_t cache_size;
    Gates* gates;
    Windows* windows;  // see provide_cells
  };
  struct Asked {  // a breaker's answer, and whose breaker it was
    Admission admission;
    EndpointId owner_id = -1;
  };

  // begin_short.cc, end_short.cc; each answers, or asks the general way
  std::int32_t begin_counted(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record) noexcept;
  std::int32_t begin_closed(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record) noexcept;
  std::int32_t begin_interval(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record,
                              const PolicyRecord& policy) noexcept;
  std::int32_t begin_beside(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record,
                            const PolicyRecord& policy) noexcept;
  std::int32_t begin_in_window(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record,
                               const PolicyRecord& policy) noexcept;
  std::int32_t begin_open(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record, BreakerWord word) noexcept;
  std::int32_t end_closed(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record) noexcept;
  template <bool kInterval>
  [[gnu::noinline]] std::int32_t end_closed_in(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                                               const PolicyRecord& policy) noexcept;
  std::int32_t end_in_window(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                             const PolicyRecord& policy) noexcept;
  std::int32_t end_failed(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record) noexcept;
  std::int32_t end_failed_beside(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                                 const PolicyRecord& policy) noexcept;
  template <bool kInterval, TripQuestion kQuestion>
  [[gnu::noinline]] std::int32_t end_failed_in(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                                               const PolicyRecord& policy) noexcept;
  std::int32_t end_failed_in_window(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                                    const PolicyRecord& policy) noexcept;
  std::int32_t end_started(Ticket& ticket, Outcome outcome, Nanos now, CountedFailure counted) noexcept;
  std::int32_t answer_short(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                            const PolicyRecord& policy) noexcept;
  std::int32_t answer_retry(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                            const RetryPolicy& retry) noexcept;

  // begin.cc, end.cc
  std::int32_t begin_general(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record) noexcept;
  std::int32_t end_general(Ticket& ticket, Outcome reported, Nanos now) noexcept;
  std::int32_t end_general(Ticket& ticket, Outcome reported, TimeSource time, Progress progress) noexcept;
  Asked ask_breaker(EndpointRecord& record, EndpointId id, TimeSource& time, Ticket& ticket) noexcept;
  static bool is_late(const Ticket& ticket, TimeSource& time) noexcept;
  std::int32_t reject_late(Ticket& ticket, EndpointId id) noexcept;
  void resume(Ticket& ticket, EndpointId id) noexcept;
  bool continues(const Ticket& ticket, EndpointId id) const noexcept;
  void publish(Ticket& ticket, const Event& event) noexcept;
  void publish_transition(Ticket& ticket, const Transition& transition, EndpointId owner_id,
                          const TimeSource& time) noexcept;
  std::int32_t reject(Ticket& ticket, EndpointId id, const Admission& admission, TimeSource& time) noexcept;
  void tell_rejection(Ticket& ticket, EndpointId id, const Admission& admission, const TimeSource& time) noexcept;
  void admit(Ticket& ticket, EndpointId id, std::uint32_t policy, Nanos timeout, const Asked& asked,
             TimeSource& time) noexcept;
  std::int32_t succeed(Ticket& ticket, EndpointRecord& record, TimeSource& time) noexcept;
  std::int32_t fail(Ticket& ticket, EndpointRecord& record, Outcome outcome, bool may_retry, const Gates* gates,
                    TimeSource& time) noexcept;

  // begin_gated.cc, gated_short.cc
  std::int32_t begin_gated(const Gates& gates, EndpointRecord& record, EndpointId id, TimeSource& time,
                           Ticket& ticket) noexcept;
  std::int32_t begin_gated_short(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record,
                                 const PolicyRecord& policy) noexcept;
  std::int32_t end_with_place(Ticket& ticket, Outcome outcome, Nanos now) noexcept;
  bool breaker_refuses(EndpointRecord& record, TimeSource& time) noexcept;
  void give_permit_back(const Asked& asked, TimeSource& time) noexcept;
  Admission closed(const Gates& gates, Reason reason, Nanos wait, TimeSource& time) noexcept;
  void leave_place(Ticket& ticket, const EndpointRecord& record) noexcept;
  bool budget_allows(const Gates& gates, TimeSource& time) noexcept;

  Tallies tallies_of(const EndpointRecord& record) const {
    Tally<std::atomic>* tallies = record.tallies.load(std::memory_order_acquire);
    return {tallies, tallies == nullptr ? 0 : std::size_t{shard_mask_} + 1};
  }
  Plans plans() const { return Plans{policies_}; }
  // Whose breaker gave the ticket's permit. Once a record has another owner, it has that one for ever.
  EndpointId permit_owner(const Ticket& ticket, const EndpointRecord& record) const {
    return ticket.marked(Ticket::kOwnersPermit) ? record.owner.load(std::memory_order_acquire)
                                                : static_cast<EndpointId>(ticket.endpoint);
  }
  // Of the policy that a binding puts in force.
  static std::uint32_t policy_of(std::uint64_t binding) {
    return PlanNumber::policy(Endpoint<std::atomic>::plan_of(binding));
  }

  // engine.cc, under the lock
  Binding binding_for(const PolicySet& set, EndpointId id);
  EndpointId create(const PolicySet& set, TargetKind kind, std::string_view name, std::string_view instance);
  Windows* provide_cells(EndpointRecord& record, const BreakerPlan& plan);
  static void put_in_force(EndpointRecord& record, Windows* windows);
  std::set<const Gates*> gates_in_force() const;
  void bind(const Binding& binding);

  // observe.cc, under the lock
  void warn_locked(const std::string& warning, EndpointId endpoint);
  TargetView view(const Gates& gates, Nanos now) const;

  // eviction.cc, under the lock
  BreakerLru& use_of(const EndpointName& name);
  void note_from_now(BreakerLru& use, EndpointId id);
  void stop_noting(EndpointRecord& record);
  void stop_noting_far_from_bound(const std::vector<Binding>& bindings);
  bool forget(EndpointId id);
  bool keeps_bound(const Binding& binding) const;
  void join(const Binding& binding);
  void evict_beyond_bound(BreakerLru& use, EndpointId newest);

  const unsigned shard_mask_;
  const bool every_rejection_;
  EndpointTable table_;
  PolicyTable policies_;
  EventLog<std::atomic> events_;
  Jitter jitter_;
  Gates open_gates_;  // they bound nothing; see EndpointRecord::gates

  mutable std::mutex lock_;
  PolicySet set_;
  GateTable gates_;
  std::map<std::pair<TargetKind, std::string>, std::unique_ptr<BreakerLru>> uses_;
  std::vector<std::unique_ptr<Tally<std::atomic>[]>> tallies_;
  std::vector<std::unique_ptr<Windows>> windows_;
  std::vector<std::string> warnings_;
  std::map<std::string, std::size_t> warning_numbers_;
};

}  // namespace resil
