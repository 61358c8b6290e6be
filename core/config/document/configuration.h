// The switch: whether a kind: Configuration file enables the feature.
#pragma once

#include <cstddef>
#include <string>

#include "config/document/diagnostics.h"

namespace resil {

// True if the file says `spec.features: [{name: Resiliency, enabled: true}]`; tells if it does not.
bool feature_enabled(const std::string& path, std::size_t max_bytes, Diagnostics& diagnostics);

}  // namespace resil
