#include "resil/events/event_order.h"

namespace resil {

constinit thread_local KnownOrder known_order __attribute__((tls_model("initial-exec")));

}  // namespace resil
