// CallWindow: counts over the last n calls that ended. Each call takes the next number of its generation; its slot,
// among n, is where the call n before it stands. It takes that one's place by one swap, and changes the totals by the
// difference. So the totals are the sum of what stands in the slots, exactly whenever no call is just ending.
#pragma once

#include <atomic>
#include <cstdint>

#include "resil/breaker/window_cells.h"

namespace resil {

template <template <typename> class Atom>
class CallWindow {
 public:
  CallWindow(WindowCells<Atom>& cells, std::uint32_t size) : cells_(cells), size_(size) {}

  // Counts a call. False: `generation` is over. `still_current` is asked only where a cell does not show it yet.
  template <typename StillCurrent>
  bool add(std::uint32_t generation, bool failed, bool slow, StillCurrent still_current) {
    const std::uint64_t number = cells_.position.add(generation, still_current);
    if (number == 0) return false;
    Atom<std::uint64_t>& slot = cells_.calls[number % size_];
    const std::uint64_t mine = CallWord::pack(generation, number, failed, slow);
    std::uint64_t before = slot.load(std::memory_order_acquire);
    do {
      if (!CallWord::of_generation(before, generation)) {
        if (!still_current()) return false;
      } else if (CallWord::later(before, number)) {
        return true;  // n calls or more have ended since this one took its number
      }
    } while (!slot.compare_exchange_weak(before, mine, std::memory_order_acq_rel, std::memory_order_acquire));
    const bool replaces = CallWord::of_generation(before, generation) && CallWord::number(before) != 0;
    return change(generation, mine, replaces ? before : 0, still_current);
  }

  // Adds what a breaker's rule asks for.
  WindowTotals totals(std::uint32_t generation) const {
    const std::uint64_t seen = cells_.totals.load(std::memory_order_acquire);
    return WindowTotals::of_generation(seen, generation) ? WindowTotals::of(seen) : WindowTotals{};
  }

 private:
  template <typename StillCurrent>
  bool change(std::uint32_t generation, std::uint64_t in, std::uint64_t out, StillCurrent still_current) {
    std::uint64_t seen = cells_.totals.load(std::memory_order_acquire);
    for (;;) {
      const bool ours = WindowTotals::of_generation(seen, generation);
      if (!ours && !still_current()) return false;
      WindowTotals sums = ours ? WindowTotals::of(seen) : WindowTotals();
      sums.calls += out == 0 ? 1 : 0;
      sums.failures +=
          static_cast<std::uint64_t>(CallWord::failed(in)) - static_cast<std::uint64_t>(CallWord::failed(out));
      sums.slow += static_cast<std::uint64_t>(CallWord::slow(in)) - static_cast<std::uint64_t>(CallWord::slow(out));
      if (cells_.totals.compare_exchange_weak(seen, sums.word(generation), std::memory_order_acq_rel,
                                              std::memory_order_acquire)) {
        return true;
      }
    }
  }

  WindowCells<Atom>& cells_;
  const std::uint32_t size_;
};

}  // namespace resil
