#include "config/trip/trip_builder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "config/text/suggest.h"
#include "config/trip/trip_types.h"

namespace resil {

TripBuilder::Id TripBuilder::add(Place place, TripOp op, TripType type, std::vector<Id> operands, std::string mistake) {
  Draft draft;
  draft.place = place;
  draft.node.op = op;
  draft.node.args = static_cast<std::uint16_t>(operands.size());
  draft.type = mistake.empty() ? type : TripType::Error;
  draft.operands = std::move(operands);
  draft.mistake = std::move(mistake);
  drafts_.push_back(std::move(draft));
  return drafts_.size() - 1;
}

TripBuilder::Id TripBuilder::literal(Place place, TripValue value) {
  const Id id = add(place, TripOp::Literal, value.type, {});
  drafts_[id].node.literal = value;
  drafts_[id].constant = true;
  return id;
}

TripBuilder::Id TripBuilder::count(Place place, std::uint8_t number) {
  const Id id = add(place, TripOp::Count, TripType::Int, {});
  drafts_[id].node.count = number;
  return id;
}

// Calls that ended: each was a success or a failure.
TripBuilder::Id TripBuilder::calls(Place place) {
  const Id successes = count(place, kSuccessesAt), failures = count(place, kFailuresAt);
  return fold(place, TripOp::Add, TripType::Int, {successes, failures});
}

// A count's part of the calls that ended; 0.0 where none did.
TripBuilder::Id TripBuilder::rate(Place place, std::uint8_t number) {
  const Id none =
      fold(place, TripOp::Equal, TripType::Bool, {calls(place), literal(place, TripValue::of(std::int64_t{0}))});
  const Id zero = literal(place, TripValue::of(0.0));
  const Id part = fold(place, TripOp::ToDouble, TripType::Double, {count(place, number)});
  const Id whole = fold(place, TripOp::ToDouble, TripType::Double, {calls(place)});
  const Id quotient = fold(place, TripOp::Divide, TripType::Double, {part, whole});
  const Id id = add(place, TripOp::Select, TripType::Double, {none, zero, quotient});
  drafts_[id].share = true;
  return id;
}

std::string TripBuilder::unknown_variable(std::string_view name) const {
  std::vector<std::string_view> names(kCountNames.begin(), kCountNames.begin() + kOriginalCounts);
  const std::string message = "unknown variable " + quoted(name);
  if (names_ == TripNames::Original) {
    const bool ours = std::find(kCountNames.begin(), kCountNames.end(), name) != kCountNames.end() ||
                      std::find(kDerivedNames.begin(), kDerivedNames.end(), name) != kDerivedNames.end();
    return message + (ours ? "; only the trip of a kind: ResiliencyExtension may read it" : did_you_mean(name, names)) +
           " (the counts are " + listed(names) + ")";
  }
  names.insert(names.end(), kCountNames.begin() + kOriginalCounts, kCountNames.end());
  names.insert(names.end(), kDerivedNames.begin(), kDerivedNames.end());
  return message + did_you_mean(name, names) + " (the counts are " + listed(names) + ")";
}

TripBuilder::Id TripBuilder::variable(Place place, std::string_view name) {
  const std::size_t known = names_ == TripNames::Original ? kOriginalCounts : kCountNames.size();
  for (std::size_t i = 0; i < known; ++i) {
    if (kCountNames[i] == name) return count(place, static_cast<std::uint8_t>(i));
  }
  if (names_ == TripNames::Extension) {
    if (name == "calls") return calls(place);
    if (name == "failureRate") return rate(place, kFailuresAt);
    if (name == "slowRate") return rate(place, kSlowAt);
  }
  return add(place, TripOp::Literal, TripType::Error, {}, unknown_variable(name));
}

// An operation without a mistake: a constant if all it needs are.
TripBuilder::Id TripBuilder::fold(Place place, TripOp op, TripType type, const std::vector<Id>& operands) {
  if (!std::all_of(operands.begin(), operands.end(), [&](Id id) { return drafts_[id].constant; })) {
    const bool any_unknown = !std::all_of(operands.begin(), operands.end(), [&](Id id) { return known(id); });
    return add(place, op, any_unknown && !is_relation(op) ? TripType::Error : type, operands);
  }
  std::vector<TripValue> values;
  for (const Id id : operands) values.push_back(drafts_[id].node.literal);
  const TripValue value = apply_trip(op, values.data(), values.size());
  if (value.is_error() && !impossible_ &&
      std::none_of(values.begin(), values.end(), [](const TripValue& v) { return v.is_error(); })) {
    impossible_ = {true, place.begin, why_impossible(op, values)};
  }
  const Id id = literal(place, value);
  drafts_[id].type = type;  // an Error still has the type that it would have had
  return id;
}

TripBuilder::Id TripBuilder::unary(Place place, TripOp op, Id operand) {
  const TripType type = drafts_[operand].type;
  std::string mistake;
  if (known(operand)) {
    if (op == TripOp::Not && type != TripType::Bool) {
      mistake = "! needs true or false, " + source(operand) + " is " + with_article(type);
    } else if (op == TripOp::Negate && type != TripType::Int && type != TripType::Double) {
      mistake = "- needs an int or a double, " + source(operand) + " is " + with_article(type);
    }
  }
  if (!mistake.empty()) return add(place, op, type, {operand}, mistake);
  return fold(place, op, op == TripOp::Not ? TripType::Bool : type, {operand});
}

bool TripBuilder::decides(Id id, bool value) const {
  const Draft& draft = drafts_[id];
  return draft.constant && draft.node.literal == TripValue::of(value);
}

std::string TripBuilder::check_logic(TripOp op, Id operand) const {
  const TripType type = drafts_[operand].type;
  if (type == TripType::Bool || type == TripType::Error) return "";
  return std::string(symbol_of(op)) + " needs true or false on both sides, " + source(operand) + " is " +
         with_article(type);
}

TripBuilder::Id TripBuilder::binary(Place place, TripOp op, Id left, Id right) {
  if (op != TripOp::And && op != TripOp::Or) {
    const std::string mistake = check(op, left, right);
    const TripType type = is_relation(op) ? TripType::Bool : drafts_[left].type;
    remark(op, left, right);
    return mistake.empty() ? fold(place, op, type, {left, right}) : add(place, op, type, {left, right}, mistake);
  }
  // Whichever side decides absorbs the other, mistakes and all; the value that decides nothing leaves the other as it
  // is.
  const bool deciding = op == TripOp::Or;
  if (decides(left, deciding) || decides(right, deciding)) return literal(place, TripValue::of(deciding));
  std::string mistake = check_logic(op, left);
  if (mistake.empty()) mistake = check_logic(op, right);
  if (!mistake.empty()) return add(place, op, TripType::Bool, {left, right}, mistake);
  if (decides(left, !deciding)) return right;
  if (decides(right, !deciding)) return left;
  return fold(place, op, TripType::Bool, {left, right});
}

std::string TripBuilder::check(TripOp op, Id left, Id right) const {
  const Draft &a = drafts_[left], &b = drafts_[right];
  if (!known(left) || !known(right)) return "";
  const bool a_bool = a.type == TripType::Bool, b_bool = b.type == TripType::Bool;
  if (is_relation(op)) {
    const bool equality = op == TripOp::Equal || op == TripOp::NotEqual;
    if (a_bool == b_bool || (equality && (a.dynamic || b.dynamic))) return "";
    return source(left) + " is " + with_article(a.type) + " and " + source(right) + " is " + with_article(b.type) +
           ": they cannot be compared";
  }
  if (a_bool || b_bool) {
    return std::string(symbol_of(op)) + " needs numbers, " + source(a_bool ? left : right) + " is a bool";
  }
  if (a.type != b.type) return mixing(op, left, right);
  if (op == TripOp::Modulo && a.type == TripType::Double) return "% needs whole numbers, these are doubles";
  return "";
}

// CEL never converts by itself. The remedy converts what is not a double, or what is not an int.
std::string TripBuilder::mixing(TripOp op, Id left, Id right) const {
  const bool to_double = drafts_[left].type == TripType::Double || drafts_[right].type == TripType::Double;
  const TripType wanted = to_double ? TripType::Double : TripType::Int;
  const Id other = drafts_[left].type == wanted ? right : left;
  std::string text = source(other);
  const bool plain_number = text.find_first_not_of("0123456789uU") == std::string::npos;
  if (plain_number) text.resize(text.find_last_not_of("uU") + 1);
  const std::string remedy = !plain_number ? (to_double ? "double(" : "int(") + text + ")"
                             : to_double   ? text + ".0"
                                           : text;
  return source(left) + " " + std::string(symbol_of(op)) + " " + source(right) + " mixes " +
         std::string(name_of(drafts_[left].type)) + " and " + std::string(name_of(drafts_[right].type)) + ": write " +
         remedy;
}

TripBuilder::Id TripBuilder::select(Place place, Id condition, Id then, Id otherwise) {
  const std::vector<Id> all = {condition, then, otherwise};
  if (decides(condition, true)) return then;
  if (decides(condition, false)) return otherwise;
  const TripType type = drafts_[then].type, other = drafts_[otherwise].type;
  if (known(condition) && drafts_[condition].type != TripType::Bool) {
    return add(
        place, TripOp::Select, type, all,
        "? needs true or false before it, " + source(condition) + " is " + with_article(drafts_[condition].type));
  }
  if (known(then) && known(otherwise) && type != other) {
    return add(
        place, TripOp::Select, type, all,
        "the two answers of ?: must be of one type, these are " + with_article(type) + " and " + with_article(other));
  }
  const Id id =
      drafts_[condition].constant ? literal(place, TripValue::error()) : add(place, TripOp::Select, type, all);
  drafts_[id].type = known(then) ? type : other;
  return id;
}

TripBuilder::Id TripBuilder::in(Place place, Id needle, const std::vector<Id>& elements) {
  std::vector<Id> all = {needle};
  all.insert(all.end(), elements.begin(), elements.end());
  std::string mistake;
  for (const Id element : elements) {
    if (mistake.empty()) mistake = check(TripOp::Equal, needle, element);
  }
  if (all.size() >= kTripMaxStack) mistake = "the list is too long: at most 250 elements";
  return mistake.empty() ? fold(place, TripOp::In, TripType::Bool, all)
                         : add(place, TripOp::In, TripType::Bool, all, mistake);
}

TripBuilder::Id TripBuilder::call(Place place, std::string_view function, const std::vector<Id>& arguments) {
  const auto found =
      std::find_if(kFunctions.begin(), kFunctions.end(), [&](const auto& f) { return f.name == function; });
  if (found == kFunctions.end()) {
    const std::vector<std::string_view> names = {"int", "uint", "double", "bool", "dyn"};
    return add(place, TripOp::Literal, TripType::Error, {},
               "unknown function " + quoted(function) + did_you_mean(function, names) +
                   " (there are int(), uint(), double(), bool() and dyn())");
  }
  if (arguments.size() != 1) {
    return add(place, TripOp::Literal, TripType::Error, {}, std::string(function) + "() takes one value");
  }
  const Id argument = arguments[0];
  if (function == "dyn") {
    drafts_[argument].dynamic = true;
    drafts_[argument].place = place;
    return argument;
  }
  const TripType type = drafts_[argument].type;
  if (known(argument) && (type == TripType::Bool) != (function == "bool")) {
    return add(place, found->op, found->type, {argument},
               std::string(function) + "() cannot convert " + source(argument) + ", which is " + with_article(type));
  }
  return fold(place, found->op, found->type, {argument});
}

std::string TripBuilder::source(Id id) const {
  const Place place = drafts_[id].place;
  const std::string text(text_.substr(place.begin, place.end - place.begin));
  return text.size() <= 40 ? text : text.substr(0, 37) + "...";
}

}  // namespace resil
