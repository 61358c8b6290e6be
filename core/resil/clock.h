// Time is an argument. TimeSource reads the machine's clock only when somebody asks, at most once a call.
#pragma once

#include <ctime>

#include "resil/types.h"

namespace resil {

inline Nanos read_clock(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<Nanos>(t.tv_sec) * kSecond + t.tv_nsec;
}

class TimeSource {
 public:
  explicit TimeSource(Nanos now) : now_(now) {}

  Nanos now() {
    if (now_ == kReadClock) now_ = read_clock(CLOCK_MONOTONIC);
    return now_;
  }

  bool known() const { return now_ != kReadClock; }

  // For stamping events, where some milliseconds do not matter: the coarse clock costs a quarter.
  Nanos about_now() const { return now_ != kReadClock ? now_ : read_clock(CLOCK_MONOTONIC_COARSE); }

 private:
  Nanos now_;
};

}  // namespace resil
