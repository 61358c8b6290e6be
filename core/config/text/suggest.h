// "did you mean": the name a user most likely wanted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace resil {

// The candidate nearest to `word` by edits, ignoring case; empty if none is near enough to be what was meant.
std::string nearest(std::string_view word, const std::vector<std::string_view>& candidates);

// "; did you mean 'x'?", or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

// "a, b and c"
std::string listed(const std::vector<std::string_view>& words, std::string_view last = " and ");

// In small letters, as far as ASCII goes.
std::string lowered(std::string_view text);

// At most `most` bytes of a text from a user, cut between characters, in single quotes.
std::string quoted(std::string_view text, std::size_t most = 60);

}  // namespace resil
