// One kind of call, a given number of times, for counting instructions:  bench_instructions [CASE SUBJECT TIMES]
// Without arguments it lists the cases. tests/bench/run counts two lengths and takes the difference, so that what is
// done once does not count.
#include <functional>

#include "subjects.h"

namespace {

using bench::Subject;
using bench::Subjects;

struct Case {
  const char* name;
  std::function<Subject(bool twin)> subject;
};

// Kept until the end: a Subject refers to what it calls.
const Subjects& kept(TwinRule rule, bool retry, bool opens) { return *new Subjects(rule, retry, opens); }

Case pair(const char* name, TwinRule rule, int every, bool retry = false) {
  return {name, [=](bool twin) {
            const Subjects& s = kept(rule, retry, false);
            return twin ? s.twin_pair(false, every) : s.pair(false, every);
          }};
}

const Case kCases[] = {
    pair("healthy pair, trip on consecutive failures", kConsecutive, 0),
    pair("healthy pair, trip on totals", kTotals, 0),
    pair("healthy pair, with an interval", kInterval, 0),
    pair("failing pair, trip on consecutive failures", kConsecutive, 1),
    pair("failing pair, trip on totals", kTotals, 1),
    pair("failing pair, with an interval", kInterval, 1),
    pair("failing pair, retried", kConsecutive, 1, true),
    {"rejected begin",
     [](bool twin) {
       const Subjects& s = kept(kConsecutive, false, true);
       return twin ? s.twin_rejected(false) : s.rejected(false);
     }},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    for (const Case& c : kCases) std::printf("%s\n", c.name);
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
