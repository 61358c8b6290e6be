// How a trip expression's types, operators, counts and functions are spelled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "resil/trip/trip_code.h"

namespace resil {

// In the order of struct Counts. The original has the first five.
inline constexpr std::array<std::string_view, 6> kCountNames = {
    "requests", "totalSuccesses", "totalFailures", "consecutiveSuccesses", "consecutiveFailures", "slowCalls"};
inline constexpr std::size_t kOriginalCounts = 5;
inline constexpr std::uint8_t kSuccessesAt = 1, kFailuresAt = 2, kSlowAt = 5;

// What a ResiliencyExtension works out from counts: calls that ended, and what part of them failed or was slow.
inline constexpr std::array<std::string_view, 3> kDerivedNames = {"calls", "failureRate", "slowRate"};

struct TripFunction {
  std::string_view name;
  TripOp op;
  TripType type;
};
inline constexpr std::array kFunctions = {
    TripFunction{"int", TripOp::ToInt, TripType::Int}, TripFunction{"uint", TripOp::ToUint, TripType::Uint},
    TripFunction{"double", TripOp::ToDouble, TripType::Double}, TripFunction{"bool", TripOp::ToBool, TripType::Bool},
    TripFunction{"dyn", TripOp::Literal, TripType::Error}};

std::string_view name_of(TripType type);
std::string with_article(TripType type);  // "an int"
std::string_view symbol_of(TripOp op);

// Why an operation on constants of the right types has no value.
std::string why_impossible(TripOp op, const std::vector<TripValue>& values);

}  // namespace resil
