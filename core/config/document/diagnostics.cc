#include "config/document/diagnostics.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <utility>

#include "config/text/oddity.h"

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

void Diagnostics::error(const YamlNode& at, std::string message) {
  if (const auto odd = find_odd_character(at.text)) message += "; there is " + odd->what + " in it: " + odd->remedy;
  add(true, at.line, at.column, std::move(message));
}

void Diagnostics::strict(const YamlNode& at, std::string message, std::string_view consequence) {
  if (!lenient_) return error(at, std::move(message));
  add(false, at.line, at.column, std::move(message) + " (" + std::string(consequence) + ")");
}

void Diagnostics::add_to(const std::string& source, bool error, int line, int column, std::string message) {
  errors_ += error ? 1 : 0;
  if (diagnostics_.size() >= kMostDiagnostics) {
    const auto warning =
        error ? std::find_if(diagnostics_.rbegin(), diagnostics_.rend(), [](const Diagnostic& d) { return !d.error; })
              : diagnostics_.rend();
    if (warning == diagnostics_.rend()) {
      ++(error ? untold_errors_ : untold_warnings_);
      return;
    }
    ++untold_warnings_;
    diagnostics_.erase(std::next(warning).base());
  }
  told_errors_ += error ? 1 : 0;
  flatten(message);
  diagnostics_.push_back({error, source, line, column, std::move(message)});
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
