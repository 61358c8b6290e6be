// BreakerLru: the breakers of one target in the order of their use, so that circuitBreakerCacheSize can be kept by
// forgetting the one least recently used, and never one that is open or half-open.
//
// Below half the bound nobody notes anything. From there on every call writes a stamp of its own endpoint (a call that
// skips begin and end would leave no trace, so no word allows that any more), and puts an evicted endpoint that comes
// back on a lock-free stack; everything else happens under the engine's lock.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "resil/base/types.h"

namespace resil {

class BreakerLru {
 public:
  static constexpr std::int32_t kNotOnStack = -2;

  std::uint32_t bound = 0;  // 0: none
  bool noting = false;      // begin writes stamps
  bool said_over = false;   // that the bound could not be kept

  // A call on an endpoint of this target. `Record` is EndpointRecord; a template breaks the circle.
  template <typename Record>
  void note(Record& record, EndpointId id) {
    // The latest one already: where one endpoint has all the calls, nothing is written.
    const std::uint64_t used = record.last_used.load(std::memory_order_relaxed);
    if (used != 0 && used == clock_.load(std::memory_order_relaxed)) return;
    if (record.last_used.exchange(next_stamp(), std::memory_order_relaxed) == 0) give_back(record, id);
  }
  std::uint64_t next_stamp() { return clock_.fetch_add(1, std::memory_order_relaxed) + 1; }

  // The rest is for whoever holds the engine's lock. Residents are a heap by the use that was known when they were
  // put there; one that was used since is put back when it comes up, so evicting n of them costs n log n.
  // Those that were found open or half-open wait in a queue of their own, lest an outage makes every intern sift them.
  std::size_t residents() const { return heap_.size() + stuck_.size(); }
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [used, id] : heap_) visit(id);
    for (const EndpointId id : stuck_) visit(id);
  }
  void clear() {
    heap_.clear();
    stuck_.clear();
  }

  template <typename Record>
  void add(Record& record, EndpointId id) {
    if (record.name.resident) return;
    push(record.last_used.load(std::memory_order_relaxed), id);
    record.name.resident = true;
  }

  // The resident whose use is longest ago; it stays out until it is put back. -1: none left.
  template <typename RecordOf>
  EndpointId take_oldest(RecordOf record_of) {
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
      const auto [known, id] = heap_.back();
      heap_.pop_back();
      const std::uint64_t used = record_of(id).last_used.load(std::memory_order_relaxed);
      if (used == known) return id;
      push(used, id);
    }
    return -1;
  }
  void put_back(std::uint64_t used, EndpointId id) { push(used, id); }
  void set_aside(EndpointId id) { stuck_.push_back(id); }
  // One that was set aside, in turn; -1: none.
  EndpointId next_set_aside() {
    if (stuck_.empty()) return -1;
    const EndpointId id = stuck_.front();
    stuck_.pop_front();
    return id;
  }

  // Forgets the residents whose use is longest ago, until the bound is kept. The newest stays, though calls may have
  // used all others since it came; and whom `forget` refuses is set aside.
  template <typename RecordOf, typename Forget>
  void keep_bound(EndpointId newest, RecordOf record_of, Forget forget) {
    bool spared = false;
    while (residents() + (spared ? 1 : 0) > bound) {
      const EndpointId oldest = take_oldest(record_of);
      if (oldest < 0) break;
      if (oldest == newest)
        spared = true;
      else if (!forget(oldest))
        set_aside(oldest);
    }
    if (spared) put_back(record_of(newest).last_used.load(std::memory_order_relaxed), newest);
  }

  // Makes residents again of those that came back since the last time.
  template <typename RecordOf>
  void collect_returned(RecordOf record_of) {
    std::int32_t id = returned_.exchange(-1, std::memory_order_acquire);
    while (id >= 0) {
      auto& record = record_of(id);
      const EndpointId next = record.next_returned.exchange(kNotOnStack, std::memory_order_acq_rel);
      add(record, id);
      id = next;
    }
  }

 private:
  void push(std::uint64_t used, EndpointId id) {
    heap_.emplace_back(used, id);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  // Whoever takes the link out of kNotOnStack pushes; nobody is on the stack twice.
  template <typename Record>
  void give_back(Record& record, EndpointId id) {
    std::int32_t off = kNotOnStack;
    if (!record.next_returned.compare_exchange_strong(off, -1, std::memory_order_acq_rel)) return;
    std::int32_t head = returned_.load(std::memory_order_relaxed);
    do {
      record.next_returned.store(head, std::memory_order_relaxed);
    } while (!returned_.compare_exchange_weak(head, id, std::memory_order_release, std::memory_order_relaxed));
  }

  std::atomic<std::uint64_t> clock_{0};
  std::atomic<std::int32_t> returned_{-1};
  std::vector<std::pair<std::uint64_t, EndpointId>> heap_;
  std::deque<EndpointId> stuck_;
};

}  // namespace resil
