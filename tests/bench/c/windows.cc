// A pair that counts for a rule over a rate: for ever, until an interval is over, over a sliding window of time, and
// over the last calls. Nothing trips. The engine reads its own clock.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "measure.h"
#include "resil.h"

namespace {

using bench::Subject;

constexpr const char* kRate = "requests >= 10 && double(totalFailures) / double(requests) > 2.0";

// `counts`: a breaker's field in the document, or in an extension. One engine each, kept until the end.
Subject pair(const char* name, const std::string& in_document, const std::string& in_extension, std::int32_t outcome) {
  std::string yaml =
      "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec:\n  policies: {circuitBreakers: {cb: {trip: \"";
  yaml += std::string(kRate) + "\"" + in_document + "}}}\n  targets: {apps: {a: {circuitBreaker: cb}}}\n";
  if (!in_extension.empty()) {
    yaml += "---\napiVersion: resil.dev/v1\nkind: ResiliencyExtension\nspec: {policies: {circuitBreakers: {cb: {" +
            in_extension + "}}}}\n";
  }
  resil_error error{};
  resil_engine* engine = resil_open(nullptr, yaml.c_str(), -1, &error);
  if (engine == nullptr) std::fprintf(stderr, "%s\n", error.message), std::exit(1);
  const std::int32_t id = resil_endpoint(engine, RESIL_APP, "a", -1, "m", -1);
  return {name, [=](int, std::int64_t times) {
            for (std::int64_t i = 0; i < times; ++i) {
              resil_ticket ticket;
              std::memset(&ticket, 0, sizeof ticket);
              if (resil_begin(engine, id, RESIL_NOW, &ticket) != RESIL_ALLOW) std::abort();
              resil_end(engine, &ticket, outcome, RESIL_NOW);
            }
          }};
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t times = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
  for (const std::int32_t outcome : {RESIL_SUCCESS, RESIL_FAILURE}) {
    const std::vector<Subject> subjects{pair("resil: an interval", ", interval: 1h", "", outcome),
                                        pair("resil: for ever", "", "", outcome),
                                        pair("resil: a window of time", "", "window: 60s, buckets: 10", outcome),
                                        pair("resil: a window of calls", "", "windowCalls: 100", outcome)};
    bench::row("C: windows", outcome == RESIL_SUCCESS ? "healthy pair" : "failing pair", subjects, 1, times / 2,
               rounds);
  }
}
