// TimeWindow: counts over the last `window` of time, in n buckets that are window/n long: the present one, partly
// filled, and the n - 1 before it. So a call that is older than the window counts no more, and one younger than window
// * (1 - 1/n) surely does.
//
// Bucket b begins at b * window/n of the clock, exactly: `now` is in it if 0 <= now*n - b*window < window, which takes
// no division, and holds in wrapping arithmetic. Who finds it over divides, and moves `present` on.
//
// What healthy calls write has a line of its own for each thread shard; failures and slow calls are in shard 0's.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>

#include "resil/base/clock.h"
#include "resil/breaker/window_cells.h"
#include "resil/trip/counts.h"

namespace resil {

template <template <typename> class Atom>
class TimeWindow {
 public:
  enum Kind : unsigned { Begun = 0, Succeeded = 1, Failed = 2, Slow = 3 };

  // A bucket that is younger than the ring is long is never overwritten.
  static constexpr std::uint32_t slots(std::uint32_t buckets) { return std::max(2U, std::bit_ceil(buckets)); }
  static constexpr std::size_t words(std::uint32_t buckets, std::size_t shards) {
    return std::size_t{kKinds} * slots(buckets) * shards;
  }

  TimeWindow(WindowCells<Atom>& cells, Nanos window, std::uint32_t buckets, std::size_t shards)
      : cells_(cells), window_(window), buckets_(buckets), mask_(slots(buckets) - 1), shards_(shards) {}

  // The bucket of this moment. Whoever is the first in it begins it. False: `generation` is over; `still_current` is
  // asked only where nobody has counted in it yet.
  template <typename StillCurrent>
  [[gnu::always_inline]] bool bucket(std::uint32_t generation, TimeSource& time, StillCurrent still_current,
                                     std::int64_t& bucket) {
    const std::uint64_t seen = cells_.present.load(std::memory_order_acquire);
    bucket = number(seen);
    if (seen >> kNumberBits == generation && in_bucket(bucket, time)) [[likely]]
      return true;
    return find_bucket(generation, time, still_current, bucket);
  }
  template <typename StillCurrent>
  [[gnu::noinline]] bool find_bucket(std::uint32_t generation, TimeSource& time, StillCurrent still_current,
                                     std::int64_t& bucket) {
    for (;;) {
      std::uint64_t seen = cells_.present.load(std::memory_order_acquire);
      const bool ours = seen >> kNumberBits == generation;
      const std::int64_t latest = number(seen);
      if (ours && in_bucket(latest, time)) {
        bucket = latest;
        return true;
      }
      bucket = bucket_of(time.now());
      if (ours && bucket == latest) return true;
      // Another thread's clock was ahead, or this thread was held up: its call belongs where it belongs.
      if (ours && bucket < latest && latest - bucket < kFarBehind) return true;
      if (!ours && !still_current()) return false;
      if (ours && !freshen(seen, latest, bucket)) continue;
      cells_.present.compare_exchange_strong(seen, packed(generation, bucket), std::memory_order_acq_rel,
                                             std::memory_order_acquire);
    }
  }

  // Counts a call. False: the generation is over. A call so late that its bucket has been overwritten is older than the
  // window.
  template <typename StillCurrent>
  bool add(Kind kind, std::size_t shard, std::uint32_t generation, std::int64_t bucket, StillCurrent still_current) {
    Atom<std::uint64_t>& cell = word(kind, shard, bucket);
    const std::uint64_t zero = BucketWord::zero(generation, bucket);
    std::uint64_t seen = cell.load(std::memory_order_acquire);
    for (;;) {
      std::uint64_t next = zero + 1;
      if (BucketWord::same_tag(seen, zero)) {
        if (BucketWord::number(seen) == BucketWord::kMost) return true;
        next = seen + 1;
      } else if (!BucketWord::same_generation(seen, generation)) {
        if (!still_current()) return false;
      } else if (BucketWord::number(seen) != 0 && BucketWord::age(seen, bucket) > BucketWord::kRound / 2) {
        return true;
      }
      if (cell.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_acquire)) return true;
    }
  }

  std::int64_t sum(Kind kind, std::uint32_t generation, std::int64_t bucket) const {
    const std::size_t last = mask_ * kKinds, shards = kind <= Succeeded ? shards_ : 1;
    const Atom<std::uint64_t>* words = &word(kind, 0, 0);
    const std::int64_t oldest = bucket - buckets_ + 1;
    std::uint64_t total = 0;
    for (std::size_t shard = 0; shard < shards; ++shard, words += last + kKinds) {
      BucketTag tag(generation, oldest);
      std::size_t at = (static_cast<std::size_t>(oldest) & mask_) * kKinds;
      for (std::int64_t left = buckets_; left != 0; --left, at = (at + kKinds) & last) {
        const std::uint64_t seen = words[at].load(std::memory_order_acquire);
        total += tag.is_of(seen) ? BucketWord::number(seen) : 0;
        tag.move_on();
      }
    }
    return static_cast<std::int64_t>(total);
  }

