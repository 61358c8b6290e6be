// The lines to log for events, in the words that the original's users know, and others like them for what it has not.
#include "resil/engine/engine.h"

namespace resil {
namespace {

std::string_view state_name(std::int32_t state) {
  switch (static_cast<BreakerState>(state)) {
    case BreakerState::Closed: return "closed";
    case BreakerState::Open: return "open";
    case BreakerState::HalfOpen: return "half-open";
  }
  return "unknown";
}

// An event may be read after a reload that took the breaker away.
std::string breaker_name(const Policy& policy, const EndpointName& name) {
  if (!policy.breaker_name.empty()) return policy.breaker_name;
  std::string text(name.name());
  if (!name.instance().empty()) text += (name.kind == TargetKind::App ? ":" : "-") + std::string(name.instance());
  return text;
}

// What stood in an attempt's way. A breaker's own rejections are logged by its changes of state, as the original does.
std::string_view refusal(std::int32_t reason) {
  switch (static_cast<Reason>(reason)) {
    case Reason::Held: return "its target asked by Retry-After to wait";
    case Reason::RateLimited: return "its target's rate limit is reached";
    case Reason::Busy: return "its target has as many attempts in flight as it may";
    default: return {};
  }
}

}  // namespace

std::string Engine::event_text(const Event& event) const {
  const std::lock_guard held(lock_);
  if (event.kind == EventKind::Warning) {
    const auto number = static_cast<std::uint64_t>(event.value);
    return number < warnings_.size() ? warnings_[number] : std::string();
  }
  const EndpointRecord* record = table_.find(event.endpoint);
  if (record == nullptr) return {};
  const EndpointName& name = record->name;
  const auto operation = [&] { return PolicySet::operation_name(name.kind, name.name(), name.instance()); };
  const auto breaker = [&] { return breaker_name(set_.resolve(name.kind, name.name(), name.instance()), name); };
  switch (event.kind) {
    case EventKind::Breaker:
      return "Circuit breaker \"" + breaker() + "\" changed state from " + std::string(state_name(event.before)) +
             " to " + std::string(state_name(event.after));
    case EventKind::Retry:
      // Once per operation, as the original says it.
      return event.before == 1 ? "Error processing operation " + operation() + ". Retrying..." : std::string();
    case EventKind::Recovered:
      return "Recovered processing operation " + operation() + " after " + std::to_string(event.before) + " attempts";
    case EventKind::Rejected:
      if (event.shadow)
        return "Circuit breaker \"" + breaker() + "\" in shadow mode would have rejected operation " + operation();
      if (refusal(event.after).empty()) return {};
      return "Rejected operation " + operation() + ": " + std::string(refusal(event.after));
    case EventKind::GaveUp:
      if (event.after != static_cast<std::int32_t>(Reason::RetryBudget)) return {};
      return "Gave up operation " + operation() + ": its target's budget of retries is spent";
    default: return {};
  }
}

}  // namespace resil
