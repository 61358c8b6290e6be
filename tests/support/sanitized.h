// Whether a sanitizer is in this build: gcc says so by macros of its own, clang by features. What takes its time, or
// asks the allocator, must know.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RESIL_TESTS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RESIL_TESTS_SANITIZED 1
#endif
#endif

namespace resil::testing {

#ifdef RESIL_TESTS_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

}  // namespace resil::testing
