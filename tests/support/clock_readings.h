// What a call asks of the machine's clock: the linker sends each clock_gettime of the unit tests' program here first.
#pragma once

#include <functional>

namespace resil::testing {

struct ClockReadings {
  static inline int exact = 0, coarse = 0;
  static inline std::function<void()> before_exact;  // once: another thread's step

  static void forget() {
    exact = coarse = 0;
    before_exact = nullptr;
  }
};

}  // namespace resil::testing
