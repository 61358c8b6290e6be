// What it takes to ask a trip rule over a rate, alone: with the two counts at hand, as a breaker without anything else
// to count asks; over all counts in memory; and by the stack machine, which is the reference for what rules mean.
#include <cstdlib>

#include "measure.h"
#include "resil/trip/trip_rule.h"

namespace {

using bench::Subject;
using resil::Counts;
using resil::TripNode;
using resil::TripOp;
using resil::TripRule;
using resil::TripValue;

// requests >= 10 && double(totalFailures) / double(requests) >= 0.5
const std::vector<TripNode> kCode{
    {TripOp::Count, 0, 0, TripValue::error()},        {TripOp::Literal, 0, 0, TripValue::of(std::int64_t{10})},
    {TripOp::GreaterEqual, 0, 2, TripValue::error()}, {TripOp::Count, 2, 0, TripValue::error()},
    {TripOp::ToDouble, 0, 1, TripValue::error()},     {TripOp::Count, 0, 0, TripValue::error()},
    {TripOp::ToDouble, 0, 1, TripValue::error()},     {TripOp::Divide, 0, 2, TripValue::error()},
    {TripOp::Literal, 0, 0, TripValue::of(0.5)},      {TripOp::GreaterEqual, 0, 2, TripValue::error()},
    {TripOp::And, 0, 2, TripValue::error()}};
const TripRule kRule("requests >= 10 && double(totalFailures) / double(requests) >= 0.5", kCode);

// Calls `asks` with counts that the compiler does not know, of a breaker that fails four times in ten.
template <typename Asks>
Subject subject(const char* name, Asks asks) {
  return {name, [asks](int, std::int64_t times) {
            Counts counts{1'000, 600, 400};
            for (std::int64_t i = 0; i < times; ++i) {
              asm volatile("" : "+m"(counts));
              if (asks(counts)) std::abort();
            }
          }};
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t times = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
  if (kRule.question() != resil::TripQuestion::Rate) std::abort();
  bench::row(
      "C: trip rule", "enough requests, and half of them failed",
      {subject("floor: two counts read", [](const Counts& counts) { return counts.requests < counts.total_failures; }),
       subject("resil: two counts",
               [](const Counts& counts) { return kRule.trips_at_rate(counts.total_failures, counts.requests); }),
       subject("resil: all counts", [](const Counts& counts) { return kRule.trips(counts); }),
       subject("the stack machine",
               [](const Counts& counts) {
                 const TripValue value = evaluate_trip(kCode.data(), kCode.size(), counts);
                 return value.as_bool();
               })},
      1, times * 4, rounds);
}
