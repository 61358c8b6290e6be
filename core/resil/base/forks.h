// Which process this is: fork() copies memory, and what must not be the same in a child asks here. The C library calls
// a handler in each child of fork(), which makes `fork_salt` new; who asks only reads it.
#pragma once

#include <atomic>
#include <cstdint>

namespace resil {

// 0 in a process that was not forked since its first engine was opened.
extern std::atomic<std::uint64_t> fork_salt;

// Before anybody asks. Throws std::bad_alloc where the C library cannot note the handler.
void watch_forks();

}  // namespace resil
