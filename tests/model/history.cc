#include "model/history.h"

namespace resil::model {

// In closed, by the call that comes.
void Sequential::look_at_window(Nanos now) {
  if (now_.interval == 0 || (window_begun_ && now <= window_end_)) return;
  if (window_begun_) next_generation();
  begin_window(now);
}

bool Sequential::begin(const Call& call, int index) {
  if (state_ == BreakerState::Open) {
    if (call.now <= due_) {
      return call.answer == static_cast<std::int64_t>(Reason::Open) && call.wait == wait(call.now);
    }
    change(BreakerState::HalfOpen);
  }
  if (state_ == BreakerState::HalfOpen) {
    if (given_ >= now_.max_requests) {
      if (call.now <= probed_ + BreakerPlan::kProbeGrace) {
        return call.answer == static_cast<std::int64_t>(Reason::TooManyRequests);
      }
      given_ = succeeded_;
      ++generation_;
    }
    ++given_;
    probed_ = call.now;
  }
  if (state_ == BreakerState::Closed) look_at_window(call.now);
  permits_[index] = {generation_, state_ == BreakerState::HalfOpen};
  return call.answer == 0;
}

void Sequential::end(const Call& call) {
  const Given permit = permits_.at(call.permit_of);
  const bool mine = permit.generation == generation_;
  if (call.act == Act::Cancel) {
    if (state_ == BreakerState::HalfOpen && permit.probe && mine) --given_;
    return;
  }
  switch (state_) {
    case BreakerState::Open:
      if (call.now > due_) change(BreakerState::HalfOpen);
      return;
    case BreakerState::Closed: return end_closed(call, mine && !permit.probe);
    case BreakerState::HalfOpen:
      if (!mine || !permit.probe) return;
      if (call.act == Act::Fail) {
        change(BreakerState::Open);
        due_ = call.now + now_.open_for;
      } else if (++succeeded_ >= now_.max_requests) {
        change(BreakerState::Closed);
        if (now_.interval > 0) begin_window(call.now);
      }
      return;
  }
}

void Sequential::end_closed(const Call& call, bool mine) {
  if (!window_begun_ && !mine) return;  // a window begins with a call, not with the end of an earlier breaker's
  const std::uint64_t generation = generation_;
  look_at_window(call.now);
  if (!mine || generation != generation_) return;
  const bool failed = call.act == Act::Fail;
  run_ = failed ? run_ + 1 : 0;
  failures_ += failed ? 1 : 0;
  const bool trips = (now_.trip_at > 0 && run_ >= now_.trip_at) || (now_.total_at > 0 && failures_ >= now_.total_at);
  if (!failed || !trips) return;
  change(BreakerState::Open);
  due_ = call.now + now_.open_for;
}

std::int64_t Sequential::look(Nanos now) const {
  const BreakerState state = state_ == BreakerState::Open && now > due_ ? BreakerState::HalfOpen : state_;
  if (state != BreakerState::Closed) return seen(state, 0, 0);
  if (now_.interval > 0 && (!window_begun_ || now > window_end_)) return seen(state, 0, 0);
  return seen(state, now_.trip_at > 0 ? run_ : 0, now_.total_at > 0 ? failures_ : 0);
}

bool Sequential::agrees(const Call& call, int index) {
  switch (call.act) {
    case Act::Begin: return begin(call, index);
    case Act::Look: return call.answer == look(call.now) && call.wait == wait(call.now);
    case Act::Reload:
      now_ = known_[call.settings];
      state_ = BreakerState::Closed;
      next_generation();
      return true;
    default:
      // The permit's begin comes first in every order, since both are one thread's.
      end(call);
      return true;
  }
}

bool History::search(Sequential& state, std::uint32_t done, std::int64_t final_look, Nanos final_now,
                     bool real_time) const {
  if (done == (1U << calls.size()) - 1) {
    return state.transitions() == transitions && state.look(final_now) == final_look;
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if ((done >> i & 1) != 0) continue;
    bool ready = true;
    for (std::size_t j = 0; j < calls.size() && ready; ++j) {
      if (j == i || (done >> j & 1) != 0) continue;
      const bool earlier_of_thread = (calls[j].thread == calls[i].thread || calls[j].thread == kBefore) && j < i;
      ready = !earlier_of_thread && !(real_time && calls[j].ended <= calls[i].began);
    }
    if (!ready) continue;
    Sequential next = state;
    if (next.agrees(calls[i], static_cast<int>(i)) && search(next, done | 1U << i, final_look, final_now, real_time)) {
      return true;
    }
  }
  return false;
}

std::string History::explain(std::int64_t final_look, Nanos final_now, bool real_time) const {
  Sequential state = first_;
  if (search(state, 0, final_look, final_now, real_time)) return {};
  static const char* const kNames[] = {"begin", "succeed", "fail", "cancel", "look", "reload"};
  std::string text = "no sequential breaker answers like this:";
  for (const Call& call : calls) {
    text += "\n  thread " + std::to_string(call.thread) + " " + kNames[static_cast<int>(call.act)] + " at " +
            std::to_string(call.now) + " -> " + std::to_string(call.answer) + " wait " + std::to_string(call.wait) +
            " [" + std::to_string(call.began) + ", " + std::to_string(call.ended) + "]";
  }
  text += "\n  final look " + std::to_string(final_look) + "; transitions";
  for (const auto& [change, times] : transitions) {
    text += " " + std::to_string(change[0]) + ">" + std::to_string(change[1]) + "x" + std::to_string(times);
  }
  return text;
}

}  // namespace resil::model
