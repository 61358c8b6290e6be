// The server's hint: the value of an HTTP Retry-After field, as RFC 9110 writes it.
#pragma once

#include <optional>
#include <string_view>

#include "resil/base/types.h"

namespace resil {

// How long to wait from `unix_now` (nanoseconds since 1970) on; at the end of its range it holds. None: the text is
// neither 1*DIGIT seconds nor one of the three forms of HTTP-date, it is a date that no calendar has, or it is past.
std::optional<Nanos> parse_retry_after(std::string_view text, Nanos unix_now);

}  // namespace resil
