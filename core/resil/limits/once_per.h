// OncePer: true at most once in each period, whoever asks. For what is told of many things that happen at once: all but
// one of the threads that ask only read.
#pragma once

#include <atomic>
#include <cstdint>

#include "resil/base/types.h"

namespace resil {

template <template <typename> class Atom>
class OncePer {
 public:
  explicit OncePer(Nanos period) : period_(period) {}

  bool due(Nanos now) {
    Nanos next = next_.load(std::memory_order_relaxed);
    return now >= next && next_.compare_exchange_strong(next, add_saturated(now, period_), std::memory_order_relaxed);
  }

 private:
  const Nanos period_;
  Atom<Nanos> next_{INT64_MIN};
};

}  // namespace resil
