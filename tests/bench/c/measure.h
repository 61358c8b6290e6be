// Subjects of one table are timed in turn, round after round, so that a machine that speeds up or slows down does so
// for all of them; the median of the rounds counts, and the spread is told.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace bench {

struct Subject {
  std::string name;
  std::function<void(int thread, std::int64_t times)> loop;
};

// Nanoseconds an operation, for one thread of `threads`.
inline double once(const Subject& subject, int threads, std::int64_t times) {
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> workers;
  for (int thread = 0; thread < threads; ++thread) {
    workers.emplace_back([&, thread] {
      subject.loop(thread, times / 16 + 1);
      ready.fetch_add(1);
      while (!go.load()) {}
      subject.loop(thread, times);
    });
  }
  while (ready.load() < threads) {}
  const auto start = std::chrono::steady_clock::now();
  go.store(true);
  for (std::thread& worker : workers) worker.join();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  // More threads than cores share them: what one operation costs a thread that runs.
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
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
