#include "resil/trip_rule.h"

#include <utility>

namespace resil {
namespace {

bool is_relation(TripOp op) { return op >= TripOp::Equal && op <= TripOp::GreaterEqual; }

TripOp mirrored(TripOp op) {
  switch (op) {
    case TripOp::Less: return TripOp::Greater;
    case TripOp::LessEqual: return TripOp::GreaterEqual;
    case TripOp::Greater: return TripOp::Less;
    case TripOp::GreaterEqual: return TripOp::LessEqual;
    default: return op;
  }
}

}  // namespace

TripRule::TripRule(std::string text, std::vector<TripNode> code) : text_(std::move(text)), reads_(0) {
  for (const TripNode& node : code) {
    if (node.op == TripOp::Count) reads_ = static_cast<CountSet>(reads_ | 1U << node.count);
  }
  if (!simplify(code)) {
    simple_ = Simple{};
    code_ = std::move(code);
  }
}

bool TripRule::simplify(const std::vector<TripNode>& code) {
  if (code.size() != 3 || !is_relation(code[2].op)) return false;
  const bool count_first = code[0].op == TripOp::Count;
  const TripNode& count = code[count_first ? 0 : 1];
  const TripNode& constant = code[count_first ? 1 : 0];
  if (count.op != TripOp::Count || constant.op != TripOp::Literal || constant.literal.type != TripType::Int)
    return false;
  simple_ = {count.count, count_first ? code[2].op : mirrored(code[2].op), constant.literal.as_int()};
  return true;
}

}  // namespace resil
