#include "support/clock_readings.h"

#include <ctime>
#include <utility>

// NOLINTBEGIN: the names are the linker's (--wrap).
extern "C" int __real_clock_gettime(clockid_t clock, timespec* time);
extern "C" int __wrap_clock_gettime(clockid_t clock, timespec* time);

extern "C" int __wrap_clock_gettime(clockid_t clock, timespec* time) {
  using Readings = resil::testing::ClockReadings;
  if (clock == CLOCK_MONOTONIC) {
    ++Readings::exact;
    if (Readings::before_exact) std::exchange(Readings::before_exact, nullptr)();
  } else if (clock == CLOCK_MONOTONIC_COARSE) {
    ++Readings::coarse;
  }
  return __real_clock_gettime(clock, time);
}
// NOLINTEND
