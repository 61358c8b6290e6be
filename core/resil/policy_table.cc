#include "resil/policy_table.h"

#include <stdexcept>
#include <utility>

namespace resil {
namespace {

void append(std::string& key, std::int64_t number) {
  key += std::to_string(number);
  key += '\x1f';
}

void append(std::string& key, const std::string& text) {
  append(key, static_cast<std::int64_t>(text.size()));
  key += text;
}

void append(std::string& key, const StatusSet& set) {
  if (set.given()) {
    for (int status = 0; status <= StatusSet::kMax; ++status) key += set.matches(status) ? '1' : '0';
  }
  key += '\x1f';
}

// Equal keys, equal decisions and equal names in a snapshot.
std::string key_of(const Policy& policy) {
  std::string key;
  append(key, policy.timeout);
  if (policy.retry != nullptr) {
    const RetryPolicy& retry = *policy.retry;
    append(key, retry.name);
    append(key, static_cast<std::int64_t>(retry.backoff.kind));
    append(key, retry.backoff.duration);
    append(key, retry.backoff.max_interval);
    append(key, retry.max_retries);
    append(key, retry.max_elapsed);
    append(key, retry.http);
    append(key, retry.grpc);
  }
  key += '\x1e';
  if (policy.breaker != nullptr) {
    const BreakerSettings& breaker = *policy.breaker;
    append(key, breaker.policy_name);
    append(key, std::int64_t{breaker.max_requests});
    append(key, breaker.interval);
    append(key, breaker.timeout);
    append(key, breaker.trip.text());
    append(key, std::int64_t{policy.breaker_per_target});
  }
  return key;
}

}  // namespace

PolicyTable::~PolicyTable() {
  for (const auto& block : blocks_) delete[] block.load();
}

std::uint32_t PolicyTable::intern(const Policy& policy) {
  std::string key = key_of(policy);
  const auto found = numbers_.find(key);
  if (found != numbers_.end()) return found->second;
  const std::uint32_t number = size();
  const unsigned index = block_of(number);
  if (index >= kBlocks) throw std::length_error("too many different policies since the engine was opened");
  std::atomic<PolicyRecord*>& block = blocks_[index];
  if (block.load() == nullptr) block.store(new PolicyRecord[kFirst << index], std::memory_order_release);
  PolicyRecord& record = block.load()[number - first_of(index)];
  record.policy = policy;
  record.policy.breaker_name.clear();
  record.plan = BreakerPlan::of(record.policy);
  numbers_.emplace(std::move(key), number);  // the last thing that may fail
  count_.store(number + 1, std::memory_order_release);
  return number;
}

}  // namespace resil
