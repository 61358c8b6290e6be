// WindowCells: what a breaker needs beside its word and its tallies where a ResiliencyExtension asks for more: a
// window, open times that grow, a shadow. Made under the engine's lock when such a policy is bound, like tallies.
// Larger ones may replace them then; the old ones stay until the engine is closed, for calls that still hold them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "resil/base/tagged_count.h"
#include "resil/breaker/window_words.h"

namespace resil {

template <template <typename> class Atom>
struct WindowCells {
  using Words = std::unique_ptr<Atom<std::uint64_t>[]>;

  // Of the last generation, not of the first: whether a moment is in a bucket is asked in wrapping arithmetic, which is
  // exact near the latest bucket only, and a bucket in which nobody has counted may be any distance from the clock.
  static constexpr std::uint64_t kNobodys = std::uint64_t{0xFFFFF} << 44;

  WindowCells(std::size_t bucket_words, std::size_t call_slots)
      : bucket_count(bucket_words),
        call_count(call_slots),
        buckets(new Atom<std::uint64_t>[bucket_words]()),
        calls(new Atom<std::uint64_t>[call_slots]()) {}

  bool hold(std::size_t bucket_words, std::size_t call_slots) const {
    return bucket_words <= bucket_count && call_slots <= call_count;
  }

  Atom<std::uint64_t> openings{0};           // Opening
  TaggedCount<Atom> shadowed;                // of a shadow's generation: what it would have rejected
  Atom<std::uint64_t> shadow_rejections{0};  // the same since the engine was opened; a metric
  Atom<std::uint64_t> present{kNobodys};     // TimeWindow: 0..43 the latest bucket | 44..63 the generation
  Atom<std::uint64_t> past[4]{};             // TimeWindow: PastSum of each kind
  TaggedCount<Atom> position;                // CallWindow: how many calls ended in the generation
  Atom<std::uint64_t> totals{0};             // CallWindow: WindowTotals
  const std::size_t bucket_count, call_count;
  const Words buckets;  // TimeWindow: BucketWord
  const Words calls;    // CallWindow: CallWord

  // Of `openings` only the tag of the present generation is ever asked for, and only after that was written.
  // A tag is the low bits of a generation, so before they come again whoever begins a generation makes 0 of what is
  // left of others. A bucket's word has 12 of these bits and `totals` 13: every 2^10 generations. The rest has all 20,
  // as tallies do, and so many slots need be looked at no more often than those: every 2^18.
  static constexpr std::uint32_t kFreshenEvery = 1U << 10, kFreshenSlotsEvery = 1U << 18;

  template <typename StillCurrent>
  void freshen(std::uint32_t generation, StillCurrent still_current) {
    if (generation % kFreshenEvery != 0) return;
    const auto zero = [&](Atom<std::uint64_t>& cell, std::uint64_t seen) {
      if (still_current()) cell.compare_exchange_strong(seen, 0, std::memory_order_acq_rel, std::memory_order_acquire);
    };
    const auto zero_bucket = [&](Atom<std::uint64_t>& cell) {
      const std::uint64_t seen = cell.load(std::memory_order_acquire);
      if (seen != 0 && !BucketWord::same_generation(seen, generation)) zero(cell, seen);
    };
    for (std::size_t i = 0; i < bucket_count; ++i) zero_bucket(buckets[i]);
    for (Atom<std::uint64_t>& sum : past) zero_bucket(sum);
    const std::uint64_t sums = totals.load(std::memory_order_acquire);
    if (!WindowTotals::of_generation(sums, generation)) zero(totals, sums);
    if (generation % kFreshenSlotsEvery != 0) return;
    for (TaggedCount<Atom>* count : {&shadowed, &position}) count->freshen(generation, still_current);
    for (std::size_t i = 0; i < call_count; ++i) {
      const std::uint64_t seen = calls[i].load(std::memory_order_acquire);
      if (seen != 0 && !CallWord::of_generation(seen, generation)) zero(calls[i], seen);
    }
  }
};

}  // namespace resil
