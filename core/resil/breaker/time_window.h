// TimeWindow: counts over the last `window` of time, in n buckets that are window/n long: the present one, partly
// filled, and the n - 1 before it. So a call that is older than the window counts no more, and one younger than window
// * (1 - 1/n) surely does.
//
// Bucket b begins at b * window/n of the clock, exactly: `now` is in it if 0 <= now*n - b*window < window, which takes
// no division, and holds in wrapping arithmetic within 2^64/n ns (9 years) of it. Who finds it over divides, and moves
// `present` on.
//
// What healthy calls write has a line of its own for each thread shard; failures and slow calls are in shard 0's.
//
// A rule is asked of the sum over all buckets, and of these only the present one still grows. So whoever sums first
// after a bucket's turn keeps what the buckets before it add up to (PastSum). A call may still be counted in one of
// them, by a thread that was held up or whose clock is behind: it looks at `present` after it has counted, and where
// that has moved on, it forbids that any sum be kept until the next turn. Either it finds `present` moved, or whoever
// moves it sums what it has counted: count and look here, turn and sum there are seq_cst, in one order.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "resil/base/clock.h"
#include "resil/breaker/window_cells.h"
#include "resil/breaker/window_shape.h"
#include "resil/trip/counts.h"

namespace resil {

template <template <typename> class Atom>
class TimeWindow {
 public:
  enum Kind : unsigned { Begun = 0, Succeeded = 1, Failed = 2, Slow = 3 };

  static constexpr std::size_t words(std::uint32_t buckets, std::size_t shards) {
    return std::size_t{kKinds} * WindowShape::slots(buckets) * shards;
  }

  TimeWindow(WindowCells<Atom>& cells, const WindowShape& shape, std::size_t shards)
      : cells_(cells), shape_(shape), shards_(shards) {}

  // The bucket of this moment. Whoever is the first in it begins it. False: `generation` is over; `still_current` is
  // asked only where nobody has counted in it yet. `about` is what time.about_now() said.
  //
  // What is seldom done works on copies, in functions apart, so that the rest may stay in registers.
  template <typename StillCurrent>
  [[gnu::always_inline]] bool bucket(std::uint32_t generation, TimeSource& time, Nanos about,
                                     StillCurrent still_current, std::int64_t& bucket) const {
    const std::uint64_t seen = cells_.present.load(std::memory_order_acquire);
    bucket = number(seen);
    if (seen >> kNumberBits == generation && in_bucket(bucket, time, about)) [[likely]]
      return true;
    TimeSource exact = time;
    std::int64_t found = 0;
    const bool current = TimeWindow(*this).find_bucket(generation, exact, still_current, found);
    time = exact;
    bucket = found;
    return current;
  }
  template <typename StillCurrent>
  bool bucket(std::uint32_t generation, TimeSource& time, StillCurrent still_current, std::int64_t& found) const {
    return bucket(generation, time, time.about_now(), still_current, found);
  }
  template <typename StillCurrent>
  [[gnu::noinline]] bool find_bucket(std::uint32_t generation, TimeSource& time, StillCurrent still_current,
                                     std::int64_t& bucket) const {
    for (;;) {
      std::uint64_t seen = cells_.present.load(std::memory_order_acquire);
      const bool ours = seen >> kNumberBits == generation;
      const std::int64_t latest = number(seen);
      if (ours && in_bucket(latest, time, time.about_now())) {
        bucket = latest;
        return true;
      }
      bucket = bucket_of(time.now());
      if (ours && bucket == latest) return true;
      // Another thread's clock was ahead, or this thread was held up: its call belongs where it belongs.
      if (ours && bucket < latest && latest - bucket < kFarBehind) return true;
      if (!ours && !still_current()) return false;
      if (ours && !freshen(seen, latest, bucket)) continue;
      cells_.present.compare_exchange_strong(seen, packed(generation, bucket), std::memory_order_seq_cst,
                                             std::memory_order_acquire);
    }
  }

