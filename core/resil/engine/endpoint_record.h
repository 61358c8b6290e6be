// EndpointRecord: one interned endpoint. The first cache line is what begin and end touch; it never moves, and its
// word's address is the one that resil_word hands out.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "resil/base/types.h"
#include "resil/breaker/endpoint.h"
#include "resil/engine/breaker_lru.h"
#include "resil/engine/gates.h"

namespace resil {

// What an endpoint is called; the text lives in the table's arena, behind its lengths.
struct EndpointName {
  struct Lengths {
    std::uint32_t name = 0, instance = 0;
  };

  const char* text = nullptr;  // the name, then the instance
  TargetKind kind = TargetKind::App;
  bool resident = false;  // counts towards its target's bound of breakers

  Lengths lengths() const {
    Lengths lengths;
    std::memcpy(&lengths, text - sizeof lengths, sizeof lengths);
    return lengths;
  }
  std::string_view name() const { return {text, lengths().name}; }
  std::string_view instance() const { return {text + lengths().name, lengths().instance}; }
};

// Counts of calls, by thread shard: metrics, no decision reads them.
struct CallCounts {
  std::atomic<std::uint64_t> successes{0}, failures{0}, rejections{0}, retries{0};
};

struct alignas(64) EndpointRecord {
  Endpoint<std::atomic> live;
  std::atomic<Tally<std::atomic>*> tallies{nullptr};  // one for each shard; null: no rule here ever needed them
  CallCounts* calls = nullptr;                        // shard 0's; see EndpointTable::counts

  // Set while the target is near its bound of breakers: from then on every call notes the order of use, and no word
  // lets a host skip one.
  alignas(64) std::atomic<BreakerLru*> use{nullptr};
  // Not null: a begin that is not closed and plain passes these. They bound nothing where only a short way must not be
  // taken, since every call is to be seen (use) or every rejection told.
  std::atomic<Gates*> gates{nullptr};
  std::atomic<std::int32_t> owner{-1};  // whose breaker counts: its own id, or its actor type's
  std::atomic<std::int32_t> next_returned{BreakerLru::kNotOnStack};  // link in BreakerLru
  std::atomic<std::uint64_t> last_used{0};  // in BreakerLru's order; 0: evicted, or never noted
  std::atomic<std::uint32_t> timeouts{0}, cancelled{0}, gave_up{0}, recovered{0};
  EndpointName name;
};

static_assert(sizeof(EndpointRecord) == 128);

inline void note_use(EndpointRecord& record, EndpointId id) {
  BreakerLru* use = record.use.load(std::memory_order_acquire);
  if (use != nullptr) [[unlikely]]
    use->note(record, id);
}

// What, beside the counts of calls, tells how many operations a rejection ended. Both are rare.
struct RejectionCounts {
  std::atomic<std::uint32_t> late{0};     // begins that came after the deadline
  std::atomic<std::uint32_t> resumed{0};  // operations that began again after a rejection
};

// How often an endpoint's own breaker changed into each state. A change is rare, so one line for all threads will do.
class TransitionCounts {
 public:
  std::atomic<std::uint32_t>& into(BreakerState state) { return counts_[static_cast<std::size_t>(state)]; }

 private:
  std::atomic<std::uint32_t> counts_[3]{};
};

}  // namespace resil
