// Any bytes as a duration: a value, or a problem; and the value does not depend on its sign.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

#include "config/text/duration.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const resil::DurationResult result = resil::parse_duration(text);
  if (result.value.has_value() != result.problem.empty()) std::abort();
  if (!result.value || text.front() == '-' || text.front() == '+') return 0;
  const resil::DurationResult negative = resil::parse_duration("-" + std::string(text));
  const resil::DurationResult positive = resil::parse_duration("+" + std::string(text));
  if (!negative.value || *negative.value != -*result.value || positive.value != result.value) std::abort();
  return 0;
}
