#include "config/document/diagnostics.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

namespace resil {
namespace {

// A message is one line, whatever is in the names it quotes.
void flatten(std::string& message) {
  for (char& c : message) {
    if (c == '\n' || c == '\r' || c == '\t')
      c = ' ';
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      c = '?';
  }
}

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

void Diagnostics::add(bool error, int line, int column, std::string message) {
  errors_ += error ? 1 : 0;
  if (full()) {
    ++(error ? untold_errors_ : untold_warnings_);
    return;
  }
  flatten(message);
  diagnostics_.push_back({error, source_, line, column, std::move(message)});
}

std::vector<Diagnostic> Diagnostics::take() {
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
