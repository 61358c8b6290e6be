// begin and end through the shared library, against the mutex twin and the floor.
#include <cstdlib>

#include "resil_inline.h"
#include "subjects.h"

namespace {

using bench::kThreads;
using bench::Subject;
using bench::Subjects;

alignas(128) std::uint64_t shared_word;
struct alignas(128) OwnWord {
  std::uint64_t word;
} own_words[kThreads];

Subject floor_loads() {
  return {"floor: two calls, one load each", [](int, std::int64_t times) {
            for (std::int64_t i = 0; i < times; ++i) floor_load(&shared_word), floor_load(&shared_word);
          }};
}
Subject floor_adds() {
  return {"floor: two calls, an own fetch_add", [](int thread, std::int64_t times) {
            for (std::int64_t i = 0; i < times; ++i) floor_load(&shared_word), floor_add(&own_words[thread].word);
          }};
}

const Subject kClock{"floor: one clock reading", [](int, std::int64_t times) {
                       for (std::int64_t i = 0; i < times; ++i) std::chrono::steady_clock::now();
                     }};

struct Layout {
  int threads;
  bool apart;
  const char* name;
};
constexpr Layout kLayouts[] = {
    {1, false, ""},
    {2, false, ", one endpoint"},
    {8, false, ", one endpoint"},
    {2, true, ", an endpoint each"},
    {8, true, ", an endpoint each"},
};

// A breaker that stays closed whatever fails, one whose operations are retried, and one that is open.
void calls(TwinRule rule, const std::string& trip, std::int64_t times, int rounds) {
  const Subjects closed(rule, false, false), retried(rule, true, false), open(rule, false, true);
  for (const auto& [threads, apart, layout] : kLayouts) {
    const auto row = [&](const char* what, const std::vector<Subject>& subjects, std::int64_t divisor) {
      bench::row(std::string("C: ") + what, trip + layout, subjects, threads, times / divisor, rounds);
    };
    row("healthy pair", {floor_loads(), floor_adds(), closed.pair(apart, 0), closed.twin_pair(apart, 0)}, 1);
    row("failing pair", {closed.pair(apart, 1), closed.twin_pair(apart, 1)}, 4);
    row("one failure in 16", {closed.pair(apart, 16), closed.twin_pair(apart, 16)}, 2);
    row("rejected begin", {kClock, open.rejected(apart), open.twin_rejected(apart)}, 4);
    row("failing pair and retry decision", {retried.pair(apart, 1), retried.twin_pair(apart, 1)}, 8);
  }
}

void inlined(std::int64_t times, int rounds) {
  const Subjects s(kConsecutive, false, false);
  const std::uint64_t* word = resil_word(s.engine, s.endpoint[0]);
  const Subject fast{"resil_inline.h", [=](int, std::int64_t n) {
                       for (std::int64_t i = 0; i < n; ++i) {
                         std::uint64_t seen = 0;
                         if (!resil_fast_begin(word, &seen)) std::abort();
                         asm volatile("" ::: "memory");
                         if (!resil_fast_end(word, seen)) std::abort();
                       }
                     }};
  const Subjects rated(kTotals, false, false);
  const std::uint64_t* counted_word = resil_word(rated.engine, rated.endpoint[0]);
  const Subject counted{"resil_inline.h, trip on totals", [=, &rated](int thread, std::int64_t n) {
                          std::uint64_t* cell = resil_tally(rated.engine, rated.endpoint[0], thread);
                          for (std::int64_t i = 0; i < n; ++i) {
                            std::uint64_t seen = 0;
                            if (!resil_counted_begin(counted_word, cell, &seen)) std::abort();
                            asm volatile("" ::: "memory");
                            if (!resil_fast_end(counted_word, seen)) std::abort();
                          }
                        }};
  const Subject bare{"floor: two bare loads", [](int, std::int64_t n) {
                       for (std::int64_t i = 0; i < n; ++i) {
                         __atomic_load_n(&shared_word, __ATOMIC_ACQUIRE);
                         asm volatile("" ::: "memory");
                         __atomic_load_n(&shared_word, __ATOMIC_ACQUIRE);
                         asm volatile("" ::: "memory");
                       }
                     }};
  // What no way to count that several threads may read and reset does without.
  const Subject swap{
      "floor: an own compare-and-swap", [](int thread, std::int64_t n) {
        std::uint64_t* word = &own_words[thread].word;
        std::uint64_t seen = __atomic_load_n(word, __ATOMIC_ACQUIRE);
        for (std::int64_t i = 0; i < n; ++i) {
          while (!__atomic_compare_exchange_n(word, &seen, seen + 1, true, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {}
          ++seen;
          asm volatile("" ::: "memory");
        }
      }};
  const Subject plain{"floor: an own add without a lock", [](int thread, std::int64_t n) {
                        std::uint64_t* word = &own_words[thread].word;
                        for (std::int64_t i = 0; i < n; ++i) {
                          __atomic_store_n(word, __atomic_load_n(word, __ATOMIC_ACQUIRE) + 1, __ATOMIC_RELEASE);
                          asm volatile("" ::: "memory");
                        }
                      }};
  for (const int threads : {1, 2}) {
    bench::row("C: inlined healthy pair", "word read twice", {bare, plain, swap, fast, counted}, threads, times * 4,
               rounds);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t times = argc > 1 ? std::atoll(argv[1]) : 2'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
  calls(kConsecutive, "trip on consecutive failures", times, rounds);
  calls(kTotals, "trip on totals", times, rounds);
  calls(kInterval, "with an interval", times, rounds);
  inlined(times, rounds);
}
