#include "resil/engine/ticket.h"

#include <gtest/gtest.h>

namespace resil {
namespace {

constexpr std::uint32_t kMostGeneration = (1U << 20) - 1;

TEST(Ticket, ZeroIsAFreshOperation) {
  const Ticket ticket{};
  EXPECT_EQ(ticket.stage(), Stage::Fresh);
  EXPECT_EQ(ticket.policy(), 0u);
  EXPECT_EQ(ticket.began(), 0);
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
      for (const std::uint32_t owner_id : {0U, 1U, 0x7FFF'FFFFU, 0xFFFF'FFFFU}) {
        Ticket ticket{};
        ticket.set_permit({generation, probe}, owner_id);
        EXPECT_EQ(ticket.permit().generation, generation);
        EXPECT_EQ(ticket.permit().probe, probe);
        EXPECT_EQ(ticket.permit_owner(), owner_id);
      }
    }
  }
}

TEST(Ticket, KeepsWhenTheOperationBegan) {
  Ticket ticket{};
  for (const Nanos began : {Nanos{0}, Nanos{-1}, kForever, kReadClock + 1}) {
    ticket.set_began(began);
    EXPECT_EQ(ticket.began(), began);
  }
}

TEST(Ticket, AnyByteIsAStageOfItsOwn) {
  Ticket ticket{};
  ticket.private_words[0] = 0xFE;
  for (const Stage stage : {Stage::Fresh, Stage::InFlight, Stage::Between, Stage::Over})
    EXPECT_NE(ticket.stage(), stage);
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
