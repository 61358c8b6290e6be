// A clock that moves when it is told to, and never back.
#pragma once

#include "resil/base/types.h"

namespace resil::testing {

class VirtualClock {
 public:
  explicit VirtualClock(Nanos start) : now_(start) {}

  Nanos now() const { return now_; }
  void advance(Nanos by) { now_ = add_saturated(now_, by); }
  void advance_to(Nanos moment) {
    if (moment > now_) now_ = moment;
  }

 private:
  Nanos now_;
};

}  // namespace resil::testing
