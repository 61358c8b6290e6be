#include "config/report.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

namespace resil {
namespace {

// More would help nobody, and a hostile text could ask for a great many.
constexpr std::size_t kMostDiagnostics = 200;

}  // namespace

std::string Diagnostic::text() const {
  std::string place = source;
  if (line > 0) {
    if (!place.empty()) place += ':';
    place += std::to_string(line);
    if (column > 0) place += ':' + std::to_string(column);
  }
  return place.empty() ? message : place + ": " + message;
}

void Report::add(bool error, int line, int column, std::string message) {
  errors_ += error ? 1 : 0;
  if (diagnostics_.size() >= kMostDiagnostics) {
    ++(error ? untold_errors_ : untold_warnings_);
    return;
  }
  diagnostics_.push_back({error, source_, line, column, std::move(message)});
}

std::vector<Diagnostic> Report::take() {
  std::vector<std::string> sources;  // in order of appearance
  for (const Diagnostic& d : diagnostics_) {
    if (std::find(sources.begin(), sources.end(), d.source) == sources.end()) sources.push_back(d.source);
  }
  const auto rank = [&](const Diagnostic& d) {
    return std::tuple(std::find(sources.begin(), sources.end(), d.source) - sources.begin(), d.line, d.column);
  };
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return rank(a) < rank(b); });
  if (untold_errors_ + untold_warnings_ > 0) {
    diagnostics_.push_back({untold_errors_ > 0, "", 0, 0,
                            "and " + std::to_string(untold_errors_) + " more errors and " +
                                std::to_string(untold_warnings_) + " more warnings"});
  }
  return std::move(diagnostics_);
}

}  // namespace resil
