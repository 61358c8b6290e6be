// Durations in the grammar of Go's time.ParseDuration, plus a bare integer of milliseconds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "resil/base/types.h"

namespace resil {

struct DurationResult {
  std::optional<Nanos> value;
  std::string problem;  // empty if there is a value: what is wrong and what to write
};

// "1h30m", "1.5s", "-200ms", "10us", "10µs", "0"; and "500" is 500 ms. May be negative: whether that makes sense is for
// the caller to say.
DurationResult parse_duration(std::string_view text);

// The shortest spelling that parse_duration reads back, e.g. "1m30s"; of what is not negative.
std::string duration_text(Nanos duration);

}  // namespace resil
