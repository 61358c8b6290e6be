#pragma once

#include <node_api.h>

namespace resil::node {

napi_value begin(napi_env env, napi_callback_info info);
napi_value end(napi_env env, napi_callback_info info);

}  // namespace resil::node
