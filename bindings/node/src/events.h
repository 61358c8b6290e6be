#pragma once

#include <node_api.h>

namespace resil::node {

napi_value drain(napi_env env, napi_callback_info info);
napi_value event_text(napi_env env, napi_callback_info info);

}  // namespace resil::node
