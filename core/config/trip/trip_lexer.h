// The tokens of a trip expression: CEL's numbers, names and operators, without its texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace resil {

enum class TripToken : std::uint8_t { End, Int, Uint, Double, Name, Operator };

struct Lexeme {
  TripToken kind = TripToken::End;
  std::size_t begin = 0, end = 0;  // in the expression
  std::uint64_t integer = 0;       // of an Int its magnitude
  double real = 0;
  std::string_view text;
};

// Thrown while reading an expression that cannot be read on.
struct TripSyntaxError : std::runtime_error {
  TripSyntaxError(std::size_t at, const std::string& message) : std::runtime_error(message), offset(at) {}
  std::size_t offset;
};

// All tokens, the last of them an End. `text` must outlive them.
std::vector<Lexeme> lex_trip(std::string_view text);

}  // namespace resil
