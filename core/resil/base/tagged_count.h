// TaggedCount: a counter that belongs to one generation of a breaker. The tag and the number share a word, so
// an increment meant for an older generation can never appear in a newer one, and nobody has to zero
// anything when a generation begins.
//
// Holds at 2^44 - 1 instead of wrapping into the tag.
#pragma once

#include <atomic>
#include <cstdint>

namespace resil {

template <template <typename> class Atom>
class TaggedCount {
 public:
  static constexpr unsigned kBits = 44;
  static constexpr std::uint64_t kMost = (std::uint64_t{1} << kBits) - 1;

  std::uint64_t read(std::uint32_t generation) const {
    const std::uint64_t seen = cell_.load(std::memory_order_acquire);
    return seen >> kBits == generation ? seen & kMost : 0;
  }

  // Whether it is above 0 in the generation that `tagged` has in its upper bits.
  bool counts_in(std::uint64_t tagged) const {
    return cell_.load(std::memory_order_acquire) - (tagged & ~kMost) - 1 < kMost;
  }

  // The short way: adds 1 if the cell counts the generation that `tagged` has in its upper bits, and has room. False:
  // nothing was added; ask add. A host that is given the cell does just this (resil_inline.h).
  bool add_if_tagged(std::uint64_t tagged) {
    const std::uint64_t zero = tagged & ~kMost;
    std::uint64_t seen = cell_.load(std::memory_order_acquire);
    while (seen - zero < kMost) {
      if (cell_.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel, std::memory_order_acquire))
        return true;
    }
    return false;
  }
  // The same; answers the new number, or 0.
  std::uint64_t number_if_tagged(std::uint64_t tagged) {
    const std::uint64_t zero = tagged & ~kMost;
    std::uint64_t seen = cell_.load(std::memory_order_acquire);
    while (seen - zero < kMost) {
      if (cell_.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel, std::memory_order_acquire)) {
        return seen + 1 - zero;
      }
    }
    return 0;
  }

  // Adds 1 and returns the new number; 0 if the generation is over. `still_current` reloads the breaker's word:
  // it is asked only when the tag differs, which tells a generation not yet seen here from one that is over.
  template <typename StillCurrent>
  std::uint64_t add(std::uint32_t generation, StillCurrent still_current) {
    std::uint64_t seen = cell_.load(std::memory_order_acquire);
    for (;;) {
      std::uint64_t next = tagged(generation, 1);
      if (seen >> kBits == generation) {
        if ((seen & kMost) == kMost) return kMost;
        next = seen + 1;
      } else if (!still_current()) {
        return 0;
      }
      if (cell_.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_acquire)) {
        return next & kMost;
      }
    }
  }

  // Sets the number. False: another generation took the cell meanwhile and this one is over.
  template <typename StillCurrent>
  bool set(std::uint32_t generation, std::uint64_t number, StillCurrent still_current) {
    std::uint64_t seen = cell_.load(std::memory_order_acquire);
    const std::uint64_t next = tagged(generation, number < kMost ? number : kMost);
    while (seen != next) {
      if (seen >> kBits != generation && !still_current()) return false;
      if (cell_.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_acquire)) break;
    }
    return true;
  }

  // Zero for `generation`, unless that is what it counts already or it is over.
  template <typename StillCurrent>
  void freshen(std::uint32_t generation, StillCurrent still_current) {
    std::uint64_t seen = cell_.load(std::memory_order_acquire);
    if (seen >> kBits == generation || !still_current()) return;
    cell_.compare_exchange_strong(seen, tagged(generation, 0), std::memory_order_acq_rel, std::memory_order_acquire);
  }

  // For resil_tally, which hands it to hosts.
  Atom<std::uint64_t>& cell() { return cell_; }

  // For tests that start near a boundary.
  void put(std::uint32_t generation, std::uint64_t number) {
    cell_.store(tagged(generation, number), std::memory_order_release);
  }

 private:
  static constexpr std::uint64_t tagged(std::uint32_t generation, std::uint64_t number) {
    return std::uint64_t{generation} << kBits | number;
  }

  Atom<std::uint64_t> cell_{0};
};

}  // namespace resil
