// What threads did to a breaker, and whether some sequential breaker could have answered the same.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "resil/breaker/circuit_breaker.h"

namespace resil::model {

enum class Act { Begin, Succeed, Fail, Cancel, Look, Reload };

struct Call {
  int thread = 0;
  Act act = Act::Begin;
  Nanos now = 0;
  int permit_of = -1;        // for an end: the index of the begin that gave its permit
  std::int64_t answer = 0;   // Begin: a Reason; Look: the state and what is counted
  Nanos wait = 0;            // Begin, rejected as open; Look: until half-open is due
  std::size_t settings = 1;  // Reload: which it puts in force
  std::uint64_t began = 0, ended = 0;
};

struct Settings {
  std::int64_t trip_at = 2;   // consecutive failures; 0: the rule does not read them
  std::int64_t total_at = 0;  // failures in all; 0: likewise
  std::uint32_t max_requests = 1;
  Nanos open_for = 1000;
  Nanos interval = 0;
};

// What happens before the threads of a story start is done by this one.
inline constexpr int kBefore = 9;

// The sequential breaker: semantics section 4.
class Sequential {
 public:
  explicit Sequential(Settings settings, Settings after_reload) : known_{settings, after_reload}, now_(settings) {}

  // False: a sequential breaker would have answered otherwise.
  bool agrees(const Call& call, int index);
  const std::map<std::array<int, 2>, int>& transitions() const { return transitions_; }
  std::int64_t look(Nanos now) const;
  Nanos wait(Nanos now) const { return state_ == BreakerState::Open && now <= due_ ? due_ - now + 1 : 0; }

 private:
  struct Given {
    std::uint64_t generation;
    bool probe;
  };
  void next_generation() {
    ++generation_;
    run_ = failures_ = 0;
    given_ = succeeded_ = 0;
    window_begun_ = false;
  }
  void change(BreakerState to) {
    ++transitions_[{static_cast<int>(state_), static_cast<int>(to)}];
    state_ = to;
    next_generation();
  }
  void begin_window(Nanos now) {
    window_begun_ = true;
    window_end_ = now + now_.interval;
  }
  void look_at_window(Nanos now);
  bool begin(const Call& call, int index);
  void end(const Call& call);
  void end_closed(const Call& call, bool mine);

  std::array<Settings, 2> known_;
  Settings now_;
  BreakerState state_ = BreakerState::Closed;
  std::uint64_t generation_ = 0;
  std::int64_t run_ = 0, failures_ = 0;
  std::uint32_t given_ = 0, succeeded_ = 0;
  bool window_begun_ = false;
  Nanos due_ = 0, probed_ = 0, window_end_ = 0;
  std::map<int, Given> permits_;
  std::map<std::array<int, 2>, int> transitions_;
};

// What a look shows, as one number.
constexpr std::int64_t seen(BreakerState state, std::int64_t run, std::int64_t failures) {
  return static_cast<std::int64_t>(state) * 1'000'000 + failures * 1000 + run;
}

class History {
 public:
  explicit History(Settings settings, Settings after_reload = {}) : first_(settings, after_reload) {}

  int add(Call call) {
    calls.push_back(call);
    return static_cast<int>(calls.size()) - 1;
  }
  void changed(const Transition& t) {
    if (t.happened) ++transitions[{static_cast<int>(t.from), static_cast<int>(t.to)}];
  }

  // Empty: linearizable, to a final state that looks like `final_look`. Without `real_time` only each thread's own
  // order counts, as with loads that may be stale.
  std::string explain(std::int64_t final_look, Nanos final_now, bool real_time) const;

  std::vector<Call> calls;
  std::map<std::array<int, 2>, int> transitions;

 private:
  bool search(Sequential& state, std::uint32_t done, std::int64_t final_look, Nanos final_now, bool real_time) const;
  Sequential first_;
};

}  // namespace resil::model
