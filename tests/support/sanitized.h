// Whether a sanitizer is in this build: gcc says so by macros of its own, clang by features. What takes its time, or
// asks the allocator, must know.
#pragma once

namespace resil::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

}  // namespace resil::testing
