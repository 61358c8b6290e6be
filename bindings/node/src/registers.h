// The shared memory that arguments and results of the hot calls travel through. Marshalling a number through Node-API
// costs about as much as the whole call; a typed-array store costs a nanosecond. lib/registers.js holds the same
// numbers, and `layout` in addon.cc lets it check them at load.
#pragma once

#include <cstdint>

namespace resil::node {

enum IntRegister : std::uint32_t {
  kEngine,    // in: number of the engine
  kEndpoint,  // in
  kTicket,    // in: number of the ticket
  kMode,      // in: kFresh | kAdopt | kNoTime
  kWordLow,   // in, with kAdopt: the endpoint's word as it was read before the attempt
  kWordHigh,
  kOutcome,  // in: RESIL_SUCCESS ... RESIL_HTTP(n), with RESIL_NO_RETRY or without
  kResult,   // out: begin's or end's answer, or a RESIL_E_*
  kAttempt,  // out
  kFlags,    // out: RESIL_HAS_EVENTS | RESIL_MAY_WAIT
  kReason,   // out: RESIL_WHY_*
  kIntRegisters
};

enum DoubleRegister : std::uint32_t {
  kNow,       // in, ns: the host's clock; NaN = the engine's own
  kBegan,     // in, with kAdopt, ns: when the adopted attempt began; NaN = now
  kDeadline,  // in, with kFresh, ns from now (negative: it has passed): the operation must be over by then; 0 = none
  kTimeout,   // out of begin, ns; 0 = none
  kDelay,     // out, ns. In to end: the server's hint
  kDoubleRegisters
};

enum Mode : std::uint32_t {
  kFresh = 1,  // begin: this ticket starts a new operation
  kAdopt = 2,  // end: the attempt skipped begin; rebuild its ticket from the word first
  kNoTime =
      4,  // end: no further attempt, as if the deadline had passed; unlike RESIL_NO_RETRY it tells whether one was due
};

struct Registers {
  std::int32_t ints[kIntRegisters + (kIntRegisters & 1)];  // padded, so that the doubles are aligned
  double doubles[kDoubleRegisters];
};

// One row of the event buffer: resil_event's fields as numbers that JavaScript holds exactly.
enum EventColumn : std::uint32_t {
  kSeq,
  kTime,
  kEventEndpoint,
  kKind,
  kBefore,
  kAfter,
  kValue,
  kEventFlags,
  kEventColumns
};
inline constexpr std::uint32_t kEventRows = 64;

}  // namespace resil::node
