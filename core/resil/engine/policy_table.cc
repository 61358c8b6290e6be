#include "resil/engine/policy_table.h"

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace resil {
namespace {

// Equal policies have equal hashes. Unequal ones that share a hash cost a comparison and nothing else, so a member
// that is left out here does no harm.
std::size_t hash_of(const Policy& policy) {
  const std::hash<std::string> hash;
  std::size_t sum = static_cast<std::size_t>(policy.timeout);
  if (policy.retry != nullptr) sum = sum * 31 + hash(policy.retry->name);
  if (policy.breaker != nullptr) sum = sum * 31 + hash(policy.breaker->policy_name);
  return sum;
}

}  // namespace

PolicyTable::PolicyTable() { blocks_.back().store(new PolicyRecord[1]); }

PolicyTable::~PolicyTable() {
  for (const auto& block : blocks_) delete[] block.load();
}

std::uint32_t PolicyTable::intern(const Policy& policy) {
  Policy common = policy;
  common.breaker_name.clear();
  common.cache_size = 0;
  const std::size_t hash = hash_of(common);
  const auto [first, last] = numbers_.equal_range(hash);
  for (auto candidate = first; candidate != last; ++candidate) {
    if (at(candidate->second).policy == common) return candidate->second;
  }
  const std::uint32_t number = size();
  const unsigned index = block_of(number);
  if (index >= kBlocks) throw std::length_error("too many different policies since the engine was opened");
  std::atomic<PolicyRecord*>& block = blocks_[index];
  if (block.load() == nullptr) block.store(new PolicyRecord[kFirst << index], std::memory_order_release);
  PolicyRecord& record = block.load()[number - kFirstOf[index]];
  record.number = number;
  record.policy = std::move(common);
  record.plan = BreakerPlan::of(record.policy);
  record.noting_plan = record.plan.noting();
  record.grace = Grace::of(record.policy.timeout);
  numbers_.emplace(hash, number);  // the last thing that may fail
  count_.store(number + 1, std::memory_order_release);
  return number;
}

}  // namespace resil