  // Counts a call. False: the generation is over. A call so late that its bucket has been overwritten is older than the
  // window.
  template <typename StillCurrent>
  [[gnu::always_inline]] bool add(Kind kind, std::size_t shard, std::uint32_t generation, std::int64_t bucket,
                                  StillCurrent still_current) const {
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
      if (cell.compare_exchange_weak(seen, next, std::memory_order_seq_cst, std::memory_order_acquire)) break;
    }
    if (cells_.present.load(std::memory_order_seq_cst) != packed(generation, bucket)) [[unlikely]]
      TimeWindow(*this).keep_no_sum(kind, generation, bucket, still_current);
    return true;
  }

  // Of the window that ends with this bucket, as anybody may look at it.
  std::int64_t sum(Kind kind, std::uint32_t generation, std::int64_t bucket) const {
    return static_cast<std::int64_t>(sum(kind, generation, bucket - shape_.buckets + 1, shape_.buckets));
  }

  // The same, by whoever has this bucket from bucket(). The generation is known to be that of a word that was loaded.
  template <typename StillCurrent>
  [[gnu::always_inline]] std::int64_t count(Kind kind, std::uint32_t generation, std::int64_t bucket,
                                            StillCurrent still_current) const {
    const std::uint64_t seen = cells_.past[kind].load(std::memory_order_acquire);
    std::uint64_t total = 0;
    if (!PastSum::tells(seen, generation, bucket, total)) [[unlikely]]
      total = TimeWindow(*this).sum_past(kind, generation, bucket, seen, still_current);
    const std::uint64_t zero = BucketWord::zero(generation, bucket);
    const Atom<std::uint64_t>* words = &word(kind, 0, bucket);
    for (std::size_t left = kind <= Succeeded ? shards_ : 1; left != 0; --left, words += (shape_.mask + 1) * kKinds) {
      const std::uint64_t present = words->load(std::memory_order_acquire);
      total += BucketWord::same_tag(present, zero) ? BucketWord::number(present) : 0;
    }
    return static_cast<std::int64_t>(total);
  }

  // What a rule reads of the window; `of(kind)` counts. Requests last: whatever ended was begun before.
  template <typename Of>
  [[gnu::always_inline]] static void show(CountSet reads, Counts& counts, const Of& of) {
    if ((reads & kSlowCalls) != 0) counts.slow_calls = of(Slow);
    if ((reads & kTotalFailures) != 0) counts.total_failures = of(Failed);
    if ((reads & kTotalSuccesses) != 0) counts.total_successes = of(Succeeded);
    if ((reads & kRequests) != 0) counts.requests = of(Begun);
  }

  // The bucket that a look at `now` ends with. False: nothing is in the window.
  bool look(std::uint32_t generation, Nanos now, std::int64_t& bucket) const {
    const std::uint64_t seen = cells_.present.load(std::memory_order_acquire);
    bucket = bucket_of(now);
    return seen >> kNumberBits == generation && bucket - number(seen) < shape_.buckets;
  }

  // Exact for moments within 2^43 buckets of the clock's 0: 27 years of the shortest ones.
  std::int64_t bucket_of(Nanos now) const {
    const __int128 scaled = static_cast<__int128>(now) * shape_.buckets;
    const __int128 quotient = scaled / shape_.window - (scaled % shape_.window < 0 ? 1 : 0);
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
    const std::size_t slot = static_cast<std::size_t>(bucket) & shape_.mask;
    return cells_.buckets[(shard * (shape_.mask + 1) + slot) * kKinds + kind];
  }

  // `about` is the moment, or lags behind it: where the bucket holds both what it says and the latest that it may mean,
  // nobody needs to know better. (How far a bucket before its beginning is, is a number beyond any window.)
  bool in_bucket(std::int64_t bucket, const TimeSource& time, Nanos about) const {
    const std::uint64_t into = static_cast<std::uint64_t>(about) * static_cast<std::uint64_t>(shape_.buckets) -
                               static_cast<std::uint64_t>(bucket) * static_cast<std::uint64_t>(shape_.window);
    return into < (time.known() ? static_cast<std::uint64_t>(shape_.window) : shape_.sure);
  }

