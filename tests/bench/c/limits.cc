// What bounds a target, on top of a pair that counts: a rate limit and a bound of attempts in flight, neither of which
// ever refuses. "at a moment that is given" leaves the clock to the host; else the engine reads its own, as it must
// where a rate limit asks what time it is. The floors take the same pair that counts, and change a word that all
// threads share as often as the limit must, without asking it anything; on the engine's clock the first also reads the
// clock.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "measure.h"
#include "resil.h"

namespace {

using bench::Subject;

// What a bound costs at the least where threads share it: so many atomic adds to one word.
struct alignas(128) {
  std::uint64_t word;
} shared;

// `bounds`: a target's fields in an extension; empty: none. `adds`: to the shared word, beside begin and beside end;
// `reads`: the clock, once more. One engine each, kept until the end.
Subject pair(const char* name, const std::string& bounds, bool given, int adds = 0, bool reads = false) {
  std::string yaml =
      "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec:\n"
      "  policies: {circuitBreakers: {cb: {trip: \"requests >= 10 && double(totalFailures) / double(requests) > "
      "2.0\"}}}\n"
      "  targets: {apps: {a: {circuitBreaker: cb}}}\n";
  if (!bounds.empty())
    yaml +=
        "---\napiVersion: resil.dev/v1\nkind: ResiliencyExtension\nspec: {targets: {apps: {a: {" + bounds + "}}}}\n";
  resil_error error{};
  resil_engine* engine = resil_open(nullptr, yaml.c_str(), -1, &error);
  if (engine == nullptr) std::fprintf(stderr, "%s\n", error.message), std::exit(1);
  const std::int32_t id = resil_endpoint(engine, RESIL_APP, "a", -1, "m", -1);
  return {name, [=](int, std::int64_t times) {
            // A microsecond later each time, and later than in the round before.
            std::int64_t now = given ? resil_now() : RESIL_NOW;
            for (std::int64_t i = 0; i < times; ++i) {
              resil_ticket ticket;
              std::memset(&ticket, 0, sizeof ticket);
              if (reads) resil_now();
              if (adds > 0) __atomic_fetch_add(&shared.word, 1, __ATOMIC_ACQ_REL);
              if (resil_begin(engine, id, now, &ticket) != RESIL_ALLOW) std::abort();
              if (adds > 1) __atomic_fetch_sub(&shared.word, 1, __ATOMIC_ACQ_REL);
              resil_end(engine, &ticket, RESIL_SUCCESS, now);
              if (given) now += 1'000;
            }
          }};
}

const Subject kClock{"floor: one clock reading", [](int, std::int64_t times) {
                       for (std::int64_t i = 0; i < times; ++i) resil_now();
                     }};

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t times = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
  const std::string rate = "rateLimit: {rate: 1000000000, burst: 1000000000}", places = "maxConcurrent: 1000";
  for (const bool given : {true, false}) {
    const std::vector<Subject> subjects{kClock,
                                        pair("resil: a pair that counts", "", given),
                                        pair("resil: and a rate limit", rate, given),
                                        pair("floor: and one add to a shared word", "", given, 1, !given),
                                        pair("resil: and maxConcurrent", places, given),
                                        pair("floor: and two adds to a shared word", "", given, 2),
                                        pair("resil: and both", rate + ", " + places, given)};
    const std::string row = given ? "at a moment that is given" : "on the engine's clock";
    for (const int threads : {1, 2}) {
      bench::row("C: what bounds a target", row + (threads > 1 ? ", one endpoint" : ""), subjects, threads, times,
                 rounds);
    }
  }
}
