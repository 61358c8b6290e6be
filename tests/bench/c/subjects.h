// What the C benchmarks make calls on: the engine through its shared library, and the mutex twin.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "measure.h"
#include "resil.h"
#include "twin.h"

namespace bench {

inline constexpr int kThreads = 8;
inline constexpr const char* kTrips[] = {"consecutiveFailures > 1000000000",
                                         "requests >= 10 && double(totalFailures) / double(requests) > 2.0",
                                         "consecutiveFailures > 1000000000"};

// An engine with one endpoint for all threads and one for each.
struct Subjects {
  resil_engine* engine;
  std::int32_t endpoint[kThreads + 1];
  Twin* twin[kThreads + 1];

  // `extension`: fields of a ResiliencyExtension, which the twin knows nothing of.
  Subjects(TwinRule rule, bool retry, bool opens, const std::string& extension = "") {
    std::string yaml =
        "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec:\n  policies:\n    retries: {r: {duration: 5s}}\n"
        "    circuitBreakers: {cb: {timeout: 1h, trip: \"";
    yaml += opens ? "consecutiveFailures >= 1" : kTrips[rule];
    yaml += std::string("\"") + (rule == kInterval ? ", interval: 1h" : "") + "}}\n  targets:\n    apps:\n";
    for (int i = 0; i <= kThreads; ++i) {
      yaml += "      a" + std::to_string(i) + ": {circuitBreaker: cb" + (retry ? ", retry: r" : "") + "}\n";
    }
    if (!extension.empty())
      yaml += "---\napiVersion: resil.dev/v1\nkind: ResiliencyExtension\nspec: {" + extension + "}\n";
    resil_error error{};
    engine = resil_open(nullptr, yaml.c_str(), -1, &error);
    if (engine == nullptr) std::fprintf(stderr, "%s\n", error.message), std::exit(1);
    for (int i = 0; i <= kThreads; ++i) {
      endpoint[i] = resil_endpoint(engine, RESIL_APP, ("a" + std::to_string(i)).c_str(), -1, "m", -1);
      twin[i] = twin_new(opens && rule == kTotals ? kConsecutive : rule, opens ? 1 : ~0ULL, 3'600'000'000'000);
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

  // On an open breaker (`opens`).
  Subject rejected(bool apart) const {
    return {"resil", [=, this](int thread, std::int64_t times) {
              const std::int32_t id = endpoint[apart ? thread + 1 : 0];
              for (std::int64_t i = 0; i < times; ++i) {
                resil_ticket ticket{};
                resil_begin(engine, id, RESIL_NOW, &ticket);
              }
            }};
  }
  Subject twin_rejected(bool apart) const {
    return {"mutex twin", [=, this](int thread, std::int64_t times) {
              Twin* it = twin[apart ? thread + 1 : 0];
              for (std::int64_t i = 0; i < times; ++i) {
                TwinTicket ticket{};
                twin_begin(it, &ticket);
              }
            }};
  }
};

}  // namespace bench
