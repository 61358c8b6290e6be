// What an extension says of a target itself: deadline, maxConcurrent, rateLimit, holdOnRetryAfter.
#pragma once

#include "config/document/diagnostics.h"
#include "config/yaml/yaml_node.h"
#include "resil/policy/target_limits.h"

namespace resil {

// Fields that are not given leave what was there.
void read_limits(const YamlNode& target, TargetLimits& limits, Diagnostics& diagnostics);

}  // namespace resil
