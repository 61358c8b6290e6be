// What the addon exports. Node-API 8 alone, so that one binary serves every major of Node, and instance data alone, so
// that worker threads may load it and leave.
#include <new>

#include "engines.h"
#include "events.h"
#include "hot.h"
#include "instance.h"
#include "values.h"

namespace resil::node {
namespace {

napi_value take_ticket(napi_env env, napi_callback_info) { return number(env, instance_of(env)->take_ticket()); }

napi_value give_ticket(napi_env env, napi_callback_info info) {
  const Arguments<1> args(env, info);
  instance_of(env)->give_ticket(static_cast<std::uint32_t>(to_int(env, args[0])));
  return nullptr;
}

napi_value tickets_held(napi_env env, napi_callback_info) {
  return number(env, static_cast<double>(instance_of(env)->tickets_held()));
}

napi_value name(napi_env env, napi_callback_info info) {
  const Arguments<1> args(env, info);
  return text(env, resil_name(to_int(env, args[0])));
}

// failed(outcome) -> whether it is a failure
napi_value failed(napi_env env, napi_callback_info info) {
  const Arguments<1> args(env, info);
  napi_value result = nullptr;
  napi_get_boolean(env, resil_failed(to_int(env, args[0])) == 1, &result);
  return result;
}

// retryAfter(text, milliseconds since 1970) -> ns, or -1 for no hint
napi_value retry_after(napi_env env, napi_callback_info info) {
  const Arguments<2> args(env, info);
  const std::string value = to_text(env, args[0]).value_or("");
  const auto unix_now = static_cast<std::int64_t>(to_double(env, args[1])) * 1'000'000;
  const std::int64_t hint = resil_retry_after(value.data(), static_cast<std::int64_t>(value.size()), unix_now);
  return number(env, static_cast<double>(hint));
}

// Enough of the registers' layout for lib/registers.js to notice a binary of another version.
napi_value layout(napi_env env) {
  napi_value object = nullptr;
  napi_create_object(env, &object);
  set(env, object, "ints", number(env, kIntRegisters));
  set(env, object, "doubles", number(env, kDoubleRegisters));
  set(env, object, "doublesAt", number(env, offsetof(Registers, doubles)));
  set(env, object, "eventColumns", number(env, kEventColumns));
  set(env, object, "eventRows", number(env, kEventRows));
  set(env, object, "ticket", number(env, sizeof(resil_ticket)));
  return object;
}

napi_value buffer_of(napi_env env, napi_ref reference) {
  napi_value value = nullptr;
  napi_get_reference_value(env, reference, &value);
  return value;
}

void export_function(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  set(env, exports, name, function);
}

napi_value prepare(napi_env env, napi_value exports) {
  auto* instance = new (std::nothrow) Instance;
  if (instance == nullptr || !instance->prepare(env)) {
    delete instance;
    napi_throw_error(env, "RESIL_NATIVE", "resil: not enough memory for the shared buffers");
    return nullptr;
  }
  napi_set_instance_data(
      env, instance, [](napi_env, void* data, void*) { delete static_cast<Instance*>(data); }, nullptr);

  set(env, exports, "abi", number(env, resil_abi()));
  set(env, exports, "compiledAbi", number(env, RESIL_ABI));
  set(env, exports, "version", text(env, resil_version()));
  set(env, exports, "layout", layout(env));
  set(env, exports, "registers", buffer_of(env, instance->register_buffer));
  set(env, exports, "events", buffer_of(env, instance->event_buffer));

  export_function(env, exports, "begin", begin);
  export_function(env, exports, "end", end);
  export_function(env, exports, "open", open);
  export_function(env, exports, "reload", reload);
  export_function(env, exports, "close", close);
  export_function(env, exports, "check", check);
  export_function(env, exports, "endpoint", endpoint);
  export_function(env, exports, "word", word);
  export_function(env, exports, "tally", tally);
  export_function(env, exports, "state", state);
  export_function(env, exports, "transitions", transitions);
  export_function(env, exports, "endpointText", endpoint_text);
  export_function(env, exports, "credit", credit);
  export_function(env, exports, "snapshot", snapshot);
  export_function(env, exports, "drain", drain);
  export_function(env, exports, "eventText", event_text);
  export_function(env, exports, "takeTicket", take_ticket);
  export_function(env, exports, "giveTicket", give_ticket);
  export_function(env, exports, "ticketsHeld", tickets_held);
  export_function(env, exports, "name", name);
  export_function(env, exports, "failed", failed);
  export_function(env, exports, "retryAfter", retry_after);
  return exports;
}

}  // namespace
}  // namespace resil::node

NAPI_MODULE_INIT() { return resil::node::prepare(env, exports); }
