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
    if (!recognised(at, wanted, test)) {
      test = Test{};
      test.wanted = wanted;
      test.begin = static_cast<std::uint16_t>(begins_[at]);
      test.size = static_cast<std::uint16_t>(at + 1 - begins_[at]);
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

  bool counts(std::size_t at, CountSum& out) const {
    const TripNode& node = code_[at];
    if (node.op == TripOp::Count) {
      out = {node.count, CountSum::kNoCount};
      return true;
    }
    if (node.op != TripOp::Add) return false;
    const TripNode &a = code_[operand(at, 0)], &b = code_[operand(at, 1)];
    if (a.op != TripOp::Count || b.op != TripOp::Count) return false;
    out = {a.count, b.count};
    return true;
  }

  bool as_double(std::size_t at, CountSum& out) const {
    return code_[at].op == TripOp::ToDouble && counts(at - 1, out);
  }

  bool quotient(std::size_t at, Test& test) const {
    if (code_[at].op != TripOp::Divide) return false;
    return as_double(operand(at, 0), test.left) && as_double(operand(at, 1), test.right);
  }

  bool is_zero_test(std::size_t at, const CountSum& of) const {
    const TripNode& node = code_[at];
    if (node.op != TripOp::Equal) return false;
    if (node.args == 0)
      return of == CountSum{node.count, CountSum::kNoCount} && node.literal == TripValue::of(std::int64_t{0});
    CountSum tested;
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

  bool recognised(std::size_t at, bool wanted, Test& test) const {
    const TripNode& node = code_[at];
    if (!is_relation(node.op)) return false;
    const TripOp relation = wanted ? node.op : opposite(node.op);
    if (node.args == 0) {
      test.left = {node.count, CountSum::kNoCount};
      test.range = IntRange::of(relation, node.literal.as_int());
      return test.shape = Shape::Whole, true;
    }
    const std::size_t value = operand(at, 0);
    const TripNode& literal = code_[operand(at, 1)];
    if (literal.op != TripOp::Literal) return false;
    double bound = literal.literal.as_double();
    switch (literal.literal.type) {
      case TripType::Int:
        test.range = IntRange::of(relation, literal.literal.as_int());
        if (counts(value, test.left))
          return test.shape = test.left.second == CountSum::kNoCount ? Shape::Whole : Shape::Sum, true;
        if (scaled(value, test)) return test.shape = Shape::Scaled, true;
        bound = static_cast<double>(literal.literal.as_int());
        break;
      case TripType::Uint: bound = static_cast<double>(literal.literal.as_uint()); break;
      case TripType::Double: break;
      default: return false;
    }
    test.real_range = RealRange::of(relation, bound);
    if (quotient(value, test)) return test.shape = Shape::Ratio, true;
    return rate(value, test) && (test.shape = Shape::Rate, true);
  }

  // counts == 0 ? 0.0 : double(count) / double(counts)
  bool rate(std::size_t at, Test& test) const {
    if (code_[at].op != TripOp::Select) return false;
    const TripNode& zero = code_[operand(at, 1)];
    if (zero.op != TripOp::Literal || zero.literal != TripValue::of(0.0)) return false;
    if (!quotient(operand(at, 2), test) || !is_zero_test(operand(at, 0), test.right)) return false;
    // A sum may overflow, which means nothing while the divisor is 0: left to the stack machine.
    return test.left.second == CountSum::kNoCount;
  }

  const std::vector<TripNode>& code_;
  std::vector<std::size_t> begins_;
  std::vector<Test>& tests_;
};

// The stack machine's frame is large: it is not for the tests that can do without.
[[gnu::noinline]] bool TripPlan::Test::passes_general(const Counts& counts, const TripNode* code) const noexcept {
  const TripValue value = evaluate_trip(code + begin, size, counts);
  return value.type == TripType::Bool && value.as_bool() == wanted;
}

inline bool TripPlan::Test::passes(const Counts& counts, const TripNode* code) const noexcept {
  if (shape == Shape::Whole) return range.holds(count_at(counts, left.first));
  if (shape == Shape::General) return passes_general(counts, code);
  std::int64_t a = 0, b = 0;
  if (!left.value(counts, a)) return false;
  if (shape == Shape::Sum) return range.holds(a);
  if (!right.value(counts, b)) return false;
  if (shape == Shape::Ratio) return real_range.holds(static_cast<double>(a) / static_cast<double>(b));
  if (shape == Shape::Rate) return real_range.holds(b == 0 ? 0.0 : static_cast<double>(a) / static_cast<double>(b));
  if (__builtin_mul_overflow(a, factor, &a) || b == 0 || (b == -1 && a == INT64_MIN)) return false;
  return range.holds(a / b);
}

bool TripPlan::trips(const Counts& counts, const TripNode* code) const noexcept {
  std::uint16_t at = entry_;
  while (at < kEnds) {
    const Test& test = tests_[at];
    at = test.passes(counts, code) ? test.yes : test.no;
  }
  return at == kTrips;
}

TripShare TripPlan::share() const {
  TripShare share;
  if (entry_ >= kEnds) return share;
  const Test* test = &tests_[entry_];
  share.enough_range = {0, UINT64_MAX, false};  // whatever it is
  if ((test->shape == Shape::Whole || test->shape == Shape::Sum) && test->no == kStays && test->yes < kEnds) {
    share.enough = test->left;
    share.enough_range = test->range;
    test = &tests_[test->yes];
  }
  if (test->shape != Shape::Ratio && test->shape != Shape::Rate) return share;
  share.present = test->yes == kTrips && test->no == kStays;
  share.part = test->left;
  share.whole = test->right;
  share.share_range = test->real_range;
  return share;
}

TripPlan::TripPlan(const std::vector<TripNode>& code) {
  if (!code.empty()) entry_ = Builder(code, tests_).emit(code.size() - 1, true, kTrips, kStays);
}

}  // namespace resil
