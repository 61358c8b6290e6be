// EventRing: an overwriting broadcast ring. Any number of writers and readers; every event has a number, a
// reader keeps its own cursor, and a gap in the numbers is exactly what it lost. The events of an engine are in
// several rings (event_log.h); each has an order, by which whoever reads them merges the rings.
//
// Writers never wait: one fetch_add takes the number, one compare-and-swap takes the slot. A slot that a
// writer still holds from a whole lap ago is left to it, and the number counts as lost. A slot's sequence is
// odd while it is written; a reader copies between two equal even readings, and all of the slot is atomic, so
// nothing is torn and nothing races.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>

#include "resil/base/types.h"
#include "resil/events/event_order.h"

namespace resil {

enum class EventKind : std::int32_t {
  Breaker = 1,
  Retry = 2,
  Recovered = 3,
  Rejected = 4,
  TimedOut = 5,
  GaveUp = 6,
  Warning = 7,
};

struct Event {
  std::uint64_t seq = 0;
  Nanos time = 0;
  std::int32_t endpoint = -1;
  EventKind kind = EventKind::Warning;
  bool shadow = false;  // of a rejection: it was only told
  std::int32_t before = 0, after = 0;
  std::int64_t value = 0;
  std::uint64_t order = 0;  // the ring's to set: among the events of other rings
};

template <template <typename> class Atom>
class EventRing {
 public:
  explicit EventRing(std::uint32_t capacity)
      : mask_(std::bit_ceil(capacity < 2 ? 2U : capacity) - 1), slots_(new Slot[mask_ + 1]) {}

  // The order is at least `moment`. Whoever has a number finds the ring's order at or above those of all numbers before
  // it, since each of their writers raised it before taking the number.
  [[gnu::always_inline]] void publish(const Event& event, std::uint64_t moment, KnownOrder& known) {
    std::uint64_t order = order_.load(std::memory_order_acquire);
    if (known.ring != this || order < moment) [[unlikely]]
      order = come_from_elsewhere(moment, known);
    const std::uint64_t seq = latest_.fetch_add(1, std::memory_order_acq_rel) + 1;
    known.order = order_.load(std::memory_order_acquire);
    Slot& slot = slots_[seq & mask_];
    std::uint64_t lap_before = (seq - mask_ - 1) << 1;
    if (!slot.state.compare_exchange_strong(lap_before, seq << 1 | 1, std::memory_order_acq_rel,
                                            std::memory_order_acquire) &&
        !take(slot, lap_before, seq)) [[unlikely]]
      return;
    // Release, one by one: who sees a word sees the odd state that came before it.
    slot.words[0].store(static_cast<std::uint64_t>(event.time), std::memory_order_release);
    const std::int32_t kind = static_cast<std::int32_t>(event.kind) | (event.shadow ? kShadow : 0);
    slot.words[1].store(pack(event.endpoint, kind), std::memory_order_release);
    slot.words[2].store(pack(event.before, event.after), std::memory_order_release);
    slot.words[3].store(static_cast<std::uint64_t>(event.value), std::memory_order_release);
    slot.words[4].store(order, std::memory_order_release);
    slot.state.store(seq << 1, std::memory_order_release);
  }

  // Copies events after `cursor` and advances it past them and past what is lost.
  std::uint32_t read(std::uint64_t& cursor, Event* out, std::uint32_t capacity) const {
    std::uint32_t count = 0;
    while (count < capacity) {
      const std::uint64_t latest = latest_.load(std::memory_order_acquire);
      if (cursor >= latest) break;
      if (latest - cursor > mask_ + 1) cursor = latest - (mask_ + 1);
      const std::uint64_t seq = cursor + 1;
      if (copy(seq, out[count])) {
        ++count;
      } else if (latest_.load(std::memory_order_acquire) - cursor <= mask_ + 1 &&
                 seq > given_up_.load(std::memory_order_acquire)) {
        break;  // still being written: next time
      }
      cursor = seq;
    }
    return count;
  }

  std::uint64_t latest() const { return latest_.load(std::memory_order_acquire); }

  // No event has a higher order.
  std::uint64_t order() const { return order_.load(std::memory_order_acquire); }

  // No event that is published from now on has a lower one. Answers what the order is then.
  std::uint64_t raise(std::uint64_t order) {
    std::uint64_t seen = order_.load(std::memory_order_acquire);
    while (seen < order) {
      if (order_.compare_exchange_weak(seen, order, std::memory_order_acq_rel, std::memory_order_acquire)) return order;
    }
    return seen;
  }

  // Those that nobody will finish: their writers are in another process. Whoever has not read them loses them.
  void give_up_unfinished() { give_up(latest()); }

 private:
  struct alignas(64) Slot {
    Atom<std::uint64_t> state{0};  // the event's number twice, plus 1 while it is written
    Atom<std::uint64_t> words[5]{};
  };

  static constexpr std::int32_t kShadow = 1 << 16;  // beside the kind

  static std::uint64_t pack(std::int32_t high, std::int32_t low) {
    return std::uint64_t{static_cast<std::uint32_t>(high)} << 32 | static_cast<std::uint32_t>(low);
  }

  // A thread that was in another ring, or whose time went on.
  [[gnu::noinline]] std::uint64_t come_from_elsewhere(std::uint64_t moment, KnownOrder& known) {
    const std::uint64_t order = raise(std::max(moment, known.order + (known.ring == this ? 0 : 1)));
    known.ring = this;
    return order;
  }

  // A slot that does not have the event of the lap before: the first lap, or a number was given up. False: so is `seq`.
  [[gnu::noinline]] bool take(Slot& slot, std::uint64_t held, std::uint64_t seq) {
    if ((held & 1) == 0 && held < seq << 1 &&
        slot.state.compare_exchange_strong(held, seq << 1 | 1, std::memory_order_acq_rel)) {
      return true;
    }
    give_up(seq);
    return false;
  }

  void give_up(std::uint64_t seq) {
    std::uint64_t before = given_up_.load(std::memory_order_acquire);
    while (before < seq && !given_up_.compare_exchange_weak(before, seq, std::memory_order_acq_rel)) {}
  }

  bool copy(std::uint64_t seq, Event& out) const {
    const Slot& slot = slots_[seq & mask_];
    if (slot.state.load(std::memory_order_acquire) != seq << 1) return false;
    const std::uint64_t time = slot.words[0].load(std::memory_order_acquire);
    const std::uint64_t what = slot.words[1].load(std::memory_order_acquire);
    const std::uint64_t change = slot.words[2].load(std::memory_order_acquire);
    const std::uint64_t value = slot.words[3].load(std::memory_order_acquire);
    const std::uint64_t order = slot.words[4].load(std::memory_order_acquire);
    if (slot.state.load(std::memory_order_relaxed) != seq << 1) return false;
    out.seq = seq;
    out.time = static_cast<Nanos>(time);
    out.endpoint = static_cast<std::int32_t>(what >> 32);
    out.kind = static_cast<EventKind>(static_cast<std::int32_t>(what) & ~kShadow);
    out.shadow = (static_cast<std::int32_t>(what) & kShadow) != 0;
    out.before = static_cast<std::int32_t>(change >> 32);
    out.after = static_cast<std::int32_t>(change);
    out.value = static_cast<std::int64_t>(value);
    out.order = order;
    return true;
  }

  const std::uint64_t mask_;
  std::unique_ptr<Slot[]> slots_;
  alignas(64) Atom<std::uint64_t> latest_{0};
  Atom<std::uint64_t> given_up_{0};  // the highest number whose slot was taken
  Atom<std::uint64_t> order_{0};
};

}  // namespace resil
