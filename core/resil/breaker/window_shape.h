// WindowShape: a window of time and its buckets, worked out so that telling a moment's bucket takes no division.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "resil/base/clock.h"
#include "resil/base/types.h"

namespace resil {

struct WindowShape {
  Nanos window = 1;
  std::int64_t buckets = 1;
  // How far into a bucket, in n-ths of a nanosecond, the coarse clock may stand and the exact one is in it too.
  std::uint64_t sure = 0;
  std::size_t mask = 1;  // one less than how many buckets there is room for

  // A bucket that is younger than the ring is long is never overwritten.
  static constexpr std::uint32_t slots(std::uint32_t buckets) { return std::max(2U, std::bit_ceil(buckets)); }
  static constexpr WindowShape of(Nanos window, std::uint32_t buckets) {
    const Nanos lag = TimeSource::kCoarseLag * buckets;
    return {window, buckets, static_cast<std::uint64_t>(std::max<Nanos>(window - lag, 0)), slots(buckets) - 1};
  }
};

}  // namespace resil
