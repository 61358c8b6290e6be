#include "resil/policy/reserved.h"

#include <algorithm>
#include <array>

namespace resil {
namespace {

constexpr std::string_view kActorNotFound = "DaprBuiltInActorNotFoundRetries";

struct Reserved {
  std::string_view name;
  Backoff backoff;
  std::int64_t max_retries;
  Nanos max_duration;
};

constexpr Backoff constant(Nanos duration) { return {Backoff::Kind::Constant, duration, 60 * kSecond}; }
constexpr Backoff exponential(Nanos cap) { return {Backoff::Kind::Exponential, 5 * kSecond, cap}; }

constexpr std::array kReserved = {
    Reserved{"DaprBuiltInServiceRetries", constant(kSecond), 3, 0},
    Reserved{"DaprBuiltInActorRetries", constant(kSecond), 3, 0},
    Reserved{"DaprBuiltInActorReminderRetries", exponential(60 * kSecond), -1, 15 * 60 * kSecond},
    Reserved{"DaprBuiltInInitializationRetries", exponential(kSecond), 3, 10 * kSecond},
    Reserved{kActorNotFound, constant(kSecond), 5, 0},
};

}  // namespace

RetryMap reserved_retries() {
  RetryMap retries;
  for (const Reserved& reserved : kReserved) {
    RetryPolicy policy;
    policy.name = reserved.name;
    policy.backoff = reserved.backoff;
    policy.max_retries = reserved.max_retries;
    policy.max_duration = reserved.max_duration;
    retries.emplace(reserved.name, std::make_shared<const RetryPolicy>(std::move(policy)));
  }
  return retries;
}

bool is_reserved_retry(std::string_view name) {
  return std::any_of(kReserved.begin(), kReserved.end(), [&](const Reserved& r) { return r.name == name; });
}

std::vector<std::string> default_policy_names(std::string_view suffix) {
  std::vector<std::string> levels = {"", "App", "Actor", "Component", "ComponentInbound", "ComponentOutbound"};
  for (const std::string_view type : kComponentTypes) {
    for (const std::string_view direction : {"ComponentInbound", "ComponentOutbound"})
      levels.push_back(std::string(type).append(direction));
  }
  std::vector<std::string> names;
  for (const std::string& level : levels) names.push_back("Default" + level + std::string(suffix));
  return names;
}

bool may_override(std::string_view reserved) { return reserved != kActorNotFound; }

}  // namespace resil
