// Replays the vectors through the C ABI, on their own clock:
//   replay plain|elided|counted operations*.jsonl    decisions, reasons, budgets, verdicts, delays, states, counts,
//   transitions replay cel cel.jsonl                     each case as a trip rule replay trips trips.jsonl each rule
//   after known calls, as oracle/ writes them
// `elided` skips resil_begin and resil_end wherever a fast word allows it, `counted` also where a counted word does;
// nothing may come out differently.
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

#include "trace.h"

namespace {

void replay_operations(const json& vector, Elide elide) {
  resil_error error{};
  const Engine engine = open(vector.at("spec"), vector.value("app_id", ""), error);
  if (!same("error of resil_open", error.message, std::string())) return;
  Trace trace(engine.get(), elide);
  const std::string name = place;
  for (std::size_t i = 0; i < vector.at("steps").size(); ++i) {
    place = name + ", step " + std::to_string(i + 1);
    trace.step(vector["steps"][i]);
  }
  place = name;
  same("transitions", trace.transitions, vector.at("expect_transitions"));
}

// At which of `calls` a rule trips: s succeeds, f fails, b begins and does not end. 0: at none, -1: refused at load.
int trips_at(const std::string& rule, std::string_view calls, std::uint32_t flags = 0) {
  const std::string yaml =
      "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec:\n  policies: {circuitBreakers: {cb: {trip: " +
      json(rule).dump() + "}}}\n  targets: {apps: {a: {circuitBreaker: cb}}}\n";
  resil_error error{};
  const Engine engine = open(yaml, "", error, flags);
  if (engine == nullptr) return same("code of the error", error.code, static_cast<int>(RESIL_E_CONFIG)) ? -1 : -2;
  const std::int32_t endpoint = resil_endpoint(engine.get(), RESIL_APP, "a", -1, "m", -1);
  int at = 0;
  for (const char call : calls) {
    resil_ticket ticket{};
    same("begin", resil_begin(engine.get(), endpoint, ++at, &ticket), static_cast<std::int32_t>(RESIL_ALLOW));
    if (call != 'b') resil_end(engine.get(), &ticket, call == 's' ? RESIL_SUCCESS : RESIL_FAILURE, at);
    if (resil_state(engine.get(), endpoint, at) == RESIL_OPEN) return at;
  }
  return 0;
}

// Lenient takes whatever can be read, and acts like the original all the same.
void replay_trips(const json& test) {
  const std::string rule = test.at("expr"), calls = test.at("calls"), refused = test.value("refused", "");
  const int strict = trips_at(rule, calls), lenient = trips_at(rule, calls, RESIL_LENIENT);
  const int expected = test.value("trips_at", -1);
  if (refused == "must" || strict < 0) {
    same("refused", strict < 0, refused == "must" || refused == "may");
  } else {
    same("trips at", strict, expected);
  }
  same("trips, where lenient, at", lenient, expected);
}

void replay_cel(const json& test) {
  const std::string expr = "(" + test.at("expr").get<std::string>() + ")";
  if (test.value("error", false)) {
    same("trips", trips_at(expr + " == " + expr, "ffffffffff") > 0, false);
    return;
  }
  const std::string value = "(" + test.at("equals").get<std::string>() + ")";
  same("trips", trips_at(expr + " == " + value, "f"), 1);
  same("trips when negated", trips_at(expr + " != " + value, "ffffffffff"), 0);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc == 3 ? argv[1] : "";
  if (mode != "plain" && mode != "elided" && mode != "counted" && mode != "cel" && mode != "trips") {
    std::fprintf(stderr, "usage: replay plain|elided|counted|cel|trips FILE.jsonl\n");
    return 2;
  }
  std::ifstream in(argv[2]);
  long lines = 0;
  for (std::string line; std::getline(in, line);) {
    const json vector = json::parse(line);
    place = std::string(argv[2]) + ":" + std::to_string(++lines) + " " + vector.value("name", "");
    mode == "cel"     ? replay_cel(vector)
    : mode == "trips" ? replay_trips(vector)
                      : replay_operations(vector, mode == "elided"    ? Elide::Fast
                                                  : mode == "counted" ? Elide::Counted
                                                                      : Elide::No);
  }
  std::printf("%ld vectors, %ld steps, %ld crossings skipped, %ld differences\n", lines, steps_done, calls_skipped,
              failures);
  std::printf("%ld of them begins that were counted\n", counted_skipped);
  const bool skipped = mode == "elided" ? calls_skipped > 0 : mode != "counted" || counted_skipped > 0;
  return failures == 0 && lines > 0 && skipped ? 0 : 1;
}
