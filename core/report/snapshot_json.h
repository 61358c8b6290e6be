// The snapshot's JSON, as capi/ABI.md documents it.
#pragma once

#include <string>

#include "resil/engine/engine_view.h"

namespace resil {

std::string snapshot_json(const EngineView& view);

}  // namespace resil
