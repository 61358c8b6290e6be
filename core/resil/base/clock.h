// Time is an argument. TimeSource reads the machine's clock only when somebody asks, at most once a call.
#pragma once

#include <ctime>

#include "resil/base/types.h"

namespace resil {

inline Nanos read_clock(clockid_t clock) {
  timespec t;  // which the call fills in
  clock_gettime(clock, &t);
  return static_cast<Nanos>(t.tv_sec) * kSecond + t.tv_nsec;
}

class TimeSource {
 public:
  // Ticks are 1 to 10 ms apart, and a busy virtual machine may be late for one. Were one later than this, not_past
  // would find a moment past later by as much.
  static constexpr Nanos kCoarseLag = 50 * kMillisecond;

  explicit TimeSource(Nanos now) : now_(now) {}

  Nanos now() {
    if (now_ == kReadClock) now_ = read_clock(CLOCK_MONOTONIC);
    return now_;
  }

  // Whether `moment` has not passed yet. The coarse clock costs a quarter and lags behind by a tick or two; only
  // where that leaves a doubt the exact one is read, so the answer is the exact one's.
  bool not_past(Nanos moment) {
    if (now_ == kReadClock && add_saturated(read_clock(CLOCK_MONOTONIC_COARSE), kCoarseLag) < moment) return true;
    return now() <= moment;
  }

  // A moment that has not passed yet: now, or one not much later that the coarse clock gives. What is due after it is
  // not due; of the rest somebody asks not_past.
  Nanos not_before_now() const {
    return now_ != kReadClock ? now_ : add_saturated(read_clock(CLOCK_MONOTONIC_COARSE), kCoarseLag);
  }

  bool known() const { return now_ != kReadClock; }

  // For stamping events, where some milliseconds do not matter: the coarse clock costs a quarter.
  Nanos about_now() const { return now_ != kReadClock ? now_ : read_clock(CLOCK_MONOTONIC_COARSE); }

 private:
  Nanos now_;
};

}  // namespace resil
