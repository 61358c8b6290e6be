// Replays the vectors through the C ABI, on their own clock:
//   replay plain|elided operations.jsonl     decisions, reasons, budgets, verdicts, delays, states, counts, transitions
//   replay cel cel.jsonl                     each case as a trip rule
// `elided` skips resil_begin and resil_end wherever the breaker word allows it; nothing may come out differently.
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

#include "trace.h"

namespace {

void replay_operations(const json& vector, bool elide) {
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

// Whether a rule is true after `n` failures; -1: refused at load.
int trips(const std::string& rule, int n) {
  const std::string yaml =
      "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec:\n  policies: {circuitBreakers: {cb: {trip: " +
      json(rule).dump() + "}}}\n  targets: {apps: {a: {circuitBreaker: cb}}}\n";
  resil_error error{};
  const Engine engine = open(yaml, "", error);
  if (engine == nullptr) return same("code of the error", error.code, static_cast<int>(RESIL_E_CONFIG)) ? -1 : -2;
  const std::int32_t endpoint = resil_endpoint(engine.get(), RESIL_APP, "a", -1, "m", -1);
  for (int i = 1; i <= n; ++i) {
    resil_ticket ticket{};
    if (resil_begin(engine.get(), endpoint, i, &ticket) != RESIL_ALLOW) break;
    resil_end(engine.get(), &ticket, RESIL_FAILURE, i);
  }
  return resil_state(engine.get(), endpoint, n) == RESIL_OPEN ? 1 : 0;
}

void replay_cel(const json& test) {
  const std::string expr = "(" + test.at("expr").get<std::string>() + ")";
  if (test.value("error", false)) {
    same("trips", trips(expr + " == " + expr, 10) > 0, false);
    return;
  }
  const std::string value = "(" + test.at("equals").get<std::string>() + ")";
  same("trips", trips(expr + " == " + value, 1), 1);
  same("trips when negated", trips(expr + " != " + value, 10), 0);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc == 3 ? argv[1] : "";
  if (mode != "plain" && mode != "elided" && mode != "cel") {
    std::fprintf(stderr, "usage: replay plain|elided|cel FILE.jsonl\n");
    return 2;
  }
  std::ifstream in(argv[2]);
  long lines = 0;
  for (std::string line; std::getline(in, line);) {
    const json vector = json::parse(line);
    place = std::string(argv[2]) + ":" + std::to_string(++lines) + " " + vector.value("name", "");
    mode == "cel" ? replay_cel(vector) : replay_operations(vector, mode == "elided");
  }
  std::printf("%ld vectors, %ld steps, %ld crossings skipped, %ld differences\n", lines, steps_done, calls_skipped,
              failures);
  return failures == 0 && lines > 0 && (mode != "elided" || calls_skipped > 0) ? 0 : 1;
}
