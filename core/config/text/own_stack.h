// Runs something on a stack of a known size: the host's thread may have a tiny one.
#pragma once

#include <functional>

namespace resil {

// Runs `work` on a thread of its own and waits for it. Signals are left to the host's threads. What `work` throws is
// thrown here. False if no thread could be had; then `work` did not run.
bool run_on_own_stack(const std::function<void()>& work);

}  // namespace resil
