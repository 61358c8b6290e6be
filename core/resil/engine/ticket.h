// Ticket: the C++ face of resil_ticket, one operation's bookkeeping on the caller's side. The three private
// words say which policy the operation runs under, what its attempt holds, and when both began.
#pragma once

#include <bit>
#include <cstdint>

#include "resil/base/types.h"
#include "resil/breaker/breaker_word.h"
#include "resil/breaker/permit.h"

namespace resil {

enum class Stage : std::uint8_t { Fresh = 0, InFlight = 1, Between = 2, Over = 3 };

struct Ticket {
  static constexpr std::uint32_t kHasEvents = 1;
  static constexpr std::uint32_t kMayWait = 2;  // out of begin: waiting `delay` and beginning again can be of use

  std::uint32_t endpoint;
  std::uint32_t attempt;
  std::uint32_t flags;
  std::int32_t reason;
  Nanos deadline;
  Nanos timeout;
  Nanos delay;
  std::uint64_t private_words[3];

  // Word 0, low byte: 0..1 the stage | 2..5 what the attempt under way holds, all 0 for most | 6 rejected | 7 always 0.
  Stage stage() const { return static_cast<Stage>(private_words[0] & ~kMarks & 0xFF); }
  // An operation's first attempt, and nothing that begin would have to look at.
  bool is_plain_start() const { return ((private_words[0] & 0xFF) | static_cast<std::uint64_t>(deadline)) == 0; }
  // Under way, untimed, with its own endpoint's permit, and nothing that end would have to look at or give back.
  bool is_plain_attempt() const {
    return static_cast<std::uint32_t>(private_words[0]) == static_cast<std::uint32_t>(Stage::InFlight);
  }
  std::uint32_t policy() const { return static_cast<std::uint32_t>(private_words[0] >> 32); }
  void set_stage(Stage stage) {
    private_words[0] = (private_words[0] & ~std::uint64_t{0xFF}) | static_cast<std::uint8_t>(stage);
  }
  void start(std::uint32_t policy, Stage stage, bool timed = false) {
    private_words[0] = std::uint64_t{policy} << 32 | std::uint64_t{timed} << 8 | static_cast<std::uint8_t>(stage);
  }

  // Of the attempt under way; its end, which sets the stage, forgets them. The breaker that gave the permit is the
  // endpoint's own or, for an actor of a type with one breaker for all, that of the record's owner. A failing end of
  // kTellsTarget asks the target's gates (a hold, a budget of retries).
  static constexpr std::uint64_t kOwnersPermit = 4, kNoPermit = 8, kHoldsPlace = 16, kTellsTarget = 32;
  // Between two begins: the first was rejected. If a second comes, the operation was not over.
  static constexpr std::uint64_t kRejected = 64;
  void mark(std::uint64_t held) { private_words[0] |= held; }
  void unmark(std::uint64_t held) { private_words[0] &= ~held; }
  bool marked(std::uint64_t held) const { return (private_words[0] & held) != 0; }

  // The delay before the attempt under way, rounded down by at most a part in 2^17: 9..25 its leading bits | 26..31 how
  // far they are shifted. Kept only where the back-off asks for it.
  Nanos previous_delay() const {
    return static_cast<Nanos>((private_words[0] >> 9 & 0x1FFFF) << (private_words[0] >> 26 & 0x3F));
  }
  void set_previous_delay(Nanos exact) {
    const auto value = static_cast<std::uint64_t>(exact < 0 ? 0 : exact);
    const unsigned bits = static_cast<unsigned>(std::bit_width(value)), shift = bits > 17 ? bits - 17 : 0;
    constexpr std::uint64_t kField = 0xFFFFFE00;
    private_words[0] = (private_words[0] & ~kField) | (value >> shift) << 9 | std::uint64_t{shift} << 26;
  }

  // Word 1: 0 probe | 2..43 the operation's age when the attempt began | 44..63 the permit's generation, as in the word
  Permit permit() const { return Permit::of(private_words[1]); }
  std::uint64_t packed_permit() const { return private_words[1]; }
  void set_permit(Permit permit) { private_words[1] = permit.packed(); }

  // When the attempt under way began, exact, and when its operation did: exact within the first minute, and then at
  // most a part in 2^35 of its age late. Only noted (timed) where the policy limits the operation, or where what an
  // attempt took is asked for.
  bool timed() const { return (private_words[0] >> 8 & 1) != 0; }
  Nanos attempt_began() const { return static_cast<Nanos>(private_words[2]); }
  Nanos operation_began() const {
    const std::uint64_t age = (private_words[1] >> 8 & kAgeMask) << (private_words[1] >> 2 & 0x3F);
    return static_cast<Nanos>(private_words[2] - age);
  }
  // After set_permit, which forgets the age.
  void set_began(Nanos operation_at, Nanos attempt_at) {
    const std::uint64_t age = attempt_at > operation_at
                                  ? static_cast<std::uint64_t>(attempt_at) - static_cast<std::uint64_t>(operation_at)
                                  : 0;
    const auto bits = static_cast<unsigned>(std::bit_width(age)), shift = bits > kAgeBits ? bits - kAgeBits : 0;
    private_words[1] |= (age >> shift) << 8 | std::uint64_t{shift} << 2;
    private_words[2] = static_cast<std::uint64_t>(attempt_at);
  }

  // A first begin was rejected: should the host wait and come again, the operation began now all the same.
  void note_rejected_start(Nanos now) {
    private_words[0] |= kRejected | kTimed;
    private_words[2] = static_cast<std::uint64_t>(now);
  }
  // The first attempt of an operation that began just now, for its end to know in which epoch.
  void hold_place(Nanos now) {
    private_words[0] |= kHoldsPlace | kTimed;
    private_words[2] = static_cast<std::uint64_t>(now);
  }
  // Under way, the first of its operation, and its end has nothing to do but that and what each has to do.
  bool holds_only_a_place() const {
    return static_cast<std::uint32_t>(private_words[0]) ==
               (static_cast<std::uint32_t>(Stage::InFlight) | kHoldsPlace | kTimed) &&
           attempt == 1;
  }

 private:
  static constexpr std::uint64_t kTimed = 1 << 8;
  static constexpr std::uint64_t kMarks = kOwnersPermit | kNoPermit | kHoldsPlace | kTellsTarget | kRejected;
  static constexpr unsigned kAgeBits = 36;
  static constexpr std::uint64_t kAgeMask = (std::uint64_t{1} << kAgeBits) - 1;
};

static_assert(sizeof(Ticket) == 64);

}  // namespace resil
