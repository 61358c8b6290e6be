// A crowd: threads that start together, share one virtual clock and a seed each, and are told how much to do.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "resil/base/rng.h"
#include "resil/base/types.h"

namespace resil::testing {

inline constexpr unsigned kThreads = 8;

// How often a loop goes round: RESIL_STRESS multiplies it.
inline std::uint64_t rounds(std::uint64_t normal) {
  const char* more = std::getenv("RESIL_STRESS");
  return normal * (more != nullptr ? std::max(1ULL, std::strtoull(more, nullptr, 10)) : 1);
}

// A round that many times, and on until there is enough: on few or busy cores one thread may be away for most of what
// the others do. Far beyond that it ends all the same, so that what can never be enough fails and does not hang.
template <typename Enough, typename Round>
void go_on(std::uint64_t times, const Enough& enough, const Round& round) {
  for (std::uint64_t i = 0; i < times || (!enough() && i < 1000 * times); ++i) round();
}

class Draw {  // one thread's random numbers, the same every run
 public:
  explicit Draw(std::uint64_t seed) : seed_(seed) {}
  std::uint64_t below(std::uint64_t bound) { return scale_random(random_at(seed_, position_++), bound); }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t seed_, position_ = 0;
};

// Runs `work(thread, draw)` on each thread; all wait for the last to be there.
inline void run_crowd(unsigned threads, const std::function<void(unsigned, Draw&)>& work) {
  std::atomic<unsigned> ready{0};
  std::vector<std::thread> crowd;
  for (unsigned i = 0; i < threads; ++i) {
    crowd.emplace_back([&, i] {
      ready.fetch_add(1);
      while (ready.load() < threads) std::this_thread::yield();
      Draw draw(i + 1);
      work(i, draw);
    });
  }
  for (std::thread& thread : crowd) thread.join();
}

// The first thing that went wrong, from any thread: gtest's own assertions are not for threads.
class Complaint {
 public:
  void unless(bool holds, const char* what) {
    const char* none = nullptr;
    if (!holds) what_.compare_exchange_strong(none, what);
  }
  std::string text() const {
    const char* what = what_.load();
    return what == nullptr ? "" : what;
  }

 private:
  std::atomic<const char*> what_{nullptr};
};

class SharedClock {
 public:
  Nanos now() const { return now_.load(std::memory_order_relaxed); }
  Nanos tick(Nanos by) { return now_.fetch_add(by, std::memory_order_relaxed) + by; }

 private:
  std::atomic<Nanos> now_{1'000 * kSecond};
};

}  // namespace resil::testing
