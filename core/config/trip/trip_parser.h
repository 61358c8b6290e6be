// A trip expression, a subset of CEL over the counts, becomes a TripRule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resil/trip/trip_rule.h"

namespace resil {

struct TripMessage {
  bool error = true;
  std::size_t offset = 0;  // in bytes, where in the expression
  std::string text;
};

struct TripResult {
  std::optional<TripRule> rule;  // absent if and only if there is an error among the messages
  std::vector<TripMessage> messages;
};

// Which names a trip may read: the five counts of the original, or also those of a ResiliencyExtension.
enum class TripNames : std::uint8_t { Original, Extension };

// `lenient`: what the original would only notice at run time (unknown names, types that do not fit) is a warning, and
// the rule does not trip where its value depends on it.
TripResult compile_trip(std::string_view text, bool lenient = false, TripNames names = TripNames::Original);

}  // namespace resil
