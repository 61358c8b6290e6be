// Random programs through TripRule, against the stack machine that agreed with cel-go: the plan may not differ from it.
#include "resil/trip/trip_plan.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "resil/trip/trip_rule.h"

namespace resil {
namespace {

constexpr int kRules = 325'000;

class Programs {
 public:
  explicit Programs(std::uint64_t seed) : random_(seed) {}

  std::vector<TripNode> next() {
    code_.clear();
    logic(3);
    return code_;
  }

  Counts counts() { return {number(), number(), number(), number(), number()}; }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  std::int64_t number() {
    static constexpr std::int64_t kEdges[] = {
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), -1, 0, 1, 100};
    return below(8) == 0 ? kEdges[below(std::size(kEdges))] : static_cast<std::int64_t>(below(12));
  }

  void op(TripOp what, std::uint16_t args) { code_.push_back({what, 0, args, {TripType::Error, 0}}); }
  void literal(TripValue value) { code_.push_back({TripOp::Literal, 0, 0, value}); }
  void count() { code_.push_back({TripOp::Count, static_cast<std::uint8_t>(below(5)), 0, {TripType::Error, 0}}); }
  TripOp any_relation() { return static_cast<TripOp>(static_cast<int>(TripOp::Equal) + static_cast<int>(below(6))); }

  void any_literal() {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    static constexpr double kDoubles[] = {
        0, 0.5, 1, 2.5, -1, -0.0, kInfinity, -kInfinity, std::numeric_limits<double>::quiet_NaN()};
    switch (below(8)) {
      case 0: return literal(TripValue::of(below(2) == 0));
      case 1: return literal(TripValue::of(below(12)));
      case 2:
      case 3: return literal(TripValue::of(kDoubles[below(std::size(kDoubles))]));
      case 4: return literal(TripValue::error());
      default: return literal(TripValue::of(number()));
    }
  }

  // One or two counts.
  void whole() {
    count();
    if (below(3) == 0) count(), op(TripOp::Add, 2);
  }

  void quotient() { whole(), op(TripOp::ToDouble, 1), whole(), op(TripOp::ToDouble, 1), op(TripOp::Divide, 2); }

  // As the compiler writes failureRate; now and then what it divides by is not what it compared with 0.
  void rate() {
    const std::size_t begin = code_.size();
    whole();
    const std::vector<TripNode> divisor(code_.begin() + static_cast<std::ptrdiff_t>(begin), code_.end());
    literal(TripValue::of(std::int64_t{below(9) == 0 ? 1 : 0})), op(TripOp::Equal, 2);
    literal(TripValue::of(below(9) == 0 ? 1.0 : 0.0));
    whole(), op(TripOp::ToDouble, 1);
    if (below(9) == 0)
      whole();
    else
      code_.insert(code_.end(), divisor.begin(), divisor.end());
    op(TripOp::ToDouble, 1), op(TripOp::Divide, 2), op(TripOp::Select, 3);
  }

  void scaled() {
    const bool straight = below(2) == 0;
    if (straight) whole();
    literal(TripValue::of(number()));
    if (!straight) whole();
    op(TripOp::Multiply, 2), whole(), op(TripOp::Divide, 2);
  }

  void anything(int depth) {
    static constexpr TripOp kUnary[] = {TripOp::Not,   TripOp::Negate, TripOp::ToBool,
                                        TripOp::ToInt, TripOp::ToUint, TripOp::ToDouble};
    static constexpr TripOp kBinary[] = {TripOp::Add, TripOp::Subtract, TripOp::Multiply, TripOp::Divide,
                                         TripOp::Modulo};
    switch (depth == 0 ? below(2) : below(9)) {
      case 0: return count();
      case 1: return any_literal();
      case 2: return anything(depth - 1), op(kUnary[below(6)], 1);
      case 3: return anything(depth - 1), anything(depth - 1), op(any_relation(), 2);
      case 4: return anything(depth - 1), anything(depth - 1), anything(depth - 1), op(TripOp::Select, 3);
      case 5: return anything(depth - 1), anything(depth - 1), any_literal(), op(TripOp::In, 3);
      case 6: return logic(depth - 1);
      default: return anything(depth - 1), anything(depth - 1), op(kBinary[below(5)], 2);
    }
  }

  void comparison() {
    switch (below(5)) {
      case 0: whole(); break;
      case 1: scaled(); break;
      case 2: quotient(); break;
      case 3: rate(); break;
      default: anything(2);
    }
    if (below(8) == 0)
      anything(1);
    else
      any_literal();
    op(any_relation(), 2);
  }

  void logic(int depth) {
    switch (depth <= 0 ? 0 : below(8)) {
      case 0:
      case 1:
      case 2: return comparison();
      case 3: return logic(depth - 1), op(TripOp::Not, 1);
      case 4: return anything(depth);
      default: return logic(depth - 1), logic(depth - 1), op(below(2) == 0 ? TripOp::And : TripOp::Or, 2);
    }
  }

  std::mt19937_64 random_;
  std::vector<TripNode> code_;
};

TEST(TripPlan, DecidesAsTheStackMachineDoes) {
  Programs programs(20'261'127);
  std::uint64_t tripped = 0, stayed = 0, failed = 0;
  for (int i = 0; i < kRules; ++i) {
    const std::vector<TripNode> code = programs.next();
    const TripRule rule("", code);
    for (int vector = 0; vector < 8; ++vector) {
      const Counts counts = programs.counts();
      const TripValue value = evaluate_trip(code.data(), code.size(), counts);
      const bool expected = value.type == TripType::Bool && value.as_bool();
      ASSERT_EQ(rule.trips(counts), expected) << "rule " << i;
      (expected ? tripped : value.type == TripType::Bool ? stayed : failed) += 1;
    }
  }
  EXPECT_GT(tripped, 100'000u);
  EXPECT_GT(stayed, 100'000u);
  EXPECT_GT(failed, 100'000u) << "run-time errors are part of it";
}

}  // namespace
}  // namespace resil
