// Hold: until when the server asked to be left alone. It only ever grows.
#pragma once

#include <atomic>
#include <cstdint>

#include "resil/base/types.h"

namespace resil {

template <template <typename> class Atom>
class Hold {
 public:
  // 0: nobody asked, or it is over.
  Nanos left(Nanos now) const {
    const Nanos until = until_.load(std::memory_order_acquire);
    return until > now ? subtract_saturated(until, now) : 0;
  }

  void until(Nanos moment) {
    Nanos seen = until_.load(std::memory_order_acquire);
    while (seen < moment &&
           !until_.compare_exchange_weak(seen, moment, std::memory_order_acq_rel, std::memory_order_acquire)) {}
  }

  void restart() { until_.store(kNever, std::memory_order_release); }

 private:
  static constexpr Nanos kNever = INT64_MIN;
  Atom<Nanos> until_{kNever};
};

}  // namespace resil
