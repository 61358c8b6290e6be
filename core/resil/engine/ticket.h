// Ticket: the C++ face of resil_ticket, one operation's bookkeeping on the caller's side. The three private
// words say which policy the operation runs under, which permit its attempt holds, and when it began.
#pragma once

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

  Stage stage() const { return static_cast<Stage>(private_words[0] & 0xFF); }
  // An operation's first attempt, and nothing that begin would have to look at.
  bool is_plain_start() const { return ((private_words[0] & 0xFF) | static_cast<std::uint64_t>(deadline)) == 0; }
  // Under way, the first of its operation, with its own endpoint's permit.
  bool is_plain_first_attempt() const {
    return stage() == Stage::InFlight && attempt == 1 && permit_owner() == endpoint;
  }
  std::uint32_t policy() const { return static_cast<std::uint32_t>(private_words[0] >> 32); }
  void set_stage(Stage stage) {
    private_words[0] = (private_words[0] & ~std::uint64_t{0xFF}) | static_cast<std::uint8_t>(stage);
  }
  void start(std::uint32_t policy, Stage stage, bool timed = false) {
    private_words[0] = std::uint64_t{policy} << 32 | std::uint64_t{timed} << 8 | static_cast<std::uint8_t>(stage);
  }

  // 0..31 the endpoint whose breaker gave it | 32 probe | 44..63 generation, as in the word
  Permit permit() const {
    return {static_cast<std::uint32_t>(private_words[1] >> BreakerWord::kGenerationShift),
            (private_words[1] >> 32 & 1) != 0};
  }
  std::uint32_t permit_owner() const { return static_cast<std::uint32_t>(private_words[1]); }
  void set_permit(Permit permit, std::uint32_t owner_id) {
    private_words[1] = std::uint64_t{permit.generation} << BreakerWord::kGenerationShift |
                       std::uint64_t{permit.probe} << 32 | owner_id;
  }

  // When the operation began; only noted (timed) where the policy limits the whole of it.
  bool timed() const { return (private_words[0] >> 8 & 1) != 0; }
  Nanos began() const { return static_cast<Nanos>(private_words[2]); }
  void set_began(Nanos began) { private_words[2] = static_cast<std::uint64_t>(began); }
};

static_assert(sizeof(Ticket) == 64);

}  // namespace resil
