// What is a digit, in any locale.
#pragma once

namespace resil {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace resil
