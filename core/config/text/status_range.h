// Lists of statuses: "429,500-599".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "resil/policy/status_set.h"

namespace resil {

struct StatusBounds {
  std::string_view kind;  // as messages call it
  int first, last;
};
inline constexpr StatusBounds kHttpStatuses{"HTTP", 100, 599};
inline constexpr StatusBounds kGrpcStatuses{"gRPC", 0, 16};

struct StatusResult {
  std::optional<StatusSet> value;
  std::string problem;  // empty if there is a value: what is wrong and what to write
};

// Parts are separated by commas; a part is a status or first-last. Blanks around numbers and empty parts do no harm. An
// empty text is no list: everything matches.
StatusResult parse_statuses(std::string_view text, const StatusBounds& bounds);

}  // namespace resil
