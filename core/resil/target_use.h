// TargetUse: the breakers of one target in the order of their use, so that circuitBreakerCacheSize can be kept by
// forgetting the one least recently used, and never one that is open or half-open.
//
// Below half the bound nobody notes anything. From there on begin writes a stamp of its own endpoint, and puts an
// evicted endpoint that comes back on a lock-free stack; everything else happens under the engine's lock.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include "resil/types.h"

namespace resil {

class TargetUse {
 public:
  // A call on an endpoint of this target. `record` is EndpointRecord; a template breaks the circle.
  template <typename Record>
  void note(Record& record, EndpointId id) {
    if (record.last_used.exchange(next_stamp(), std::memory_order_relaxed) == 0) give_back(record, id);
  }
  std::uint64_t next_stamp() { return clock_.fetch_add(1, std::memory_order_relaxed) + 1; }

  std::uint32_t bound = 0;             // 0: none
  std::vector<EndpointId> residents;   // endpoints whose breaker is kept
  bool said_over = false;              // that the bound could not be kept

  // Takes the endpoints that came back since the last time.
  template <typename RecordOf>
  void collect_returned(RecordOf record_of) {
    std::int32_t id = returned_.exchange(-1, std::memory_order_acquire);
    while (id >= 0) {
      if (std::find(residents.begin(), residents.end(), id) == residents.end()) residents.push_back(id);
      id = record_of(id).next_returned;
    }
  }

 private:
  template <typename Record>
  void give_back(Record& record, EndpointId id) {
    std::int32_t head = returned_.load(std::memory_order_relaxed);
    do {
      record.next_returned = head;
    } while (!returned_.compare_exchange_weak(head, id, std::memory_order_release, std::memory_order_relaxed));
  }

  std::atomic<std::uint64_t> clock_{0};
  std::atomic<std::int32_t> returned_{-1};
};

}  // namespace resil
