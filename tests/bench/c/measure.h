// Subjects of one table are timed in turn, round after round, so that a machine that speeds up or slows down does so
// for all of them; the median of the rounds counts, and the spread is told.
#pragma once

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

struct Subject {
  std::string name;
  std::function<void(int thread, std::int64_t times)> loop;
};

// Thread n stays on the n-th of the cores that this process may use. Left to itself the system may start two threads on
// one core, and a round is over before it moves one of them: then each seems to take twice the time.
inline int stay_on_core_of(int thread) {
  cpu_set_t allowed, own;
  CPU_ZERO(&allowed);
  CPU_ZERO(&own);
  sched_getaffinity(0, sizeof allowed, &allowed);
  const int cores = std::max(1, CPU_COUNT(&allowed));
  for (int core = 0, nth = thread % cores; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &allowed) && nth-- == 0) CPU_SET(core, &own);
  }
  sched_setaffinity(0, sizeof own, &own);
  return cores;
}

// Nanoseconds an operation, for one thread of `threads`: from when the first began until the last was done. Whoever
// starts them sleeps meanwhile.
inline double once(const Subject& subject, int threads, std::int64_t times) {
  using Clock = std::chrono::steady_clock;
  std::atomic<int> ready{0}, cores{1};
  std::atomic<bool> go{false};
  std::vector<std::pair<Clock::time_point, Clock::time_point>> spans(threads);
  std::vector<std::thread> workers;
  for (int thread = 0; thread < threads; ++thread) {
    workers.emplace_back([&, thread] {
      cores.store(stay_on_core_of(thread));
      subject.loop(thread, times / 16 + 1);
      ready.fetch_add(1);
      ready.notify_one();
      while (!go.load()) {
        if (threads > cores) std::this_thread::yield();
      }
      spans[thread].first = Clock::now();
      subject.loop(thread, times);
      spans[thread].second = Clock::now();
    });
  }
  for (int seen = ready.load(); seen < threads; seen = ready.load()) ready.wait(seen);
  go.store(true);
  for (std::thread& worker : workers) worker.join();
  Clock::time_point start = spans[0].first, stop = spans[0].second;
  for (const auto& [first, last] : spans) start = std::min(start, first), stop = std::max(stop, last);
  const std::chrono::duration<double, std::nano> took = stop - start;
  // More threads than cores share them: what one operation costs a thread that runs.
  return took.count() / static_cast<double>(times) / std::max(1.0, static_cast<double>(threads) / cores);
}

// One JSON line a subject; tests/bench/report.py reads them.
inline void row(const std::string& table, const std::string& what, const std::vector<Subject>& subjects, int threads,
                std::int64_t times, int rounds) {
  std::vector<std::vector<double>> samples(subjects.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < subjects.size(); ++i) samples[i].push_back(once(subjects[i], threads, times));
  }
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    std::sort(samples[i].begin(), samples[i].end());
    std::printf(
        "{\"table\": \"%s\", \"row\": \"%s\", \"threads\": %d, \"subject\": \"%s\", \"ns\": %.3f, \"low\": %.3f, "
        "\"high\": %.3f, \"rounds\": %d}\n",
        table.c_str(), what.c_str(), threads, subjects[i].name.c_str(), samples[i][samples[i].size() / 2],
        samples[i].front(), samples[i].back(), rounds);
  }
  std::fflush(stdout);
}

}  // namespace bench
