// begin and end through the shared library, against the mutex twin and the floor.
#include <cstdlib>
#include <cstring>

#include "measure.h"
#include "resil.h"
#include "resil_inline.h"
#include "twin.h"

namespace {

using bench::Subject;

constexpr int kThreads = 8;
constexpr const char* kTrips[] = {"consecutiveFailures > 1000000000",
                                  "requests >= 10 && double(totalFailures) / double(requests) > 2.0",
                                  "consecutiveFailures > 1000000000"};

// An engine with one endpoint for all threads and one for each.
struct Subjects {
  resil_engine* engine;
  std::int32_t endpoint[kThreads + 1];
  Twin* twin[kThreads + 1];

  Subjects(TwinRule rule, bool retry, bool opens) {
    std::string yaml =
        "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec:\n  policies:\n    retries: {r: {duration: 5s}}\n"
        "    circuitBreakers: {cb: {timeout: 1h, trip: \"";
    yaml += opens ? "consecutiveFailures >= 1" : kTrips[rule];
    yaml += std::string("\"") + (rule == kInterval ? ", interval: 1h" : "") + "}}\n  targets:\n    apps:\n";
    for (int i = 0; i <= kThreads; ++i) {
      yaml += "      a" + std::to_string(i) + ": {circuitBreaker: cb" + (retry ? ", retry: r" : "") + "}\n";
    }
    resil_error error{};
    engine = resil_open(nullptr, yaml.c_str(), -1, &error);
    if (engine == nullptr) std::fprintf(stderr, "%s\n", error.message), std::exit(1);
    for (int i = 0; i <= kThreads; ++i) {
      endpoint[i] = resil_endpoint(engine, RESIL_APP, ("a" + std::to_string(i)).c_str(), -1, "m", -1);
      twin[i] = twin_new(rule, opens ? 1 : ~0ULL, 3'600'000'000'000);
      if (opens) fail(i);
    }
  }
  void fail(int i) {
    resil_ticket ticket{};
    resil_begin(engine, endpoint[i], RESIL_NOW, &ticket);
    resil_end(engine, &ticket, RESIL_FAILURE, RESIL_NOW);
    TwinTicket other{};
    twin_begin(twin[i], &other);
    twin_end(twin[i], &other, 1);
  }

  // One failure in `every`; 0: none.
  Subject pair(bool apart, int every) const {
    return {"resil", [=, this](int thread, std::int64_t times) {
              const std::int32_t id = endpoint[apart ? thread + 1 : 0];
              for (std::int64_t i = 1; i <= times; ++i) {
                resil_ticket ticket;
                std::memset(&ticket, 0, sizeof ticket);
                resil_begin(engine, id, RESIL_NOW, &ticket);
                resil_end(engine, &ticket, every != 0 && i % every == 0 ? RESIL_FAILURE : RESIL_SUCCESS, RESIL_NOW);
              }
            }};
  }
  Subject twin_pair(bool apart, int every) const {
    return {"mutex twin", [=, this](int thread, std::int64_t times) {
              Twin* it = twin[apart ? thread + 1 : 0];
              for (std::int64_t i = 1; i <= times; ++i) {
                TwinTicket ticket{};
                twin_begin(it, &ticket);
                twin_end(it, &ticket, every != 0 && i % every == 0);
              }
            }};
  }
};

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

void pairs(std::int64_t times, int rounds) {
  const char* names[] = {"consecutive failures", "totals", "interval"};
  for (const TwinRule rule : {kConsecutive, kTotals, kInterval}) {
    const Subjects s(rule, false, false);
    const std::string trip = std::string(", trip on ") + names[rule];
    for (const int threads : {1, 2, 8}) {
      bench::row("C: begin+end", "healthy pair" + trip + ", one endpoint",
                 {floor_loads(), floor_adds(), s.pair(false, 0), s.twin_pair(false, 0)}, threads, times, rounds);
      bench::row("C: begin+end", "failing pair" + trip + ", one endpoint", {s.pair(false, 1), s.twin_pair(false, 1)},
                 threads, times / 4, rounds);
      bench::row("C: begin+end", "one failure in 16" + trip + ", one endpoint",
                 {s.pair(false, 16), s.twin_pair(false, 16)}, threads, times / 2, rounds);
    }
    bench::row("C: begin+end", "healthy pair" + trip + ", an endpoint each", {s.pair(true, 0), s.twin_pair(true, 0)}, 2,
               times, rounds);
  }
}

void rejections_and_retries(std::int64_t times, int rounds) {
  const Subjects open(kConsecutive, false, true);
  const Subject rejected{"resil", [&](int, std::int64_t n) {
                           for (std::int64_t i = 0; i < n; ++i) {
                             resil_ticket ticket{};
                             resil_begin(open.engine, open.endpoint[0], RESIL_NOW, &ticket);
                           }
                         }};
  const Subject twin_rejected{"mutex twin", [&](int, std::int64_t n) {
                                for (std::int64_t i = 0; i < n; ++i) {
                                  TwinTicket ticket{};
                                  twin_begin(open.twin[0], &ticket);
                                }
                              }};
  const Subject clock{"floor: one clock reading", [](int, std::int64_t n) {
                        for (std::int64_t i = 0; i < n; ++i) std::chrono::steady_clock::now();
                      }};
  for (const int threads : {1, 2, 8}) {
    bench::row("C: rejected begin", "open, one endpoint", {clock, rejected, twin_rejected}, threads, times / 2, rounds);
  }
  const Subjects retried(kConsecutive, true, false);
  bench::row("C: retry decision", "failed attempt, retry in 5 s", {retried.pair(false, 1), retried.twin_pair(false, 1)},
             1, times / 8, rounds);
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
  const Subject bare{"floor: two bare loads", [](int, std::int64_t n) {
                       for (std::int64_t i = 0; i < n; ++i) {
                         __atomic_load_n(&shared_word, __ATOMIC_ACQUIRE);
                         asm volatile("" ::: "memory");
                         __atomic_load_n(&shared_word, __ATOMIC_ACQUIRE);
                         asm volatile("" ::: "memory");
                       }
                     }};
  for (const int threads : {1, 2}) {
    bench::row("C: inlined healthy pair", "word read twice", {bare, fast}, threads, times * 4, rounds);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t times = argc > 1 ? std::atoll(argv[1]) : 2'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
  pairs(times, rounds);
  rejections_and_retries(times, rounds);
  inlined(times, rounds);
}
