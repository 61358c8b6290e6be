// TimeBuckets: how often something happened in the last `window`, by buckets of a tenth of it. What is older counts no
// more, what is younger than nine tenths surely does.
//
// Buckets are numbered from the beginning of time, and a cell has the upper bits of its bucket's number beside the
// count, so nobody clears what is over: the first to count in a later bucket takes the cell. There are more cells than
// buckets in a window, which leaves room for threads whose clocks are a bucket or two apart.
#pragma once

#include <atomic>
#include <cstdint>

#include "resil/base/types.h"

namespace resil {

template <template <typename> class Atom>
class TimeBuckets {
 public:
  static constexpr std::uint64_t kBuckets = 10;

  // 36 bits of the bucket's number | 28 bits of a count, which holds at its end.
  static constexpr unsigned kCountBits = 28;
  static constexpr std::uint64_t kMost = (std::uint64_t{1} << kCountBits) - 1;

  explicit TimeBuckets(Nanos window)
      : window_(static_cast<std::uint64_t>(window)), width_((window_ + kBuckets - 1) / kBuckets) {}

  // Tenths that begin anew in each window, so that a moment and the one a window later are ten buckets apart, exactly.
  std::uint64_t bucket_of(Nanos moment) const {
    const std::uint64_t since = static_cast<std::uint64_t>(moment) ^ std::uint64_t{1} << 63;  // moments in order
    return since / window_ * kBuckets + since % window_ / width_;
  }

  void add(std::uint64_t bucket) {
    std::uint64_t seen = load(bucket);
    while (!count(bucket, seen)) {}
  }

  // The cell that `count` changes.
  std::uint64_t load(std::uint64_t bucket) const { return cell(bucket).load(std::memory_order_acquire); }

  // Adds one, if the cell is still what was seen; false: `seen` is what it is now.
  bool count(std::uint64_t bucket, std::uint64_t& seen) {
    std::uint64_t next = tag(bucket) << kCountBits | 1;
    if (seen >> kCountBits == tag(bucket)) next = seen + ((seen & kMost) != kMost ? 1 : 0);
    // The clock of a thread that slept: its bucket is out of every window that anybody looks at.
    else if (is_later(seen >> kCountBits, tag(bucket)))
      return true;
    return cell(bucket).compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_acquire);
  }

  // In the window that ends with this bucket.
  std::uint64_t sum(std::uint64_t bucket) const {
    std::uint64_t total = 0;
    for (std::uint64_t back = 0; back < kBuckets; ++back) {
      const std::uint64_t seen = load(bucket - back);
      if (seen >> kCountBits == tag(bucket - back)) total += seen & kMost;
    }
    return total;
  }

  void restart() {
    for (Atom<std::uint64_t>& cell : cells_) cell.store(0, std::memory_order_release);
  }

 private:
  static constexpr std::uint64_t kCells = 16, kTagMask = (std::uint64_t{1} << (64 - kCountBits)) - 1;

  static constexpr std::uint64_t tag(std::uint64_t bucket) { return bucket / kCells & kTagMask; }
  // A tag that seems to be much later is one of a round before: nobody called for years.
  static constexpr bool is_later(std::uint64_t seen, std::uint64_t tag) {
    constexpr std::uint64_t kMostBehind = std::uint64_t{1} << 30;
    return ((seen - tag) & kTagMask) < kMostBehind;
  }
  Atom<std::uint64_t>& cell(std::uint64_t bucket) { return cells_[bucket % kCells]; }
  const Atom<std::uint64_t>& cell(std::uint64_t bucket) const { return cells_[bucket % kCells]; }

  const std::uint64_t window_, width_;
  Atom<std::uint64_t> cells_[kCells]{};
};

}  // namespace resil
