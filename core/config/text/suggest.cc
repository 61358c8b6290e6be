#include "config/text/suggest.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

namespace resil {
namespace {

// Names are short; beyond this a suggestion is no use and comparing costs time on hostile input.
constexpr std::size_t kLongest = 48;
constexpr std::size_t kMostCandidates = 300;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. Gives up beyond `most`.
std::size_t edits(std::string_view a, std::string_view b, std::size_t most) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) return most + 1;
  std::array<std::array<std::size_t, kLongest + 1>, 3> rows;  // two rows back, the last, this one
  std::iota(rows[1].begin(), rows[1].end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto &before = rows[(i + 2) % 3], &last = rows[i % 3], &now = rows[(i + 1) % 3];
    now[0] = i;
    std::size_t fewest = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
      fewest = std::min(fewest, now[j]);
    }
    if (fewest > most) return fewest;
  }
  return rows[(a.size() + 1) % 3][b.size()];
}

}  // namespace

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  if (word.size() > kLongest || candidates.size() > kMostCandidates) return "";
  const std::string wanted = lowered(word);
  std::string_view best;
  std::size_t fewest = 0;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const std::string name = lowered(candidate);
    const std::size_t most = std::max<std::size_t>(1, std::max(wanted.size(), name.size()) / 3);
    const bool part = wanted.size() >= 4 && name.find(wanted) != std::string::npos;
    const std::size_t distance = part ? name.size() - wanted.size() : edits(wanted, name, most);
    const bool near = distance <= most;
    if ((near || part) && (best.empty() || distance < fewest)) {
      best = candidate;
      fewest = distance;
    }
  }
  return std::string(best);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  const std::string name = nearest(word, candidates);
  return name.empty() ? "" : "; did you mean " + quoted(name) + "?";
}

std::string listed(const std::vector<std::string_view>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last : std::string_view(", ");
    text += words[i];
  }
  return text;
}

std::string quoted(std::string_view text, std::size_t most) {
  std::string out = "'";
  if (text.size() <= most) return out.append(text).append("'");
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return out.append(text.substr(0, most)).append("...'");
}

}  // namespace resil
