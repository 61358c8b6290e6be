#include "resil/engine/gates.h"

namespace resil {
namespace {

// The limiter of equal settings, made by `make` where there is none.
template <typename Known, typename Settings, typename Make>
auto* find_or_make(Known& known, const Settings& settings, Make make) {
  for (const auto& [others, limiter] : known) {
    if (others == settings) return limiter.get();
  }
  return known.emplace_back(settings, make()).second.get();
}

std::optional<RetryBudget> budget_of(const Policy& policy) {
  return policy.retry != nullptr ? policy.retry->budget : std::nullopt;
}

}  // namespace

std::uint32_t TargetState::in_flight(Nanos now) const {
  std::uint32_t sum = 0;
  Grace grace;
  for (const auto& limiter : places) {
    sum += limiter.in_flight(now, grace);
    grace = grace.next();
  }
  return sum;
}

std::uint32_t TargetState::room(Nanos now, const Grace& grace, std::uint32_t limit) const {
  const std::uint32_t all = in_flight(now), here = places[grace.number].in_flight(now, grace);
  const std::uint32_t elsewhere = all > here ? all - here : 0;  // others begin and end meanwhile
  return limit > elsewhere ? limit - elsewhere : 0;
}

Gates* GateTable::of(TargetKind kind, std::string_view name, const Policy& policy) {
  const std::optional<RetryBudget> allowance = budget_of(policy);
  const std::pair key(kind, std::string(name));
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (policy.limits == TargetLimits{} && !allowance) return nullptr;
    found = entries_.try_emplace(key).first;
  }
  Entry& entry = found->second;
  const unsigned grace = Grace::of(policy.timeout).number;
  if (entry.target == nullptr) {
    entry.target = std::make_unique<TargetState>(kind, name, shards_);
    entry.grace = grace;
  }
  entry.several_graces |= entry.grace != grace;
  entry.grace = grace;
  for (Gates& gates : entry.gates) {
    if (gates.limits == policy.limits && gates.allowance == allowance && gates.several_graces == entry.several_graces)
      return &gates;
  }
  Gates gates;
  gates.several_graces = entry.several_graces;
  gates.target = entry.target.get();
  gates.limits = policy.limits;
  gates.allowance = allowance;
  if (const auto& limit = policy.limits.rate_limit) {
    gates.rate = find_or_make(entry.rates, *limit, [&] {
      return std::make_unique<RateLimiter<std::atomic>>(Spacing::of(limit->rate, limit->per, limit->burst));
    });
  }
  if (allowance) {
    gates.budget = find_or_make(entry.budgets, *allowance, [&] {
      const double seconds = static_cast<double>(allowance->window) / static_cast<double>(kSecond);
      return std::make_unique<BudgetLimiter<std::atomic>>(allowance->ratio, allowance->min_per_second * seconds,
                                                          allowance->window);
    });
  }
  TargetLimits others = policy.limits;
  others.max_concurrent = 0;
  others.rate_limit.reset();
  gates.plain = gates.bounds_anything() && others == TargetLimits{} && !allowance &&
                (!gates.several_graces || policy.limits.max_concurrent == 0);
  return &entry.gates.emplace_back(gates);
}

void GateTable::restart(const std::set<const Gates*>& before, const std::set<const Gates*>& after) {
  std::set<const void*> in_force;
  for (const Gates* gates : before) {
    in_force.insert({gates->rate, gates->budget});
    if (gates->limits.hold_on_retry_after) in_force.insert(&gates->target->hold);
  }
  for (const Gates* gates : after) {
    if (gates->target == nullptr) continue;
    if (gates->rate != nullptr && in_force.insert(gates->rate).second) gates->rate->restart();
    if (gates->budget != nullptr && in_force.insert(gates->budget).second) gates->budget->restart();
    if (gates->limits.hold_on_retry_after && in_force.insert(&gates->target->hold).second)
      gates->target->hold.restart();
  }
}

}  // namespace resil
