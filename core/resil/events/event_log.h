// EventLog: the events of an engine. Publishers of different endpoints write different rings, so that threads on which
// everything fails do not all write one line; whoever reads merges the rings into one numbering.
//
// All events of an endpoint are in one ring, which gives their order. A number of the log is dealt by a reader, one
// after the other, in a lock that no publisher ever takes. Every number of a ring becomes a number of the log, also one
// whose event was overwritten before somebody came to merge it: a gap is exactly what was lost.
//
// Of different rings the event with the lower order comes first. The order is a Lamport clock that the time drives: at
// least the event's time, so that events of different threads stand about as they happened, and above all that the
// thread knows of. So what one thread publishes comes out as it published it, whatever its clock does. Let it publish
// e in ring R and then f elsewhere.
// 1. While e is to come, R's next event is e or one before it. Its order was raised before its number was taken, so
//    before e's number was, and e's publisher knows an order that is no lower; f's is higher: R's next comes first.
// 2. After f was seen, the rings that had nothing are looked at again: what its publisher had published there before
//    shows now (merge_one). If it is behind another's unfinished event, nothing is dealt until that is finished.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "resil/events/event_ring.h"
#include "resil/events/readers_lock.h"

namespace resil {

template <template <typename> class Atom>
class EventLog {
 public:
  // Each of the rings keeps the latest `capacity` events of its endpoints. Where that would make more than kMostSlots,
  // there are fewer rings.
  EventLog(std::uint32_t capacity, unsigned rings) : merged_(std::bit_ceil(std::max(capacity, 2U))) {
    const std::size_t most = std::max<std::size_t>(1, kMostSlots / merged_.size());
    sources_.resize(std::bit_floor(std::min<std::size_t>(rings, most)));
    ring_mask_ = static_cast<std::uint32_t>(sources_.size() - 1);
    for (Source& source : sources_) {
      rings_.push_back(std::make_unique<Ring>(capacity));
      source.ring = rings_.back().get();
    }
    watch_forks();
  }

  [[gnu::always_inline]] void publish(const Event& event, KnownOrder& known = known_order) {
    ring_of(event).publish(event, static_cast<std::uint64_t>(event.time) >> 1, known);  // below 2^63, whatever the time
  }

  // Stands after all that was published before and before all that is published later, whatever the clocks of those
  // who publish. It writes every ring: for what happens seldom.
  void publish_apart(const Event& event, KnownOrder& known = known_order) {
    known.order = std::max(known.order, level());
    ring_of(event).publish(event, 0, known);
    level();
  }

  // Copies events after `cursor` and advances it past them and past what is lost.
  std::uint32_t read(std::uint64_t& cursor, Event* out, std::uint32_t capacity) {
    if (cursor >= latest()) return 0;
    const Turn turn(*this);
    std::uint32_t count = 0;
    while (count < capacity) {
      while (dealt_ <= cursor && merge_one()) {}
      if (dealt_ <= cursor) break;
      cursor = std::max(cursor, dealt_ - std::min<std::uint64_t>(dealt_, merged_.size())) + 1;
      const Event& event = merged_[cursor & (merged_.size() - 1)];
      if (event.seq == cursor) out[count++] = event;
    }
    return count;
  }

  // How many were published.
  std::uint64_t latest() const {
    return std::accumulate(rings_.begin(), rings_.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& ring) { return sum + ring->latest(); });
  }

 private:
  using Ring = EventRing<Atom>;

  static constexpr std::size_t kMostSlots = 1 << 16;

  struct Source {
    const Ring* ring = nullptr;
    std::uint64_t read = 0;   // numbers of the ring, up to which it was read
    std::uint64_t dealt = 0;  // and up to which they have a number of the log
    bool has_next = false;
    Event next;  // it has the number `read`; what is between `dealt` and it is lost
  };

  struct Turn {
    explicit Turn(EventLog& of) : log(of) {
      if (log.reading_.enter()) log.start_anew();
    }
    ~Turn() { log.reading_.leave(); }
    EventLog& log;
  };

  Ring& ring_of(const Event& event) { return *rings_[static_cast<std::uint32_t>(event.endpoint) & ring_mask_]; }

  // Whatever is published from now on has a higher order than all there is.
  std::uint64_t level() {
    std::uint64_t above = 0;
    for (const auto& ring : rings_) above = std::max(above, ring->order() + 1);
    for (const auto& ring : rings_) ring->raise(above);
    return above;
  }

  // In a forked child. A thread that is not here may have been in the middle of anything; all that is taken over is
  // how far each ring was dealt, one word each. What was merged and not read by all is lost to the child's readers.
  void start_anew() {
    dealt_ = 0;
    for (Source& source : sources_) {
      source.read = source.dealt;
      source.has_next = false;
      dealt_ += source.dealt;
    }
    for (Event& event : merged_) event.seq = 0;
    for (const auto& ring : rings_) ring->give_up_unfinished();
    levelled_ = dealt_;
  }

  // Deals the number of the first event that has none, and of what was lost before it. False: there is nothing.
  bool merge_one() {
    const std::uint64_t before = dealt_;
    bool found = false, held = false;
    do {
      found = held = false;
      for (Source& source : sources_) {
        if (source.has_next) continue;
        found |= look_at(source);
        // Behind one that is unfinished there may be events whose publishers have published elsewhere since.
        held |= !source.has_next && source.ring->latest() > source.read + 1;
      }
    } while (found);
    Source* first = nullptr;
    for (Source& source : sources_) {
      if (source.has_next && (first == nullptr || source.next.order < first->next.order)) first = &source;
    }
    if (first == nullptr || (held && !pressed())) return dealt_ != before;
    deal_read(*first);
    first->has_next = false;
    first->next.seq = dealt_;
    merged_[dealt_ & (merged_.size() - 1)] = first->next;
    // A ring whose order is far ahead (there are hosts with strange clocks) must not wait for ever for the others.
    if (dealt_ - levelled_ >= merged_.size()) {
      levelled_ = dealt_;
      level();
    }
    return true;
  }

  // A publisher that sleeps for long must not cost the others' events.
  bool pressed() const {
    const std::uint64_t nearly_full = merged_.size() - merged_.size() / 4;
    return std::ranges::any_of(sources_, [=](const Source& s) { return s.ring->latest() - s.read >= nearly_full; });
  }

  bool look_at(Source& source) {
    source.has_next = source.ring->read(source.read, &source.next, 1) == 1;
    if (!source.has_next) deal_read(source);  // what was lost
    return source.has_next;
  }

  void deal_read(Source& source) {
    dealt_ += source.read - source.dealt;
    source.dealt = source.read;
  }

  std::uint32_t ring_mask_ = 0;
  std::vector<std::unique_ptr<Ring>> rings_;

  ReadersLock reading_;  // what follows is the readers'
  std::vector<Source> sources_;
  std::vector<Event> merged_;   // by number
  std::uint64_t dealt_ = 0;     // numbers of the log: the sum of the sources'
  std::uint64_t levelled_ = 0;  // dealt_, when the orders were made level
};

}  // namespace resil
