// PolicyTable: every policy in force or once in force, by number. A ticket holds the number, so an operation ends
// under the policy it began with, however many reloads came between.
//
// Append-only, and equal policies share a number: reloading the same few documents for ever adds nothing, and
// what stays until close is one record for each policy that ever differed. Readers load a pointer and
// index; they never wait. Whoever adds one, because an endpoint is interned or policies are replaced, holds the
// engine's lock.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "resil/breaker/breaker_plan.h"
#include "resil/limits/concurrency_limiter.h"
#include "resil/policy/policy.h"

namespace resil {

struct PolicyRecord {
  std::uint32_t number = 0;  // its place in the table
  Policy policy;             // without what differs from endpoint to endpoint: the breaker's name and how many are kept
  BreakerPlan plan, noting_plan;
  Grace grace;  // of an attempt's place, where the target has so many and no more
};

// What an endpoint is bound to: a policy by number, and which of its two plans. The noting one is in force where the
// target is so near its bound of breakers that each call must be seen, so that the least recently used can be told.
struct PlanNumber {
  static constexpr std::uint32_t kNoting = 1U << 31;
  // Of what is no endpoint yet. No ticket ever has it; one that is made up finds a policy that leaves all to the
  // general way, which knows the ticket for what it is.
  static constexpr std::uint32_t kNobody = 0xFFFF'FFF0;
  static constexpr std::uint32_t of(std::uint32_t policy, bool noting) { return policy | (noting ? kNoting : 0); }
  static constexpr bool notes(std::uint32_t plan) { return (plan & kNoting) != 0; }
  static constexpr std::uint32_t policy(std::uint32_t plan) { return plan & ~kNoting; }
};

class PolicyTable {
 public:
  PolicyTable();
  ~PolicyTable();
  PolicyTable(const PolicyTable&) = delete;
  PolicyTable& operator=(const PolicyTable&) = delete;

  // The number of a policy equal to this one, adding it if it is new.
  std::uint32_t intern(const Policy& policy);

  const PolicyRecord& at(std::uint32_t number) const {
    if (number < kFirst) [[likely]]
      return blocks_[0].load(std::memory_order_acquire)[number];
    const unsigned block = block_of(number);
    return blocks_[block].load(std::memory_order_acquire)[number - kFirstOf[block]];
  }
  const BreakerPlan& plan(std::uint32_t plan_number) const {
    const PolicyRecord& record = at(PlanNumber::policy(plan_number));
    return (plan_number & PlanNumber::kNoting) != 0 ? record.noting_plan : record.plan;
  }
  bool contains(std::uint32_t number) const { return number < count_.load(std::memory_order_acquire); }
  std::uint32_t size() const { return count_.load(std::memory_order_acquire); }

 private:
  // Block b holds kFirst << b records: nothing ever moves, and few policies cost little. Beyond those that are ever
  // made there is a place for each number that 32 bits can say: one that is no policy's meets a null pointer there, and
  // not what stands behind the array. The last block has one record, kNobody's.
  static constexpr std::uint32_t kFirst = 16;
  static constexpr unsigned kBlocks = 26, kPlaces = 29;
  static constexpr unsigned block_of(std::uint32_t number) {
    return static_cast<unsigned>(std::bit_width(number / kFirst + 1)) - 1;
  }
  // A table, since to shift by a variable takes the one register that an argument of the short ways is in.
  static constexpr auto kFirstOf = [] {
    std::array<std::uint32_t, kPlaces> first{};
    for (unsigned block = 0; block < kPlaces; ++block) first[block] = (kFirst << block) - kFirst;
    return first;
  }();
  static_assert(kFirstOf[kPlaces - 1] == PlanNumber::kNobody);

  std::array<std::atomic<PolicyRecord*>, kPlaces> blocks_{};
  std::atomic<std::uint32_t> count_{0};
  // Candidates by a hash of a few members; whether one is equal, all members tell.
  std::unordered_multimap<std::size_t, std::uint32_t> numbers_;
};

}  // namespace resil
