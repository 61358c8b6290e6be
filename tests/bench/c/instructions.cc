// One kind of call, a given number of times, for counting instructions:  bench_instructions [CASE SUBJECT TIMES]
// Without arguments it lists what there is: a case and a subject, with a tab between. tests/bench/run counts two
// lengths and takes the difference, so that what is done once does not count.
#include <functional>

#include "subjects.h"

namespace {

using bench::Subject;
using bench::Subjects;

struct Case {
  const char* name;
  bool has_twin;
  std::function<Subject(bool twin)> subject;
};

// Kept until the end: a Subject refers to what it calls.
const Subjects& kept(TwinRule rule, bool retry, bool opens) { return *new Subjects(rule, retry, opens); }

Case pair(const char* name, TwinRule rule, int every, bool retry = false) {
  return {name, true, [=](bool twin) {
            const Subjects& s = kept(rule, retry, false);
            return twin ? s.twin_pair(false, every) : s.pair(false, every);
          }};
}

// A pair that counts, and what only a ResiliencyExtension can ask for.
Case extended(const char* name, const char* extension, int every) {
  return {name, false, [=](bool) { return (new Subjects(kTotals, false, false, extension))->pair(false, every); }};
}
constexpr const char* kWindow = "policies: {circuitBreakers: {cb: {window: 60s, buckets: 10}}}";
constexpr const char* kCalls = "policies: {circuitBreakers: {cb: {windowCalls: 100}}}";
constexpr const char* kRate = "targets: {apps: {a0: {rateLimit: {rate: 1000000000, burst: 1000000000}}}}";
constexpr const char* kPlaces = "targets: {apps: {a0: {maxConcurrent: 1000}}}";

const Case kCases[] = {
    pair("healthy pair, trip on consecutive failures", kConsecutive, 0),
    pair("healthy pair, trip on totals", kTotals, 0),
    pair("healthy pair, with an interval", kInterval, 0),
    pair("failing pair, trip on consecutive failures", kConsecutive, 1),
    pair("failing pair, trip on totals", kTotals, 1),
    pair("failing pair, with an interval", kInterval, 1),
    pair("failing pair, retried", kConsecutive, 1, true),
    extended("healthy pair, in a window of time", kWindow, 0),
    extended("failing pair, in a window of time", kWindow, 1),
    extended("healthy pair, in a window of calls", kCalls, 0),
    extended("failing pair, in a window of calls", kCalls, 1),
    extended("healthy pair, with a rate limit", kRate, 0),
    extended("healthy pair, with maxConcurrent", kPlaces, 0),
    {"rejected begin", true,
     [](bool twin) {
       const Subjects& s = kept(kConsecutive, false, true);
       return twin ? s.twin_rejected(false) : s.rejected(false);
     }},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    for (const Case& c : kCases)
      std::printf(c.has_twin ? "%s\tresil\n%s\tmutex twin\n" : "%s\tresil\n", c.name, c.name);
    return 0;
  }
  for (const Case& c : kCases) {
    if (argv[1] != std::string(c.name)) continue;
    c.subject(argv[2] == std::string("mutex twin")).loop(0, std::atoll(argv[3]));
    return 0;
  }
  std::fprintf(stderr, "there is no case '%s'\n", argv[1]);
  return 1;
}
