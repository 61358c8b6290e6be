// The snapshot's JSON, as capi/ABI.md documents it, and of one endpoint the part that names it.
#pragma once

#include <string>
#include <string_view>

#include "resil/engine/engine_view.h"

namespace resil {

std::string snapshot_json(const EngineView& view);
std::string endpoint_name_json(TargetKind kind, std::string_view name, std::string_view instance);

}  // namespace resil
