#include "resil/trip/trip_rule.h"

#include <utility>

namespace resil {
namespace {

TripOp mirrored(TripOp op) {
  switch (op) {
    case TripOp::Less: return TripOp::Greater;
    case TripOp::LessEqual: return TripOp::GreaterEqual;
    case TripOp::Greater: return TripOp::Less;
    case TripOp::GreaterEqual: return TripOp::LessEqual;
    default: return op;
  }
}

bool is_int(const TripNode& node) { return node.op == TripOp::Literal && node.literal.type == TripType::Int; }

// Makes one node of each comparison of a count with an int.
std::vector<TripNode> fused(const std::vector<TripNode>& code) {
  std::vector<TripNode> out;
  for (const TripNode& node : code) {
    out.push_back(node);
    if (!is_relation(node.op) || node.args != 2 || out.size() < 3) continue;
    const TripNode left = out[out.size() - 3], right = out[out.size() - 2];
    const bool straight = left.op == TripOp::Count && is_int(right);
    if (!straight && !(is_int(left) && right.op == TripOp::Count)) continue;
    out.resize(out.size() - 3);
    if (straight)
      out.push_back({node.op, left.count, 0, right.literal});
    else
      out.push_back({mirrored(node.op), right.count, 0, left.literal});
  }
  return out;
}

}  // namespace

TripRule::TripRule(std::string text, std::vector<TripNode> code) : text_(std::move(text)), reads_(0) {
  for (const TripNode& node : code) {
    if (node.op == TripOp::Count) reads_ = static_cast<CountSet>(reads_ | 1U << node.count);
  }
  code_ = fused(code);
  if (code_.size() != 1 || !is_relation(code_[0].op)) {
    plan_ = TripPlan(code_);
    share_ = plan_.share();
    return;
  }
  simple_ = {code_[0].count, IntRange::of(code_[0].op, code_[0].literal.as_int())};
  code_.clear();
}

}  // namespace resil
