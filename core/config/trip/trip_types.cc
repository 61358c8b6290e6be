#include "config/trip/trip_types.h"

namespace resil {

std::string_view name_of(TripType type) {
  switch (type) {
    case TripType::Bool: return "bool";
    case TripType::Int: return "int";
    case TripType::Uint: return "uint";
    case TripType::Double: return "double";
    case TripType::Error: break;
  }
  return "error";
}

std::string with_article(TripType type) { return (type == TripType::Int ? "an " : "a ") + std::string(name_of(type)); }

std::string_view symbol_of(TripOp op) {
  switch (op) {
    case TripOp::Add: return "+";
    case TripOp::Subtract:
    case TripOp::Negate: return "-";
    case TripOp::Multiply: return "*";
    case TripOp::Divide: return "/";
    case TripOp::Modulo: return "%";
    case TripOp::Equal: return "==";
    case TripOp::NotEqual: return "!=";
    case TripOp::Less: return "<";
    case TripOp::LessEqual: return "<=";
    case TripOp::Greater: return ">";
    case TripOp::GreaterEqual: return ">=";
    case TripOp::And: return "&&";
    case TripOp::Or: return "||";
    case TripOp::Not: return "!";
    case TripOp::In: return "in";
    default: return "?:";
  }
}

std::string why_impossible(TripOp op, const std::vector<TripValue>& values) {
  if ((op == TripOp::Divide || op == TripOp::Modulo) && values.back().bits == 0) return "division by zero";
  if (op == TripOp::ToInt) return "the value does not fit in an int";
  if (op == TripOp::ToUint) return "the value does not fit in a uint";
  if (is_relation(op)) return "NaN, as of 0.0 / 0.0, has no order";
  return "the result does not fit in 64 bits";
}

}  // namespace resil
