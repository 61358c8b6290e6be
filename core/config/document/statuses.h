// The field `matching`: lists of statuses.
#pragma once

#include "config/document/diagnostics.h"
#include "config/yaml/yaml_node.h"
#include "resil/policy/status_set.h"

namespace resil {

// A list that is not given, or empty, leaves what was there.
void read_matching(const YamlNode& mapping, StatusSet& http, StatusSet& grpc, Diagnostics& diagnostics);

}  // namespace resil
