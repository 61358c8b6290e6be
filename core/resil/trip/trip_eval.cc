#include <array>
#include <limits>

#include "resil/trip/trip_code.h"
#include "resil/trip/trip_rule.h"

namespace resil {
namespace {

constexpr double kTwo63 = 9223372036854775808.0, kTwo64 = 18446744073709551616.0;

double to_double(const TripValue& v) {
  if (v.type == TripType::Double) return v.as_double();
  return v.type == TripType::Int ? static_cast<double>(v.as_int()) : static_cast<double>(v.as_uint());
}

// Beside a double an integer becomes one, rounded beyond 2^53, as the original's CEL and its conformance suite have it.
// Like the original's, it has no order for NaN: otherwise !(ratio > 0.5) would trip on 0.0 / 0.0.
TripValue relate_doubles(TripOp op, double a, double b) {
  const bool ordering = op != TripOp::Equal && op != TripOp::NotEqual;
  if (ordering && __builtin_isunordered(a, b)) return TripValue::error();
  return TripValue::of(relation_holds(op, a, b));
}

// By value, also across types. A bool is never equal to a number, and not in order with one.
TripValue relate(TripOp op, const TripValue& a, const TripValue& b) {
  using enum TripType;
  if (a.type == Int && b.type == Int) return TripValue::of(relation_holds(op, a.as_int(), b.as_int()));
  if (a.is_error() || b.is_error()) return TripValue::error();
  if ((a.type == Bool) != (b.type == Bool)) {
    return op == TripOp::Equal || op == TripOp::NotEqual ? TripValue::of(op == TripOp::NotEqual) : TripValue::error();
  }
  if (a.type == Double || b.type == Double) return relate_doubles(op, to_double(a), to_double(b));
  if (a.type == Int && a.as_int() < 0) return TripValue::of(relation_holds(op, -1, 0));
  if (b.type == Int && b.as_int() < 0) return TripValue::of(relation_holds(op, 0, -1));
  return TripValue::of(relation_holds(op, a.as_uint(), b.as_uint()));
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
  if (op == TripOp::ToDouble) return TripValue::of(to_double(v));
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
    found = found || (i > 0 && relate(TripOp::Equal, values[0], values[i]).as_bool());
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

// The commonest cases are told apart here; apply_trip knows them all.
TripValue evaluate_trip(const TripNode* code, std::size_t size, const Counts& counts) noexcept {
  std::array<TripValue, kTripMaxStack> stack;
  TripValue* top = stack.data();  // one past the last value
  for (const TripNode* node = code; node != code + size; ++node) {
    if (node->op == TripOp::Literal) {
      *top++ = node->literal;
    } else if (node->op == TripOp::Count) {
      *top++ = TripValue::of(counts.*kCountMembers[node->count]);
    } else if (node->args == 0) {
      *top++ = TripValue::of(relation_holds(node->op, counts.*kCountMembers[node->count], node->literal.as_int()));
    } else {
      top -= node->args;
      *top = apply_trip(node->op, top, node->args);
      ++top;
    }
  }
  return stack[0];
}

}  // namespace resil
