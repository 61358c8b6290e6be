// gobreaker v0.5.0's two-step breaker, statement by statement, behind one std::mutex, with a constant retry of 5 s.
#include "twin.h"

#include <atomic>
#include <chrono>
#include <mutex>

namespace {
std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }
}  // namespace

struct Twin {
  std::mutex lock;
  TwinRule rule;
  std::uint64_t trip_at;
  std::int64_t open_ns, interval_ns, expiry = 0;
  int state = 0;
  std::uint64_t generation = 0, requests = 0, successes = 0, failures = 0, consecutive_successes = 0,
                consecutive_failures = 0;

  void new_generation(std::int64_t now) {
    ++generation;
    requests = successes = failures = consecutive_successes = consecutive_failures = 0;
    expiry = state == 0 ? (interval_ns == 0 ? 0 : now + interval_ns) : state == 1 ? now + open_ns : 0;
  }
  void change(int to, std::int64_t now) {
    state = to;
    new_generation(now);
  }
  void look(std::int64_t now) {
    if (state == 0 && expiry != 0 && expiry < now) new_generation(now);
    if (state == 1 && expiry < now) change(2, now);
  }
  bool needs_time() const { return state != 0 || interval_ns != 0; }
  bool trips() const {
    switch (rule) {
      case kTotals: return requests >= 10 && static_cast<double>(failures) / static_cast<double>(requests) > 2.0;
      default: return consecutive_failures >= trip_at;
    }
  }
};

extern "C" {
Twin* twin_new(TwinRule rule, std::uint64_t trip_at, std::int64_t open_ns) {
  auto* twin = new Twin;
  twin->rule = rule;
  twin->trip_at = trip_at;
  twin->open_ns = open_ns;
  twin->interval_ns = rule == kInterval ? 3'600'000'000'000 : 0;
  twin->new_generation(now_ns());
  return twin;
}

int twin_begin(Twin* twin, TwinTicket* ticket) {
  const std::lock_guard held(twin->lock);
  if (twin->needs_time()) twin->look(now_ns());
  ticket->generation = twin->generation;
  if (twin->state == 1) return 1;
  if (twin->state == 2 && twin->requests >= 1) return 2;
  ++twin->requests;
  return 0;
}

int twin_end(Twin* twin, TwinTicket* ticket, int failed) {
  const std::lock_guard held(twin->lock);
  if (twin->needs_time()) twin->look(now_ns());
  if (ticket->generation != twin->generation) return failed;
  if (!failed) {
    ++twin->successes;
    ++twin->consecutive_successes;
    twin->consecutive_failures = 0;
    if (twin->state == 2) twin->change(0, now_ns());
    return 0;
  }
  ticket->delay = 5'000'000'000;
  if (twin->state == 2) {
    twin->change(1, now_ns());
    return 1;
  }
  ++twin->failures;
  ++twin->consecutive_failures;
  twin->consecutive_successes = 0;
  if (twin->trips()) twin->change(1, now_ns());
  return 1;
}

std::uint64_t floor_load(const std::uint64_t* word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
std::uint64_t floor_add(std::uint64_t* word) { return __atomic_fetch_add(word, 1, __ATOMIC_ACQ_REL); }
}