  // What a rule reads of the window. Requests last: whatever ended was begun before.
  void show(CountSet reads, std::uint32_t generation, std::int64_t bucket, Counts& counts) const {
    if ((reads & kSlowCalls) != 0) counts.slow_calls = sum(Slow, generation, bucket);
    if ((reads & kTotalFailures) != 0) counts.total_failures = sum(Failed, generation, bucket);
    if ((reads & kTotalSuccesses) != 0) counts.total_successes = sum(Succeeded, generation, bucket);
    if ((reads & kRequests) != 0) counts.requests = sum(Begun, generation, bucket);
  }

  // The bucket that a look at `now` ends with. False: nothing is in the window.
  bool look(std::uint32_t generation, Nanos now, std::int64_t& bucket) const {
    const std::uint64_t seen = cells_.present.load(std::memory_order_acquire);
    bucket = bucket_of(now);
    return seen >> kNumberBits == generation && bucket - number(seen) < buckets_;
  }

  // Exact for moments within 2^43 buckets of the clock's 0: 27 years of the shortest ones.
  std::int64_t bucket_of(Nanos now) const {
    const __int128 scaled = static_cast<__int128>(now) * buckets_;
    const __int128 quotient = scaled / window_ - (scaled % window_ < 0 ? 1 : 0);
    return static_cast<std::int64_t>(std::clamp<__int128>(quotient, -kMostNumber, kMostNumber));
  }

 private:
  static constexpr unsigned kKinds = 4, kNumberBits = 44;
  static constexpr std::int64_t kMostNumber = (std::int64_t{1} << (kNumberBits - 1)) - 1;
  static constexpr unsigned kFreshenShift = BucketWord::kBucketBits - 2;  // a quarter of a round
  static constexpr std::int64_t kFarBehind = std::int64_t{1} << kFreshenShift;

  static constexpr std::int64_t number(std::uint64_t present) {
    return static_cast<std::int64_t>(present << (64 - kNumberBits)) >> (64 - kNumberBits);
  }
  static constexpr std::uint64_t packed(std::uint32_t generation, std::int64_t bucket) {
    return std::uint64_t{generation} << kNumberBits |
           static_cast<std::uint64_t>(bucket) << (64 - kNumberBits) >> (64 - kNumberBits);
  }

  Atom<std::uint64_t>& word(Kind kind, std::size_t shard, std::int64_t bucket) const {
    const std::size_t slot = static_cast<std::size_t>(bucket) & mask_;
    return cells_.buckets[(shard * (mask_ + 1) + slot) * kKinds + kind];
  }

  bool holds(std::int64_t bucket, Nanos now) const {
    return static_cast<std::uint64_t>(now) * buckets_ -
               static_cast<std::uint64_t>(bucket) * static_cast<std::uint64_t>(window_) <
           static_cast<std::uint64_t>(window_);
  }
  // The coarse clock lags: where the bucket holds both what it says and the latest that it may mean, nobody needs to
  // know better.
  bool in_bucket(std::int64_t bucket, TimeSource& time) const {
    if (time.known()) return holds(bucket, time.now());
    const Nanos low = time.about_now();
    return holds(bucket, low) && holds(bucket, low + TimeSource::kCoarseLag);
  }

  // `present` is about to move from bucket `latest` to `bucket`. Once in a quarter of a round of the numbers that tags
  // have, after a long silence, and when a clock that was far ahead is set right, what the window does not reach any
  // more is made 0, so that no tag comes again with a number beside it. False: somebody else moved `present`. Until
  // then no word is of a bucket after `latest`, so ages are exact, and no swap below takes away what somebody counts
  // now.
  bool freshen(std::uint64_t seen, std::int64_t latest, std::int64_t bucket) {
    if (latest >> kFreshenShift == bucket >> kFreshenShift) return true;
    return zero_before(seen, latest, bucket);
  }

  [[gnu::noinline]] bool zero_before(std::uint64_t present, std::int64_t latest, std::int64_t bucket) {
    for (std::size_t i = 0; i < words(buckets_, shards_); ++i) {
      std::uint64_t seen = cells_.buckets[i].load(std::memory_order_acquire);
      if (BucketWord::number(seen) == 0) continue;
      const std::int64_t age = bucket - (latest - BucketWord::age(seen, latest));
      if (age >= 0 && age < buckets_) continue;
      if (cells_.present.load(std::memory_order_acquire) != present) return false;
      cells_.buckets[i].compare_exchange_strong(seen, 0, std::memory_order_acq_rel, std::memory_order_acquire);
    }
    return true;
  }

  WindowCells<Atom>& cells_;
  const Nanos window_;
  const std::int64_t buckets_;
  const std::size_t mask_, shards_;
};

}  // namespace resil
