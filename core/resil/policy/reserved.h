// The names the format reserves: built-in retry policies, and the default policies for targets without an entry.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "resil/policy/policy.h"

namespace resil {

using RetryMap = std::map<std::string, std::shared_ptr<const RetryPolicy>, std::less<>>;

// The DaprBuiltIn... retry policies, as they are unless a document overrides them.
RetryMap reserved_retries();

bool is_reserved_retry(std::string_view name);

// DaprBuiltInActorNotFoundRetries alone may not be overridden.
bool may_override(std::string_view reserved);

// The names that a policy may have to be a default: `suffix` is TimeoutPolicy, RetryPolicy or CircuitBreakerPolicy.
std::vector<std::string> default_policy_names(std::string_view suffix);

// An override below this many retries, -1 included, is raised to it.
inline constexpr std::int64_t kReservedLeastRetries = 3;

// How many breakers a target keeps where its document does not say.
inline constexpr std::uint32_t kAppCacheSize = 100, kActorCacheSize = 5000, kDefaultActorCacheSize = 100;

// The component types whose default policies have names of their own, as those names spell them.
inline constexpr std::string_view kComponentTypes[] = {"Binding", "Configuration", "Lock",        "Pubsub",
                                                       "Crypto",  "Conversation",  "Secretstore", "Statestore"};

}  // namespace resil
