// Many pairs on virtual time, in step with the sequential reference: past every wrap of what the packed word holds.
#include <cstdlib>

#include "stress/crowd.h"
#include "support/lone_breaker.h"
#include "support/reference.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

struct Case {
  const char* name;
  std::string_view trip;
  bool (*holds)(const Counts&);
  std::int64_t max_requests;
  Nanos interval, timeout, step;
};

constexpr Case kCases[] = {
    // Nearly every call a new generation: 2^20 of them are behind us after a million calls.
    {"Windows", "totalFailures > 2", [](const Counts& c) { return c.total_failures > 2; }, 1, kMillisecond,
     kMillisecond, 3 * kMillisecond},
    {"Trips", "consecutiveFailures > 0", [](const Counts& c) { return c.consecutive_failures > 0; }, 1, 0, kMillisecond,
     2 * kMillisecond},
    {"Rates", "requests > 5 && totalFailures * 2 > requests",
     [](const Counts& c) { return c.requests > 5 && c.total_failures * 2 > c.requests; }, 3, 20 * kMillisecond,
     7 * kMillisecond, 2 * kMillisecond},
};

std::uint64_t pairs() {
  const char* asked = std::getenv("RESIL_LONG_RUN");
  return asked != nullptr ? std::strtoull(asked, nullptr, 10) : 1'500'000;
}

class LongRun : public ::testing::TestWithParam<Case> {};

TEST_P(LongRun, EveryAnswerIsTheReferences) {
  const Case& c = GetParam();
  LoneBreaker<> breaker({.max_requests = static_cast<std::uint32_t>(c.max_requests),
                         .interval = c.interval,
                         .timeout = c.timeout,
                         .trip = c.trip});
  ReferenceBreaker reference(
      {.max_requests = c.max_requests, .interval = c.interval, .timeout = c.timeout, .trip = c.holds}, 1);
  Draw draw(99);
  // Starts a second before the clock's 39 low bits wrap for the first time.
  Nanos now = (Nanos{1} << 39) - kSecond;
  std::uint64_t admitted = 0, rejected = 0, changes = 0;
  for (std::uint64_t i = 0; i < pairs(); ++i) {
    now += static_cast<Nanos>(draw.below(static_cast<std::uint64_t>(c.step)));
    if (i % 100'000 == 99'999) now += 10 * 60 * kSecond;  // past a wrap without a call
    const Admission admission = breaker.begin(now);
    const ReferenceBreaker::Answer expected = reference.begin(now, 60 * kSecond);
    ASSERT_EQ(admission.reason, expected.reason) << "pair " << i << " at " << now;
    changes += reference.take_transitions().size();
    if (admission.reason != Reason::None) {
      ++rejected;
      continue;
    }
    ++admitted;
    const std::uint64_t what = draw.below(8);
    const Ending ending = what < 3 ? Ending::Failure : what == 3 ? Ending::Cancelled : Ending::Success;
    breaker.end(admission.permit, ending, now);
    if (ending == Ending::Cancelled) reference.cancel(expected.permit);
    if (ending == Ending::Success) reference.succeed(expected.permit, now);
    if (ending == Ending::Failure) reference.fail(expected.permit, now);
    changes += reference.take_transitions().size();
    ASSERT_EQ(breaker.word().generation(), (reference.generation() - 1) & BreakerWord::kGenerationMask) << "pair " << i;
    ASSERT_EQ(breaker.state(now), reference.state_at(now)) << "pair " << i << " at " << now;
  }
  EXPECT_GT(admitted, 0u);
  EXPECT_GT(rejected, 0u);
  EXPECT_GT(now, Nanos{1} << 40);
  std::printf("%llu admitted, %llu rejected, %llu changes of state, %llu generations, %.1f h\n",
              static_cast<unsigned long long>(admitted), static_cast<unsigned long long>(rejected),
              static_cast<unsigned long long>(changes), static_cast<unsigned long long>(reference.generation()),
              static_cast<double>(now) / 3.6e12);
}

INSTANTIATE_TEST_SUITE_P(Breakers, LongRun, ::testing::ValuesIn(kCases),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace resil
