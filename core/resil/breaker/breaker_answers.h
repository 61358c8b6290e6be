// What a circuit breaker is told and answers.
#pragma once

#include <cstdint>
#include <optional>

#include "resil/base/jitter.h"
#include "resil/base/types.h"
#include "resil/breaker/permit.h"
#include "resil/trip/counts.h"

namespace resil {

struct Transition {
  bool happened = false;
  BreakerState from = BreakerState::Closed, to = BreakerState::Closed;
};

struct Admission {
  Reason reason = Reason::None;  // None: admitted
  Permit permit;
  Nanos wait = 0;  // when rejected: how long until an attempt could be admitted
  bool first_rejection = false;
  bool shared = false;         // the breaker is another endpoint's: ask that one
  bool times_attempt = false;  // its end must know when it began
  bool shadow = false;         // what the reason says is only told: the attempt is admitted, without a permit
  Transition transition;
};

// What an end has already done, so that starting over does not do it twice.
struct Progress {
  Transition transition;  // at most one, which the caller must publish
  bool success_counted = false, slow_counted = false, in_window = false;
  std::uint64_t failures = 0, run = 0;  // the failure's number; 0: not counted
};

enum class Ending { Success, Failure, Cancelled };

// An end as a host reports it. Where no plan looks at more than how it went, nothing else need be known.
struct Ended {
  Ended(Ending how) : ending(how) {}  // NOLINT: most ends are no more than this
  Ended(Ending how, Outcome what, std::optional<Nanos> attempt_began, Jitter* draws)
      : ending(how), outcome(what), began(attempt_began), jitter(draws) {}

  Ending ending;
  Outcome outcome{Outcome::kFailure};
  std::optional<Nanos> began;  // absent: nobody noted it
  Jitter* jitter = nullptr;    // of open times; null: they have none
};

// How a breaker looks at a moment; nothing moves by looking.
struct BreakerView {
  BreakerState state = BreakerState::Closed;
  Counts counts;
  CountSet known = 0;  // which of the counts were kept
  Nanos retry_after = 0;
  bool shadow = false;
  std::uint64_t shadow_rejections = 0;  // since the engine was opened

  bool is_new() const { return state == BreakerState::Closed && counts == Counts{}; }
};

}  // namespace resil
