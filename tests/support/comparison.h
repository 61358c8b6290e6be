// Runs one decoded scenario through the engine and through the reference, and tells the first difference in anything
// a host can see: answers, reasons, budgets, delays, events, states, counts.
#pragma once

#include <cstdint>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "support/operations.h"
#include "support/virtual_clock.h"

namespace resil::testing {

class Comparison {
 public:
  // Empty: no difference.
  static std::string run(std::span<const std::uint8_t> bytes) {
    Bytes source(bytes);
    PolicyPair policies[kPolicies];
    for (PolicyPair& policy : policies) policy = decode_policy(source);
    Comparison comparison(policies);
    for (int number = 1; !source.empty() && comparison.difference_.empty(); ++number) {
      const Step step = decode_step(source);
      comparison.place_ = "step " + std::to_string(number) + ", kind " + std::to_string(static_cast<int>(step.kind)) +
                          ", slot " + std::to_string(step.slot) + ", outcome " + std::to_string(step.outcome.code) +
                          ", at " + std::to_string(comparison.clock_.now());
      comparison.take(step);
      comparison.look();
    }
    return comparison.difference_;
  }

 private:
  struct Slot {
    enum class State { Free, InFlight, Between } state = State::Free;
    Ticket ticket{};
    ReferenceOperation operation;
    std::uint64_t word = 0;  // not 0: this attempt began without crossing
    Nanos began = 0;
    Nanos wait = 0;  // before the next begin
  };

  explicit Comparison(const PolicyPair (&policies)[kPolicies])
      : policies_(policies),
        engine_({.event_capacity = 64, .jitter_seed = 7}, one_app(policies[0].target)),
        reference_(policies[0].reference),
        id_(engine_.endpoint(TargetKind::App, "app", "m")) {}

  template <typename Got, typename Want>
  void same(const char* what, const Got& got, const Want& want) {
    if (got == want || !difference_.empty()) return;
    std::ostringstream text;
    text << place_ << ": " << what << " is " << +got << ", expected " << +want;
    difference_ = text.str();
  }
  void within(const char* what, Nanos got, Nanos low, Nanos high) {
    if (got < low) same(what, got, low);
    if (got > high) same(what, got, high);
  }

  void take(const Step& step) {
    Slot& slot = slots_[step.slot];
    switch (step.kind) {
      case Step::Kind::Begin: return begin(slot, step);
      case Step::Kind::End: return end(slot, step);
      case Step::Kind::Abandon: slot = {}; return;
      case Step::Kind::Advance: return jump(step.jump);
      case Step::Kind::Reload:
        engine_.reload(one_app(policies_[step.policy].target));
        reference_.reload(policies_[step.policy].reference);
    }
  }

  void begin(Slot& slot, const Step& step) {
    if (slot.state == Slot::State::InFlight) {
      if (slot.word == 0)
        same("begin of an attempt in flight", engine_.begin(id_, clock_.now(), slot.ticket), kBadTicket);
      return;
    }
    if (slot.state == Slot::State::Free) {
      slot = {};
      if (kDeadlines[step.deadline] != 0) {
        slot.ticket.deadline = slot.operation.deadline = clock_.now() + kDeadlines[step.deadline];
      }
    }
    const std::uint64_t word = engine_.word(id_)->load();
    const bool elide = step.elide && (word & 1) != 0 && slot.state == Slot::State::Free && slot.operation.deadline == 0;
    const ExpectedBegin expected = reference_.begin(slot.operation, clock_.now());
    if (elide) {
      same("reason of an elided begin", static_cast<int>(Reason::None), static_cast<int>(expected.reason));
      same("budget in the word", static_cast<Nanos>(word >> 1 & 0xFFFFFF) * kMillisecond, expected.timeout);
      slot.word = word;
      slot.began = clock_.now();
      slot.state = Slot::State::InFlight;
      return;
    }
    const std::int32_t answer = engine_.begin(id_, clock_.now(), slot.ticket);
    same("begin", answer, expected.reason == Reason::None ? kAllow : kReject);
    same("reason", slot.ticket.reason, static_cast<std::int32_t>(expected.reason));
    if (answer == kAllow) {
      same("attempt", slot.ticket.attempt, expected.attempt);
      same("budget", slot.ticket.timeout, expected.timeout);
      same("delay", slot.ticket.delay, 0);
      slot.state = Slot::State::InFlight;
    } else if (expected.reason == Reason::Deadline) {
      same("wait", slot.ticket.delay, 0);
    } else {
      within("wait", slot.ticket.delay, 1, expected.longest_wait);
      if (expected.reason == Reason::Open) same("wait", slot.ticket.delay, expected.longest_wait);
      slot.wait = wait_ = slot.ticket.delay;
    }
    compare_events(slot, kSuccess, slot.ticket.delay);
  }

