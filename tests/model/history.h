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
  int permit_of = -1;       // for an end: the index of the begin that gave its permit
  std::int64_t answer = 0;  // Begin: a Reason; Look: the state and the run of failures
  Nanos wait = 0;           // Begin, rejected as open
  std::uint64_t began = 0, ended = 0;
};

struct Settings {
  std::int64_t trip_at = 2;  // consecutive failures
  std::uint32_t max_requests = 1;
  Nanos open_for = 1000;
};

// The sequential breaker: semantics section 4, without an interval.
class Sequential {
 public:
  explicit Sequential(Settings settings, Settings after_reload) : now_(settings), later_(after_reload) {}

  // False: a sequential breaker would have answered otherwise.
  bool agrees(const Call& call, int index);
  const std::map<std::array<int, 2>, int>& transitions() const { return transitions_; }
  std::int64_t look(Nanos now) const;

 private:
  struct Given {
    std::uint64_t generation;
    bool probe;
  };
  void change(BreakerState to) {
    ++transitions_[{static_cast<int>(state_), static_cast<int>(to)}];
    state_ = to;
    ++generation_;
    run_ = 0;
    given_ = succeeded_ = 0;
  }
  bool begin(const Call& call, int index);
  void end(const Call& call);

  Settings now_, later_;
  BreakerState state_ = BreakerState::Closed;
  std::uint64_t generation_ = 0;
  std::int64_t run_ = 0;
  std::uint32_t given_ = 0, succeeded_ = 0;
  Nanos due_ = 0, probed_ = 0;
  std::map<int, Given> permits_;
  std::map<std::array<int, 2>, int> transitions_;
};

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
