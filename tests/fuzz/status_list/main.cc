// Any bytes as a status list: a set within the bounds of its kind, or a problem.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/text/status_range.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const resil::StatusBounds& bounds : {resil::kHttpStatuses, resil::kGrpcStatuses}) {
    const resil::StatusResult result = resil::parse_statuses(text, bounds);
    if (result.value.has_value() != result.problem.empty()) std::abort();
    if (!result.value || !result.value->given()) continue;
    for (int status = -1; status <= 1000; ++status) {
      const bool possible = status >= bounds.first && status <= bounds.last;
      if (result.value->matches(status) && !possible) std::abort();
    }
  }
  return 0;
}
