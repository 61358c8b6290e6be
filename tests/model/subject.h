// Subject: the shipped Endpoint template on ModelAtoms, and the calls that threads make on it, recorded.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "config/trip/trip_parser.h"
#include "model/history.h"
#include "model/model_atom.h"
#include "resil/breaker/endpoint.h"

namespace resil::model {

// What a mutation breaks, to show that the checks would notice.
struct Mutation {
  bool forget_generation = false;  // an end takes every permit for current
  bool copied_word = false;        // elision reads a copy that is refreshed after each call
};

class Subject {
  // None where the rules read the run of failures only.
  auto tallies() {
    return [this] { return std::span<Tally<ModelAtom>>(tallies_.get(), tallies_ == nullptr ? 0 : 1); };
  }

 public:
  Subject(Settings settings, Settings after_reload, Mutation mutation = {})
      : mutation_(mutation), history(settings, after_reload) {
    for (std::size_t i = 0; i < 2; ++i) {
      const Settings& s = i == 0 ? settings : after_reload;
      auto breaker = std::make_shared<BreakerSettings>();
      breaker->max_requests = s.max_requests;
      breaker->timeout = s.open_for;
      breaker->interval = s.interval;
      breaker->trip = *compile_trip(rule_of(s)).rule;
      policies_[i].breaker = breaker;
      policies_[i].timeout = static_cast<Nanos>(i) * kSecond;  // so that a fast word shows which one it is
    }
    for (std::size_t i = 0; i < 2; ++i) plans_[i] = BreakerPlan::of(policies_[i]);
    if (plans_[0].needs_tallies() || plans_[1].needs_tallies()) tallies_.reset(new Tally<ModelAtom>[1]);
    endpoint_.create(0, plans_[0].first_word(0));
    copy_.store(endpoint_.word().load());
  }

  // A permit and the index of its begin; nothing if rejected.
  struct Held {
    Permit permit;
    int call;
  };

  std::optional<Held> begin(int thread, Nanos now) {
    operation_begins();
    TimeSource time(now);
    Admission admission;  // the short way first, as Engine::begin does
    const BreakerWord seen = word();
    if (seen.is_open_and_told() && endpoint_.rejects_until(seen, now, admission.wait))
      admission.reason = Reason::Open;
    else
      admission = endpoint_.begin(time, plan_of(), tallies(), 0);
    Call call{thread, Act::Begin, now};
    call.answer = static_cast<std::int64_t>(admission.reason);
    call.wait = admission.reason == Reason::Open ? admission.wait : 0;
    const int index = record(call);
    history.changed(admission.transition);
    refresh_copy();
    if (admission.reason != Reason::None) return std::nullopt;
    return Held{admission.permit, index};
  }

  void end(int thread, Nanos now, Held held, Act act) {
    operation_begins();
    TimeSource time(now);
    if (mutation_.forget_generation)
      held.permit.generation = BreakerWord(endpoint_.word().load(std::memory_order_acquire)).generation();
    const Ending ending = act == Act::Succeed ? Ending::Success
                          : act == Act::Fail  ? Ending::Failure
                                              : Ending::Cancelled;
    const Transition transition = endpoint_.end(held.permit, ending, time, plan_of(), tallies(), 0);
    history.changed(transition);
    Call call{thread, act, now};
    call.permit_of = held.call;
    record(call);
    refresh_copy();
  }

  // One whole call that ends as `act`.
  void attempt(int thread, Nanos now, Act act) {
    if (const auto held = begin(thread, now)) end(thread, now, *held, act);
  }

  // A healthy call the way a binding makes it: begin and end skipped while the word stays fast.
  void elided(int thread, Nanos now) {
    ModelAtom<std::uint64_t>& word = mutation_.copied_word ? copy_ : endpoint_.word();
    operation_begins();
    const BreakerWord before(word.load(std::memory_order_acquire));
    if (!before.is_fast()) {
      attempt(thread, now, Act::Succeed);
      return;
    }
    const int index = record({thread, Act::Begin, now});
    operation_begins();
    const BreakerWord after(word.load(std::memory_order_acquire));
    if (after == before) {
      Call call{thread, Act::Succeed, now};
      call.permit_of = index;
      record(call);
    } else {
      end(thread, now, {{before.generation(), false}, index}, Act::Succeed);
    }
  }

  void look(int thread, Nanos now) {
    operation_begins();
    Call call{thread, Act::Look, now};
    const BreakerView view = inspect(now);
    call.answer = shown(view);
    call.wait = view.retry_after;
    record(call);
  }

  void reload(int thread, std::uint32_t to = 1) {
    operation_begins();
    endpoint_.rebind(to, plan_of(), tallies());
    Call call{thread, Act::Reload};
    call.settings = to;
    record(call);
    refresh_copy();
  }
  void reload_keeping_state(std::uint32_t to = 1) { endpoint_.rebind_keeping_state(to, plan_of()); }

  BreakerView inspect(Nanos now) { return endpoint_.inspect(now, plan_of(), tallies()); }
  std::int64_t looks(Nanos now) { return shown(inspect(now)); }
  static std::int64_t shown(const BreakerView& view) {
    const bool closed = view.state == BreakerState::Closed;
    return seen(view.state, closed ? view.counts.consecutive_failures : 0, closed ? view.counts.total_failures : 0);
  }

  BreakerWord word() { return BreakerWord(endpoint_.word().load(std::memory_order_acquire)); }
  const BreakerPlan& plan(std::size_t which) const { return plans_[which]; }
  // Once all is quiet: the plan that is bound, and whether a healthy word is its own.
  std::uint32_t bound() const { return Endpoint<ModelAtom>::plan_of(endpoint_.binding()); }
  bool word_is_of_bound_plan() {
    const BreakerWord now = word();
    const bool healthy = now.elidable() || (now.phase() == Phase::Closed && now.payload() == 0);
    return now.phase() != Phase::Rebinding && (!healthy || now == plans_[bound()].closed_word(now.generation(), 0) ||
                                               now == plans_[bound()].first_word(now.generation()));
  }
  int word_location() { return endpoint_.word().location(); }

 private:
  struct Plans {
    const std::array<BreakerPlan, 2>& plans;
    const BreakerPlan& operator()(std::uint32_t number) const { return plans[number]; }
  };
  Plans plan_of() const { return {plans_}; }

  static std::string rule_of(const Settings& s) {
    const std::string run = "consecutiveFailures >= " + std::to_string(s.trip_at);
    const std::string total = "totalFailures >= " + std::to_string(s.total_at);
    return s.trip_at == 0 ? total : s.total_at == 0 ? run : run + " || " + total;
  }

  int record(Call call) {
    call.began = operation_began();
    call.ended = ticks();
    return history.add(call);
  }
  void refresh_copy() {
    if (mutation_.copied_word) copy_.store(endpoint_.word().load(std::memory_order_acquire), std::memory_order_release);
  }

  Mutation mutation_;
  std::array<Policy, 2> policies_;
  std::array<BreakerPlan, 2> plans_;
  Endpoint<ModelAtom> endpoint_;
  ModelAtom<std::uint64_t> copy_;
  std::unique_ptr<Tally<ModelAtom>[]> tallies_;

 public:
  History history;
};

}  // namespace resil::model
