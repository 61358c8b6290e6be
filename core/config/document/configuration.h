// The switch: whether a kind: Configuration file disables the feature.
#pragma once

#include <cstddef>
#include <string>

#include "config/document/diagnostics.h"

namespace resil {

// False if the file says `spec.features: [{name: Resiliency, enabled: false}]`, which is told. One that does not
// mention the feature leaves it on, which is told too.
bool feature_enabled(const std::string& path, std::size_t max_bytes, Diagnostics& diagnostics);

}  // namespace resil
