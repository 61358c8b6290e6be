// Takes the place of the C library's function in the executable of the unit tests.
#include "support/hooked_clock.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

#include "support/sanitized.h"

#ifndef RESIL_TESTS_SANITIZED
extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  resil::testing::BeforeClockRead::clock_is_read();
  return static_cast<int>(syscall(SYS_clock_gettime, clock, now));
}
#endif
