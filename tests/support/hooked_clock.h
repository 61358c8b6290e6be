// BeforeClockRead: a step of another thread, put exactly where a call reads the machine's clock: between what it looked
// at before it needed the time and what it does after. For what is no template, and so cannot have hooked atomics.
#pragma once

#include <functional>
#include <utility>

namespace resil::testing {

// While it lives, the step runs once, on the thread that is the next to read a clock. Not under a sanitizer, which has
// the clock to itself.
class BeforeClockRead {
 public:
  explicit BeforeClockRead(std::function<void()> step) : step_(std::move(step)) { waiting = this; }
  ~BeforeClockRead() { waiting = nullptr; }
  BeforeClockRead(const BeforeClockRead&) = delete;
  BeforeClockRead& operator=(const BeforeClockRead&) = delete;

  bool ran() const { return waiting != this; }

  static void clock_is_read() {
    if (BeforeClockRead* one = std::exchange(waiting, nullptr)) one->step_();
  }

 private:
  static inline BeforeClockRead* waiting = nullptr;
  const std::function<void()> step_;
};

}  // namespace resil::testing
