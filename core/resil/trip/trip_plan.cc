#include "resil/trip/trip_plan.h"

#include <utility>

namespace resil {
namespace {

TripOp opposite(TripOp relation) {
  switch (relation) {
    case TripOp::Equal: return TripOp::NotEqual;
    case TripOp::NotEqual: return TripOp::Equal;
    case TripOp::Less: return TripOp::GreaterEqual;
    case TripOp::LessEqual: return TripOp::Greater;
    case TripOp::Greater: return TripOp::LessEqual;
    default: return TripOp::Less;
  }
}

}  // namespace

// Works on the program as a tree: each node's operands are the subprograms that end just before it.
class TripPlan::Builder {
 public:
  Builder(const std::vector<TripNode>& code, std::vector<Test>& tests)
      : code_(code), begins_(code.size()), tests_(tests) {
    std::vector<std::size_t> stack;  // where each value's subprogram begins
    for (std::size_t i = 0; i < code.size(); ++i) {
      std::size_t begin = i;
      for (std::uint16_t taken = 0; taken < code[i].args; ++taken) begin = stack.back(), stack.pop_back();
      begins_[i] = begin;
      stack.push_back(begin);
    }
  }

  // Where to start in order to leave by `yes` if the value of node `at` surely is `wanted`, and else by `no`. What
  // comes later is emitted first, so that it has a number.
  std::uint16_t emit(std::size_t at, bool wanted, std::uint16_t yes, std::uint16_t no) {
    const TripNode& node = code_[at];
    if (node.op == TripOp::Not) return emit(at - 1, !wanted, yes, no);
    if (node.op == TripOp::And || node.op == TripOp::Or) {
      const std::size_t left = operand(at, 0), right = operand(at, 1);
      const bool both = (node.op == TripOp::And) == wanted;
      const std::uint16_t then = emit(right, wanted, yes, no);
      return both ? emit(left, wanted, then, no) : emit(left, wanted, yes, then);
    }
    Test test;
    if (!recognised(at, test)) {
      test = Test{};
      test.wanted = wanted;
      test.begin = static_cast<std::uint16_t>(begins_[at]);
      test.size = static_cast<std::uint16_t>(at + 1 - begins_[at]);
    } else if (!wanted) {
      test.relation = opposite(test.relation);
    }
    test.yes = yes;
    test.no = no;
    tests_.push_back(test);
    return static_cast<std::uint16_t>(tests_.size() - 1);
  }

 private:
  // The node that gives the n-th operand.
  std::size_t operand(std::size_t at, std::uint16_t n) const {
    std::size_t node = at - 1;
    for (std::uint16_t i = code_[at].args; i-- > n + 1;) node = begins_[node] - 1;
    return node;
  }

  bool is_literal(std::size_t at, TripType type) const {
    return code_[at].op == TripOp::Literal && code_[at].literal.type == type;
  }

  bool counts(std::size_t at, Operand& out) const {
    const TripNode& node = code_[at];
    if (node.op == TripOp::Count) {
      out = {node.count, kNoCount};
      return true;
    }
    if (node.op != TripOp::Add) return false;
    const TripNode &a = code_[operand(at, 0)], &b = code_[operand(at, 1)];
    if (a.op != TripOp::Count || b.op != TripOp::Count) return false;
    out = {a.count, b.count};
    return true;
  }

  bool as_double(std::size_t at, Operand& out) const { return code_[at].op == TripOp::ToDouble && counts(at - 1, out); }

  bool quotient(std::size_t at, Test& test) const {
    if (code_[at].op != TripOp::Divide) return false;
    return as_double(operand(at, 0), test.left) && as_double(operand(at, 1), test.right);
  }

  bool is_zero_test(std::size_t at, const Operand& of) const {
    const TripNode& node = code_[at];
    if (node.op != TripOp::Equal) return false;
    if (node.args == 0) return of == Operand{node.count, kNoCount} && node.literal == TripValue::of(std::int64_t{0});
    Operand tested;
    const std::size_t zero = operand(at, 1);
    return counts(operand(at, 0), tested) && tested == of && is_literal(zero, TripType::Int) &&
           code_[zero].literal.as_int() == 0;
  }

  // count * int / count, the factor on either side.
  bool scaled(std::size_t at, Test& test) const {
    if (code_[at].op != TripOp::Divide || !counts(operand(at, 1), test.right)) return false;
    const std::size_t product = operand(at, 0);
    if (code_[product].op != TripOp::Multiply) return false;
    std::size_t count = operand(product, 0), factor = operand(product, 1);
    if (is_literal(count, TripType::Int)) std::swap(count, factor);
    if (!is_literal(factor, TripType::Int) || !counts(count, test.left)) return false;
    test.factor = code_[factor].literal.as_int();
    return true;
  }

  bool recognised(std::size_t at, Test& test) const {
    const TripNode& node = code_[at];
    if (!is_relation(node.op)) return false;
    test.relation = node.op;
    if (node.args == 0) {
      test.shape = Shape::Whole;
      test.left = {node.count, kNoCount};
      test.constant = node.literal.as_int();
      return true;
    }
    const std::size_t value = operand(at, 0);
    const TripNode& literal = code_[operand(at, 1)];
    if (literal.op != TripOp::Literal) return false;
    const TripType type = literal.literal.type;
    if (type == TripType::Int) test.constant = literal.literal.as_int();
    if (type == TripType::Int && counts(value, test.left)) return test.shape = Shape::Whole, true;
    if (type == TripType::Int && scaled(value, test)) return test.shape = Shape::Scaled, true;
    if (type == TripType::Double)
      test.bound = literal.literal.as_double();
    else if (type == TripType::Int)
      test.bound = static_cast<double>(literal.literal.as_int());
    else if (type == TripType::Uint)
      test.bound = static_cast<double>(literal.literal.as_uint());
    else
      return false;
    if (quotient(value, test)) return test.shape = Shape::Ratio, true;
    if (code_[value].op != TripOp::Select) return false;
    const TripNode& zero = code_[operand(value, 1)];
    if (zero.op != TripOp::Literal || zero.literal != TripValue::of(0.0)) return false;
    if (!quotient(operand(value, 2), test) || !is_zero_test(operand(value, 0), test.right)) return false;
    // A sum may overflow, which means nothing while the divisor is 0: left to the stack machine.
    if (test.left.second != kNoCount) return false;
    return test.shape = Shape::Rate, true;
  }

  const std::vector<TripNode>& code_;
  std::vector<std::size_t> begins_;
  std::vector<Test>& tests_;
};

TripPlan::TripPlan(const std::vector<TripNode>& code) {
  if (!code.empty()) entry_ = Builder(code, tests_).emit(code.size() - 1, true, kTrips, kStays);
}

}  // namespace resil
