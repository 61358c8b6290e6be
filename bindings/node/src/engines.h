#pragma once

#include <node_api.h>

namespace resil::node {

napi_value open(napi_env env, napi_callback_info info);
napi_value reload(napi_env env, napi_callback_info info);
napi_value close(napi_env env, napi_callback_info info);
napi_value check(napi_env env, napi_callback_info info);
napi_value endpoint(napi_env env, napi_callback_info info);
napi_value word(napi_env env, napi_callback_info info);
napi_value tally(napi_env env, napi_callback_info info);
napi_value state(napi_env env, napi_callback_info info);
napi_value transitions(napi_env env, napi_callback_info info);
napi_value endpoint_text(napi_env env, napi_callback_info info);
napi_value credit(napi_env env, napi_callback_info info);
napi_value snapshot(napi_env env, napi_callback_info info);

}  // namespace resil::node
