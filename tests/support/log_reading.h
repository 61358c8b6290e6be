// What the tests of the event log share: events that tell themselves apart, and reading all there is.
#pragma once

#include <cstdint>
#include <vector>

#include "resil/events/event_log.h"

namespace resil::testing {

inline Event of(std::int32_t endpoint, std::int64_t value, Nanos time = 0) {
  return {.time = time, .endpoint = endpoint, .kind = EventKind::Retry, .value = value};
}

template <typename AnyLog>
std::vector<Event> read_all(AnyLog& log, std::uint64_t& cursor, std::uint32_t at_once = 3) {
  std::vector<Event> all, some(at_once);
  while (const std::uint32_t count = log.read(cursor, some.data(), at_once)) {
    all.insert(all.end(), some.begin(), some.begin() + count);
  }
  return all;
}

template <typename AnyLog>
std::vector<std::int64_t> values(AnyLog& log, std::uint64_t& cursor) {
  std::vector<std::int64_t> values;
  for (const Event& event : read_all(log, cursor)) values.push_back(event.value);
  return values;
}

}  // namespace resil::testing
