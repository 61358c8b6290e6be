#include "resil/engine/ticket.h"

#include <gtest/gtest.h>

namespace resil {
namespace {

constexpr std::uint32_t kMostGeneration = (1U << 20) - 1;

TEST(Ticket, ZeroIsAFreshOperation) {
  const Ticket ticket{};
  EXPECT_EQ(ticket.stage(), Stage::Fresh);
  EXPECT_EQ(ticket.policy(), 0u);
  EXPECT_EQ(ticket.operation_began(), 0);
  EXPECT_EQ(ticket.attempt_began(), 0);
}

TEST(Ticket, KeepsPolicyAndStageApart) {
  Ticket ticket{};
  ticket.start(0xFFFF'FFFF, Stage::InFlight);
  EXPECT_EQ(ticket.policy(), 0xFFFF'FFFFU);
  EXPECT_EQ(ticket.stage(), Stage::InFlight);
  ticket.set_stage(Stage::Over);
  EXPECT_EQ(ticket.policy(), 0xFFFF'FFFFU);
  EXPECT_EQ(ticket.stage(), Stage::Over);
}

TEST(Ticket, KeepsThePermit) {
  for (const bool probe : {false, true}) {
    for (const std::uint32_t generation : {0U, 1U, kMostGeneration}) {
      Ticket ticket{};
      ticket.set_permit({generation, probe});
      ticket.set_began(kReadClock, kForever);
      EXPECT_EQ(ticket.permit().generation, generation);
      EXPECT_EQ(ticket.permit().probe, probe);
    }
  }
}

TEST(Ticket, KeepsWhenTheOperationAndItsAttemptBegan) {
  for (const Nanos began : {Nanos{0}, Nanos{-1}, kForever - 60 * kSecond, kReadClock + 1}) {
    for (const Nanos age : {Nanos{0}, Nanos{1}, Nanos{999'999'999}, 60 * kSecond}) {
      Ticket ticket{};
      ticket.set_permit({kMostGeneration, true});
      ticket.set_began(began, began + age);
      EXPECT_EQ(ticket.attempt_began(), began + age);
      EXPECT_EQ(ticket.operation_began(), began);
    }
  }
}

TEST(Ticket, AnOldOperationSeemsYoungerByAPartIn2To35AtMost) {
  for (const Nanos age : {(Nanos{1} << 36) + 1, 3'601 * kSecond + 7, 86'400 * kSecond + 1, kForever}) {
    Ticket ticket{};
    ticket.set_permit({0, false});
    ticket.set_began(0, age);
    EXPECT_EQ(ticket.attempt_began(), age);
    EXPECT_GE(ticket.operation_began(), 0);
    EXPECT_LE(ticket.operation_began(), age >> 35);
  }
  Ticket ticket{};
  ticket.set_began(kReadClock, kForever);
  EXPECT_LE(ticket.operation_began() - kReadClock, Nanos{1} << 29);
}

TEST(Ticket, ClocksThatDisagreeMakeNoOperationOlder) {
  Ticket ticket{};
  ticket.set_began(1'000, 999);
  EXPECT_EQ(ticket.attempt_began(), 999);
  EXPECT_EQ(ticket.operation_began(), 999);
}

TEST(Ticket, ForgetsWhatAnAttemptHeldWhenItEnds) {
  for (const std::uint64_t held :
       {Ticket::kOwnersPermit, Ticket::kNoPermit, Ticket::kHoldsPlace, Ticket::kTellsTarget}) {
    Ticket ticket{};
    ticket.attempt = 1;
    ticket.start(7, Stage::InFlight);
    EXPECT_TRUE(ticket.is_plain_attempt());
    ticket.mark(held);
    EXPECT_TRUE(ticket.marked(held));
    EXPECT_FALSE(ticket.marked(
        (Ticket::kOwnersPermit | Ticket::kNoPermit | Ticket::kHoldsPlace | Ticket::kTellsTarget) & ~held));
    EXPECT_EQ(ticket.stage(), Stage::InFlight);
    EXPECT_FALSE(ticket.is_plain_attempt());
    ticket.set_stage(Stage::Between);
    EXPECT_FALSE(ticket.marked(held));
    EXPECT_EQ(ticket.policy(), 7u);
  }
}

TEST(Ticket, BitsThatNobodySetsMakeAStageOfItsOwn) {
  for (const unsigned bit : {7U}) {
    for (const Stage stage : {Stage::Fresh, Stage::InFlight, Stage::Between, Stage::Over}) {
      Ticket ticket{};
      ticket.start(0, stage);
      ticket.mark(std::uint64_t{1} << bit);
      for (const Stage known : {Stage::Fresh, Stage::InFlight, Stage::Between, Stage::Over})
        EXPECT_NE(ticket.stage(), known);
    }
  }
}

TEST(Ticket, KeepsThePreviousDelayRoundedDown) {
  for (const Nanos delay : {Nanos{0}, Nanos{1}, Nanos{131'071}, Nanos{131'073}, 500 * kMillisecond, 3'601 * kSecond,
                            kForever - 1, kForever}) {
    Ticket ticket{};
    ticket.start(0xFFFFFFFF, Stage::InFlight, true);
    ticket.set_previous_delay(kForever);
    ticket.set_previous_delay(delay);
    EXPECT_LE(ticket.previous_delay(), delay);
    EXPECT_GE(ticket.previous_delay(), delay - delay / 65'536);
    EXPECT_EQ(ticket.policy(), 0xFFFFFFFF);
    EXPECT_EQ(ticket.stage(), Stage::InFlight);
    EXPECT_TRUE(ticket.timed());
  }
}

}  // namespace
}  // namespace resil