  void end(Slot& slot, const Step& step) {
    if (slot.state != Slot::State::InFlight) {
      Ticket ticket = slot.ticket;
      same("end without an attempt", engine_.end(ticket, step.outcome, clock_.now()), kBadTicket);
      return;
    }
    if (slot.word != 0 && step.outcome.succeeded() && engine_.word(id_)->load() == slot.word) {
      same("elided end is done", reference_.end(slot.operation, step.outcome, 0, clock_.now()).done, true);
      slot = {};
      return;
    }
    if (slot.word != 0) {
      // The word does not say under which policy the attempt began: it is the one in force now, but for the budget.
      slot.operation.policy = reference_.policy();
      same("adopt", engine_.adopt(id_, slot.word, slot.began, slot.ticket), kAllow);
      same("adopted budget", slot.ticket.timeout, slot.operation.timeout);
      slot.word = 0;
    }
    slot.ticket.delay = step.hint;
    const ExpectedEnd expected = reference_.end(slot.operation, step.outcome, step.hint, clock_.now());
    const std::int32_t answer = engine_.end(slot.ticket, step.outcome, clock_.now());
    const auto reason = static_cast<Reason>(slot.ticket.reason);
    if (expected.done) {
      same("end", answer, kDone);
      same("reason", slot.ticket.reason, 0);
    } else if (answer == kRetry) {
      same("retry offered", true, expected.retry);
      same("reason", slot.ticket.reason, 0);
      within("delay", slot.ticket.delay, expected.delay_low, expected.delay_high);
    } else {
      same("end", answer, kGiveUp);
      const bool allowed =
          std::find(expected.give_up.begin(), expected.give_up.end(), reason) != expected.give_up.end();
      if (!allowed) same("reason", slot.ticket.reason, -1);
      same("delay", slot.ticket.delay, 0);
    }
    if (!expected.done) reference_.publish_verdict(slot.operation, step.outcome, answer == kRetry, reason);
    const Nanos delay = slot.ticket.delay;
    compare_events(slot, step.outcome, delay);
    slot.state = answer == kRetry ? Slot::State::Between : Slot::State::Free;
    wait_ = delay;
  }

  void jump(std::size_t which) {
    const ReferencePolicy& policy = reference_.policy();
    const Nanos expiry = reference_.breaker() ? reference_.breaker()->next_expiry(clock_.now()) : clock_.now();
    switch (which) {
      case 0: return clock_.advance(1);
      case 1: return clock_.advance(kMillisecond);
      case 2: return clock_.advance(100 * kMillisecond);
      case 3: return clock_.advance(kSecond);
      case 4: return clock_.advance_to(expiry);
      case 5: return clock_.advance_to(expiry + 1);
      case 6: return clock_.advance(wait_);
      case 7: return clock_.advance(wait_ - 1 > 0 ? wait_ - 1 : 0);
      case 8: return clock_.advance(60 * kSecond);
      case 9: return clock_.advance(60 * kSecond + 1);
      case 10: return clock_.advance(2 * policy.timeout + 1);
      case 11: return clock_.advance(policy.breaker ? policy.breaker->interval : kSecond);
      case 12: return clock_.advance(10 * 60 * kSecond);  // past a wrap of a moment's low bits
      default: return clock_.advance(7 * kSecond);
    }
  }

  void compare_events(const Slot& slot, Outcome outcome, Nanos delay) {
    const std::vector<Event> expected = reference_.take_events();
    for (const Event& want : expected) {
      Event got;
      same("an event is there", engine_.read_events(cursor_, &got, 1), 1U);
      same("event's number", got.seq, ++events_);
      same("event's kind", static_cast<int>(got.kind), static_cast<int>(want.kind));
      same("event's endpoint", got.endpoint, id_);
      same("event's time", got.time, clock_.now());
      same("event's before", got.before, want.before);
      same("event's after", got.after, want.after);
      const bool waits = want.kind == EventKind::Retry || want.kind == EventKind::Rejected;
      const Nanos value = waits                              ? delay
                          : want.kind == EventKind::TimedOut ? slot.operation.timeout
                          : want.kind == EventKind::GaveUp   ? outcome.code
                                                             : 0;
      same("event's value", got.value, value);
    }
    same("flag", (slot.ticket.flags & Ticket::kHasEvents) != 0, !expected.empty());
    Event more;
    if (engine_.read_events(cursor_, &more, 1) != 0) same("event too many, of kind", static_cast<int>(more.kind), 0);
  }

  void look() {
    const std::int32_t state = engine_.state(id_, clock_.now());
    const EndpointEntry entry = engine_.view(clock_.now()).endpoints.front();
    if (!reference_.breaker()) {
      same("state without a breaker", state, kBadArgument);
      same("breaker in the view", entry.breaker.has_value(), false);
      return;
    }
    const BreakerState expected = reference_.breaker()->state_at(clock_.now());
    same("state", state, static_cast<std::int32_t>(expected));
    if (!entry.breaker) return same("breaker in the view", false, true);
    const BreakerView& view = entry.breaker->view;
    same("state in the view", static_cast<int>(view.state), static_cast<int>(expected));
    const CountSet all = 31, read = trip_rule(kTrips[reference_.breaker()->policy().trip_number].text).reads();
    same("counts known", view.known, expected == BreakerState::Closed ? read : all);
    const Counts counts = reference_.breaker()->counts_at(clock_.now());
    const auto count = [&](const char* what, CountSet which, std::int64_t got, std::int64_t want) {
      if ((view.known & which) != 0) same(what, got, want);
    };
    count("requests", kRequests, view.counts.requests, counts.requests);
    count("totalSuccesses", kTotalSuccesses, view.counts.total_successes, counts.total_successes);
    count("totalFailures", kTotalFailures, view.counts.total_failures, counts.total_failures);
    count("consecutiveSuccesses", kConsecutiveSuccesses, view.counts.consecutive_successes,
          counts.consecutive_successes);
    count("consecutiveFailures", kConsecutiveFailures, view.counts.consecutive_failures, counts.consecutive_failures);
  }

  const PolicyPair (&policies_)[kPolicies];
  VirtualClock clock_{1'000 * kSecond};
  Engine engine_;
  ReferenceEndpoint reference_;
  EndpointId id_;
  Slot slots_[kSlots];
  std::uint64_t cursor_ = 0, events_ = 0;
  Nanos wait_ = 0;
  std::string place_, difference_;
};

}  // namespace resil::testing