  // What `count` buckets from `oldest` on hold.
  std::uint64_t sum(Kind kind, std::uint32_t generation, std::int64_t oldest, std::int64_t count) const {
    const std::size_t last = shape_.mask * kKinds, shards = kind <= Succeeded ? shards_ : 1;
    const Atom<std::uint64_t>* words = &word(kind, 0, 0);
    std::uint64_t total = 0;
    for (std::size_t shard = 0; shard < shards; ++shard, words += last + kKinds) {
      BucketTag tag(generation, oldest);
      std::size_t at = (static_cast<std::size_t>(oldest) & shape_.mask) * kKinds;
      for (std::int64_t left = count; left != 0; --left, at = (at + kKinds) & last) {
        const std::uint64_t seen = words[at].load(std::memory_order_seq_cst);
        total += tag.is_of(seen) ? BucketWord::number(seen) : 0;
        tag.move_on();
      }
    }
    return total;
  }

  // Sums what is before the bucket, and keeps it unless a later bucket's sum is kept, or none may be. `seen` was loaded
  // before anything was summed: a call that was counted too late to be summed has changed it since.
  template <typename StillCurrent>
  [[gnu::noinline]] std::uint64_t sum_past(Kind kind, std::uint32_t generation, std::int64_t bucket, std::uint64_t seen,
                                           StillCurrent still_current) const {
    const std::uint64_t total = sum(kind, generation, bucket - shape_.buckets + 1, shape_.buckets - 1);
    const bool may_keep = BucketWord::same_generation(seen, generation)
                              ? seen != PastSum::unkept(generation, bucket) && !PastSum::later(seen, bucket)
                              : still_current();
    if (may_keep)
      cells_.past[kind].compare_exchange_strong(seen, PastSum::pack(generation, bucket, total),
                                                std::memory_order_acq_rel, std::memory_order_acquire);
    return total;
  }

  // A call was counted in `bucket`, and `present` is another. Where that is a later one whose window reaches back so
  // far, a sum may lack the call. A later turn's cannot.
  template <typename StillCurrent>
  [[gnu::noinline]] void keep_no_sum(Kind kind, std::uint32_t generation, std::int64_t bucket,
                                     StillCurrent still_current) const {
    const std::uint64_t present = cells_.present.load(std::memory_order_seq_cst);
    const std::int64_t latest = number(present);
    if (present >> kNumberBits != generation || latest <= bucket || latest - bucket >= shape_.buckets) return;
    const std::uint64_t unkept = PastSum::unkept(generation, latest);
    std::uint64_t seen = cells_.past[kind].load(std::memory_order_acquire);
    do {
      const bool done = BucketWord::same_generation(seen, generation) ? seen == unkept || PastSum::later(seen, latest)
                                                                      : !still_current();
      if (done) return;
    } while (
        !cells_.past[kind].compare_exchange_weak(seen, unkept, std::memory_order_acq_rel, std::memory_order_acquire));
  }

  // `present` is about to move from bucket `latest` to `bucket`. Once in a quarter of a round of the numbers that tags
  // have, after a long silence, and when a clock that was far ahead is set right, what the window does not reach any
  // more is made 0, so that no tag comes again with a number beside it. False: somebody else moved `present`. Until
  // then no word is of a bucket after `latest`, so ages are exact, and no swap below takes away what somebody counts
  // now.
  bool freshen(std::uint64_t seen, std::int64_t latest, std::int64_t bucket) const {
    if (latest >> kFreshenShift == bucket >> kFreshenShift) return true;
    return zero_before(seen, latest, bucket);
  }

  [[gnu::noinline]] bool zero_before(std::uint64_t present, std::int64_t latest, std::int64_t bucket) const {
    // False: `present` moved.
    const auto zero = [&](Atom<std::uint64_t>& cell) {
      std::uint64_t seen = cell.load(std::memory_order_acquire);
      if (BucketWord::number(seen) == 0) return true;
      const std::int64_t age = bucket - (latest - BucketWord::age(seen, latest));
      if (age >= 0 && age < shape_.buckets) return true;
      if (cells_.present.load(std::memory_order_acquire) != present) return false;
      cell.compare_exchange_strong(seen, 0, std::memory_order_acq_rel, std::memory_order_acquire);
      return true;
    };
    for (std::size_t i = 0; i < words(static_cast<std::uint32_t>(shape_.buckets), shards_); ++i) {
      if (!zero(cells_.buckets[i])) return false;
    }
    for (Atom<std::uint64_t>& sum : cells_.past) {
      if (!zero(sum)) return false;
    }
    return true;
  }

  WindowCells<Atom>& cells_;
  const WindowShape& shape_;
  const std::size_t shards_;
};

}  // namespace resil
