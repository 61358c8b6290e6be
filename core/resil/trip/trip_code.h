// A compiled trip expression: a flat postfix program over a small stack, and its evaluator. No memory, no locks, no
// exceptions: a failed attempt evaluates it on the hot path. The compiler folds constants with the same functions, so
// that an expression means the same at load and at run time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "resil/trip/counts.h"

namespace resil {

// Error is a value here: CEL's && and || may absorb it, everything else hands it on.
enum class TripType : std::uint8_t { Error, Bool, Int, Uint, Double };

// Without initializers on purpose: the evaluator's stack of them is not worth clearing.
struct TripValue {
  TripType type;
  std::uint64_t bits;

  static TripValue error() { return {TripType::Error, 0}; }
  static TripValue of(bool v) { return {TripType::Bool, v ? std::uint64_t{1} : std::uint64_t{0}}; }
  static TripValue of(std::int64_t v) { return {TripType::Int, static_cast<std::uint64_t>(v)}; }
  static TripValue of(std::uint64_t v) { return {TripType::Uint, v}; }
  static TripValue of(double v) { return {TripType::Double, __builtin_bit_cast(std::uint64_t, v)}; }

  bool is_error() const { return type == TripType::Error; }
  bool as_bool() const { return bits != 0; }
  std::int64_t as_int() const { return static_cast<std::int64_t>(bits); }
  std::uint64_t as_uint() const { return bits; }
  double as_double() const { return __builtin_bit_cast(double, bits); }

  friend bool operator==(const TripValue&, const TripValue&) = default;
};

enum class TripOp : std::uint8_t {
  Literal,
  Count,
  Not,
  Negate,
  ToBool,
  ToInt,
  ToUint,
  ToDouble,
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  And,
  Or,
  Select,  // condition, then, else
  In,      // the needle, then args - 1 elements
};

// A comparison with no args is of a count with an int: `totalFailures >= 5` is one node, not three.
struct TripNode {
  TripOp op = TripOp::Literal;
  std::uint8_t count = 0;  // of a Count: which, in the order of struct Counts
  std::uint16_t args = 0;  // how many values it takes off the stack
  TripValue literal{};

  friend bool operator==(const TripNode&, const TripNode&) = default;
};

// Bounds on a program, so that evaluating one is bounded too. The compiler refuses what exceeds them.
inline constexpr std::size_t kTripMaxNodes = 512;
inline constexpr std::size_t kTripMaxStack = 256;

constexpr bool is_relation(TripOp op) { return op >= TripOp::Equal && op <= TripOp::GreaterEqual; }

template <typename Number>
constexpr bool relation_holds(TripOp relation, Number a, Number b) {
  switch (relation) {
    case TripOp::Equal: return a == b;
    case TripOp::NotEqual: return a != b;
    case TripOp::Less: return a < b;
    case TripOp::LessEqual: return a <= b;
    case TripOp::Greater: return a > b;
    default: return a >= b;
  }
}

// One operation (not Literal or Count) on `args` values. Total: values of types it is not made for give Error.
TripValue apply_trip(TripOp op, const TripValue* values, std::size_t args) noexcept;

// The program's value. Each operation takes what is on the stack and leaves one value; at the end there is one.
TripValue evaluate_trip(const TripNode* code, std::size_t size, const Counts& counts) noexcept;

}  // namespace resil
