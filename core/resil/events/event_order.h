// KnownOrder: what a thread knows of the order in which events were published. It is a Lamport clock: an event that a
// thread publishes has a higher order than all that it published in other rings before (event_log.h has the proof).
#pragma once

#include <cstdint>

namespace resil {

struct KnownOrder {
  std::uint64_t order = 0;     // no event that this thread published is ordered after it
  const void* ring = nullptr;  // where it published last; only compared
};

// Of the calling thread, for all engines: an order that is too high does no harm.
extern constinit thread_local KnownOrder known_order __attribute__((tls_model("initial-exec")));

}  // namespace resil
