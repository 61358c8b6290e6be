#include <array>
#include <compare>
#include <limits>

#include "resil/trip_code.h"
#include "resil/trip_rule.h"

namespace resil {
namespace {

using Order = std::partial_ordering;

constexpr double kTwo63 = 9223372036854775808.0, kTwo64 = 18446744073709551616.0;

// By value. Beside a double an integer becomes one, rounded beyond 2^53, as the original's CEL and its conformance
// suite have it.
Order compare(std::int64_t a, std::uint64_t b) {
  return a < 0 ? Order::less : Order(static_cast<std::uint64_t>(a) <=> b);
}
Order compare(std::int64_t a, double b) { return static_cast<double>(a) <=> b; }
Order compare(std::uint64_t a, double b) { return static_cast<double>(a) <=> b; }

Order reversed(Order order) { return 0 <=> order; }

// Unordered also for a bool beside a number: they are never equal (and TripOp::Less and its like refuse them).
Order compare(const TripValue& a, const TripValue& b) {
  using enum TripType;
  if (a.type == Int) {
    if (b.type == Int) return a.as_int() <=> b.as_int();
    if (b.type == Uint) return compare(a.as_int(), b.as_uint());
    if (b.type == Double) return compare(a.as_int(), b.as_double());
  } else if (a.type == Uint) {
    if (b.type == Int) return reversed(compare(b.as_int(), a.as_uint()));
    if (b.type == Uint) return a.as_uint() <=> b.as_uint();
    if (b.type == Double) return compare(a.as_uint(), b.as_double());
  } else if (a.type == Double) {
    if (b.type == Int) return reversed(compare(b.as_int(), a.as_double()));
    if (b.type == Uint) return reversed(compare(b.as_uint(), a.as_double()));
    if (b.type == Double) return a.as_double() <=> b.as_double();
  } else if (a.type == Bool && b.type == Bool) {
    return a.as_uint() <=> b.as_uint();
  }
  return Order::unordered;
}

TripValue relate(TripOp op, const TripValue& a, const TripValue& b) {
  if (a.is_error() || b.is_error()) return TripValue::error();
  const Order order = compare(a, b);
  if (op == TripOp::Equal) return TripValue::of(order == 0);
  if (op == TripOp::NotEqual) return TripValue::of(order != 0);
  if ((a.type == TripType::Bool) != (b.type == TripType::Bool)) return TripValue::error();
  switch (op) {
    case TripOp::Less: return TripValue::of(order < 0);
    case TripOp::LessEqual: return TripValue::of(order <= 0);
    case TripOp::Greater: return TripValue::of(order > 0);
    default: return TripValue::of(order >= 0);
  }
}

// 64-bit arithmetic where overflow, division by zero and the quotient that does not fit are errors.
template <typename Integer>
TripValue compute(TripOp op, Integer a, Integer b) {
  Integer out = 0;
  bool bad = false;
  switch (op) {
    case TripOp::Add: bad = __builtin_add_overflow(a, b, &out); break;
    case TripOp::Subtract: bad = __builtin_sub_overflow(a, b, &out); break;
    case TripOp::Multiply: bad = __builtin_mul_overflow(a, b, &out); break;
    default:
      bad = b == 0 || (std::numeric_limits<Integer>::is_signed && a == std::numeric_limits<Integer>::min() &&
                       b == static_cast<Integer>(-1));
      if (!bad) out = op == TripOp::Divide ? a / b : a % b;
  }
  return bad ? TripValue::error() : TripValue::of(out);
}

TripValue compute(TripOp op, double a, double b) {
  switch (op) {
    case TripOp::Add: return TripValue::of(a + b);
    case TripOp::Subtract: return TripValue::of(a - b);
    case TripOp::Multiply: return TripValue::of(a * b);
    case TripOp::Divide: return TripValue::of(a / b);  // IEEE: infinite or NaN, not an error
    default: return TripValue::error();                // CEL has no % for doubles
  }
}

TripValue arithmetic(TripOp op, const TripValue& a, const TripValue& b) {
  if (a.type != b.type) return TripValue::error();
  if (a.type == TripType::Int) return compute(op, a.as_int(), b.as_int());
  if (a.type == TripType::Uint) return compute(op, a.as_uint(), b.as_uint());
  if (a.type == TripType::Double) return compute(op, a.as_double(), b.as_double());
  return TripValue::error();
}

TripValue negate(const TripValue& v) {
  if (v.type == TripType::Double) return TripValue::of(-v.as_double());
  if (v.type != TripType::Int) return TripValue::error();
  return compute(TripOp::Subtract, std::int64_t{0}, v.as_int());
}

// Doubles are cut towards zero; what does not fit is an error. -2^63 itself counts as not fitting, as in cel-go.
TripValue convert(TripOp op, const TripValue& v) {
  using enum TripType;
  if (op == TripOp::ToBool) return v.type == Bool ? v : TripValue::error();
  if (v.type != Int && v.type != Uint && v.type != Double) return TripValue::error();
  if (op == TripOp::ToDouble) {
    if (v.type == Double) return v;
    return TripValue::of(v.type == Int ? static_cast<double>(v.as_int()) : static_cast<double>(v.as_uint()));
  }
  if (op == TripOp::ToInt) {
    if (v.type == Int) return v;
    if (v.type == Uint) return v.as_int() < 0 ? TripValue::error() : TripValue::of(v.as_int());
    const double d = v.as_double();
    return d > -kTwo63 && d < kTwo63 ? TripValue::of(static_cast<std::int64_t>(d)) : TripValue::error();
  }
  if (v.type == Uint) return v;
  if (v.type == Int) return v.as_int() < 0 ? TripValue::error() : TripValue::of(v.as_uint());
  const double d = v.as_double();
  return d >= 0 && d < kTwo64 ? TripValue::of(static_cast<std::uint64_t>(d)) : TripValue::error();
}

// CEL: whichever side decides absorbs an error, or a value that is no bool, on the other.
TripValue absorb(const TripValue& a, const TripValue& b, bool deciding) {
  const bool a_known = a.type == TripType::Bool, b_known = b.type == TripType::Bool;
  if ((a_known && a.as_bool() == deciding) || (b_known && b.as_bool() == deciding)) return TripValue::of(deciding);
  return a_known && b_known ? TripValue::of(!deciding) : TripValue::error();
}

TripValue contains(const TripValue* values, std::size_t args) {
  bool found = false;
  for (std::size_t i = 0; i < args; ++i) {
    if (values[i].is_error()) return TripValue::error();
    found = found || (i > 0 && compare(values[0], values[i]) == 0);
  }
  return TripValue::of(found);
}

}  // namespace

TripValue apply_trip(TripOp op, const TripValue* v, std::size_t args) noexcept {
  switch (op) {
    case TripOp::Not: return v[0].type == TripType::Bool ? TripValue::of(!v[0].as_bool()) : TripValue::error();
    case TripOp::Negate: return negate(v[0]);
    case TripOp::ToBool:
    case TripOp::ToInt:
    case TripOp::ToUint:
    case TripOp::ToDouble: return convert(op, v[0]);
    case TripOp::Add:
    case TripOp::Subtract:
    case TripOp::Multiply:
    case TripOp::Divide:
    case TripOp::Modulo: return arithmetic(op, v[0], v[1]);
    case TripOp::Equal:
    case TripOp::NotEqual:
    case TripOp::Less:
    case TripOp::LessEqual:
    case TripOp::Greater:
    case TripOp::GreaterEqual: return relate(op, v[0], v[1]);
    case TripOp::And: return absorb(v[0], v[1], false);
    case TripOp::Or: return absorb(v[0], v[1], true);
    case TripOp::Select: return v[0].type != TripType::Bool ? TripValue::error() : v[0].as_bool() ? v[1] : v[2];
    case TripOp::In: return contains(v, args);
    case TripOp::Literal:
    case TripOp::Count: break;
  }
  return TripValue::error();
}

TripValue evaluate_trip(const TripNode* code, std::size_t size, const Counts& counts) noexcept {
  std::array<TripValue, kTripMaxStack> stack;
  std::size_t top = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const TripNode& node = code[i];
    if (node.args > top || top - node.args >= stack.size()) return TripValue::error();
    top -= node.args;
    switch (node.op) {
      case TripOp::Literal: stack[top] = node.literal; break;
      case TripOp::Count: stack[top] = TripValue::of(counts.*kCountMembers[node.count]); break;
      default: stack[top] = apply_trip(node.op, &stack[top], node.args);
    }
    ++top;
  }
  return top == 1 ? stack[0] : TripValue::error();
}

}  // namespace resil
