// What compiles and is hardly what was meant: told as a warning, since the original takes it too.
#include "config/text/number.h"
#include "config/trip/trip_builder.h"
#include "config/trip/trip_types.h"

namespace resil {

void TripBuilder::remark(TripOp op, Id left, Id right) {
  const auto count = [&](Id id) { return drafts_[id].node.op == TripOp::Count; };
  const auto quotient = [&](Id id) {
    return drafts_[id].node.op == TripOp::Divide && drafts_[id].type == TripType::Int;
  };
  const auto of_counts = [&](Id id) { return count(drafts_[id].operands[0]) && count(drafts_[id].operands[1]); };
  for (const auto& [one, other] : {std::pair(left, right), std::pair(right, left)}) {
    // totalFailures / requests > 0.5 and totalFailures / requests * 100 > 50 look like ratios, but of two ints it is 0
    // or 1.
    if (quotient(one) && (of_counts(one) || (is_relation(op) && drafts_[other].type == TripType::Double)))
      remark_whole_quotient(one);
    if (is_relation(op) && drafts_[one].share && drafts_[other].constant) remark_share(one, other);
  }
}

void TripBuilder::remark_whole_quotient(Id quotient) {
  const Draft& draft = drafts_[quotient];
  const std::string a = source(draft.operands[0]), b = source(draft.operands[1]);
  remarks_.push_back({false, draft.place.begin,
                      a + " / " + b + " is a whole number, rounded towards zero; for a ratio write double(" + a +
                          ") / double(" + b + ")"});
}

// failureRate >= 50: compared with what it never reaches, the answer is always the same.
void TripBuilder::remark_share(Id share, Id bound) {
  const TripValue most = TripValue::of(1.0), least = TripValue::of(0.0), value = drafts_[bound].node.literal;
  const auto holds = [&](TripOp relation, const TripValue& a, const TripValue& b) {
    const TripValue pair[] = {a, b};
    return apply_trip(relation, pair, 2) == TripValue::of(true);
  };
  const bool above = holds(TripOp::Greater, value, most), below = holds(TripOp::Less, value, least);
  if (!above && !below) return;
  const TripValue as_double = apply_trip(TripOp::ToDouble, &value, 1);
  const bool percent = above && as_double.type == TripType::Double && as_double.as_double() <= 100;
  remarks_.push_back(
      {false, drafts_[bound].place.begin,
       source(share) + " is from 0 to 1 and never " + source(bound) +
           (percent ? "; write " + short_number(as_double.as_double() / 100) : "; compare it with a number like 0.5")});
}

}  // namespace resil
