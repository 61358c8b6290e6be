// The cold calls: loading, reloading, endpoints, states, snapshots. Ordinary arguments and results.
#include "engines.h"

#include <bit>
#include <cstring>

#include "instance.h"
#include "values.h"

namespace resil::node {
namespace {

// resil_options from JavaScript's {appId, configPath, flags, maxEndpoints, eventCapacity, jitterSeed, maxBytes}; it
// owns the texts.
struct Options {
  std::optional<std::string> app_id, config_path;
  resil_options raw{};

  Options(napi_env env, napi_value object)
      : app_id(to_text(env, property(env, object, "appId"))),
        config_path(to_text(env, property(env, object, "configPath"))) {
    const auto field = [&](const char* name) { return to_double(env, property(env, object, name)); };
    raw.size = sizeof raw;
    raw.flags = static_cast<std::uint32_t>(field("flags"));
    raw.app_id = app_id ? app_id->c_str() : nullptr;
    raw.config_path = config_path ? config_path->c_str() : nullptr;
    raw.max_endpoints = static_cast<std::uint32_t>(field("maxEndpoints"));
    raw.event_capacity = static_cast<std::uint32_t>(field("eventCapacity"));
    raw.jitter_seed = static_cast<std::uint64_t>(field("jitterSeed"));
    raw.max_bytes = static_cast<std::uint64_t>(field("maxBytes"));
  }
};

napi_value failure(napi_env env, const resil_error& error) {
  napi_value object = nullptr;
  napi_create_object(env, &object);
  set(env, object, "code", number(env, error.code));
  set(env, object, "line", number(env, error.line));
  set(env, object, "column", number(env, error.column));
  set(env, object, "message", text(env, error.message, strnlen(error.message, sizeof error.message)));
  return object;
}

// An ArrayBuffer over 64 bits of the engine's, or null where there are none, the host forbids external memory
// (Electron) or the lower half comes last. lib/endpoint.js drops the view before it lets the engine close.
napi_value view(napi_env env, std::uint64_t* memory) {
  napi_value result = nullptr;
  napi_get_null(env, &result);
  if (memory == nullptr || std::endian::native != std::endian::little) return result;
  napi_value buffer = nullptr;
  if (napi_create_external_arraybuffer(env, memory, sizeof *memory, nullptr, nullptr, &buffer) == napi_ok)
    return buffer;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending) {
    napi_value ignored = nullptr;
    napi_get_and_clear_last_exception(env, &ignored);
  }
  return result;
}

void collect(napi_env, void* guard, void*) { Instance::drop(static_cast<Guard*>(guard)); }

}  // namespace

// open(isPath, source, options) -> {number, guard} or {code, line, column, message}
napi_value open(napi_env env, napi_callback_info info) {
  const Arguments<3> args(env, info);
  bool is_path = false;
  napi_get_value_bool(env, args[0], &is_path);
  const std::string source = to_text(env, args[1]).value_or("");
  const Options options(env, args[2]);
  resil_error error{};
  resil_engine* engine =
      is_path ? resil_open_path(&options.raw, source.c_str(), &error)
              : resil_open(&options.raw, source.data(), static_cast<std::int64_t>(source.size()), &error);
  if (engine == nullptr) return failure(env, error);
  Guard* guard = instance_of(env)->add(engine);
  napi_value object = nullptr, external = nullptr;
  napi_create_object(env, &object);
  set(env, object, "number", number(env, guard->number));
  napi_create_external(env, guard, collect, nullptr, &external);
  set(env, object, "guard", external);
  return object;
}

// reload(engine, isPath, source) -> undefined or {code, line, column, message}
napi_value reload(napi_env env, napi_callback_info info) {
  const Arguments<3> args(env, info);
  resil_engine* engine = instance_of(env)->engine(to_int(env, args[0]));
  bool is_path = false;
  napi_get_value_bool(env, args[1], &is_path);
  const std::string source = to_text(env, args[2]).value_or("");
  resil_error error{};
  const std::int32_t result =
      is_path ? resil_reload_path(engine, source.c_str(), &error)
              : resil_reload(engine, source.data(), static_cast<std::int64_t>(source.size()), &error);
  if (result >= 0) return nullptr;
  if (error.code == 0) error.code = result;
  return failure(env, error);
}

// close(engine)
napi_value close(napi_env env, napi_callback_info info) {
  const Arguments<1> args(env, info);
  instance_of(env)->close(to_int(env, args[0]));
  return nullptr;
}

// check(isPath, source, options) -> text, an error or warning a line
napi_value check(napi_env env, napi_callback_info info) {
  const Arguments<3> args(env, info);
  bool is_path = false;
  napi_get_value_bool(env, args[0], &is_path);
  const std::string source = to_text(env, args[1]).value_or("");
  const Options options(env, args[2]);
  const std::string lines = grow_and_fill(1024, [&](char* buffer, std::int64_t capacity) {
    return is_path ? resil_check(&options.raw, nullptr, 0, source.c_str(), buffer, capacity)
                   : resil_check(&options.raw, source.data(), static_cast<std::int64_t>(source.size()), nullptr, buffer,
                                 capacity);
  });
  return text(env, lines.data(), lines.size());
}

// endpoint(engine, kind, name, instance | null) -> id, or a RESIL_E_*
napi_value endpoint(napi_env env, napi_callback_info info) {
  const Arguments<4> args(env, info);
  resil_engine* engine = instance_of(env)->engine(to_int(env, args[0]));
  const std::string name = to_text(env, args[2]).value_or("");
  const std::optional<std::string> instance = to_text(env, args[3]);
  const std::int32_t id =
      resil_endpoint(engine, to_int(env, args[1]), name.data(), static_cast<std::int64_t>(name.size()),
                     instance ? instance->data() : nullptr, instance ? static_cast<std::int64_t>(instance->size()) : 0);
  return number(env, id);
}

// word(engine, endpoint) -> ArrayBuffer over the endpoint's word, or null: then every call crosses.
napi_value word(napi_env env, napi_callback_info info) {
  const Arguments<2> args(env, info);
  const std::uint64_t* address = resil_word(instance_of(env)->engine(to_int(env, args[0])), to_int(env, args[1]));
  return view(env, const_cast<std::uint64_t*>(address));
}

// tally(engine, endpoint) -> ArrayBuffer over the cell that counts requests while the word says COUNTED, or null. An
// engine is used by the thread that made it and no other: one slot does.
napi_value tally(napi_env env, napi_callback_info info) {
  const Arguments<2> args(env, info);
  return view(env, resil_tally(instance_of(env)->engine(to_int(env, args[0])), to_int(env, args[1]), 0));
}

// state(engine, endpoint, now) -> RESIL_CLOSED ..., or a RESIL_E_*
napi_value state(napi_env env, napi_callback_info info) {
  const Arguments<3> args(env, info);
  resil_engine* engine = instance_of(env)->engine(to_int(env, args[0]));
  return number(env, resil_state(engine, to_int(env, args[1]), to_nanos(to_double(env, args[2]))));
}

// transitions(engine, endpoint, state) -> how often its breaker changed into that state, or a RESIL_E_*
napi_value transitions(napi_env env, napi_callback_info info) {
  const Arguments<3> args(env, info);
  resil_engine* engine = instance_of(env)->engine(to_int(env, args[0]));
  return number(env, static_cast<double>(resil_transitions(engine, to_int(env, args[1]), to_int(env, args[2]))));
}

// endpointText(engine, endpoint) -> JSON, "" for no such endpoint
napi_value endpoint_text(napi_env env, napi_callback_info info) {
  const Arguments<2> args(env, info);
  resil_engine* engine = instance_of(env)->engine(to_int(env, args[0]));
  const std::int32_t id = to_int(env, args[1]);
  const std::string json = grow_and_fill(
      256, [&](char* buffer, std::int64_t capacity) { return resil_endpoint_text(engine, id, buffer, capacity); });
  return text(env, json.data(), json.size());
}

// credit(engine, endpoint, count)
napi_value credit(napi_env env, napi_callback_info info) {
  const Arguments<3> args(env, info);
  resil_engine* engine = instance_of(env)->engine(to_int(env, args[0]));
  return number(env, resil_credit(engine, to_int(env, args[1]), static_cast<std::int64_t>(to_double(env, args[2]))));
}

// snapshot(engine, now) -> JSON
napi_value snapshot(napi_env env, napi_callback_info info) {
  const Arguments<2> args(env, info);
  resil_engine* engine = instance_of(env)->engine(to_int(env, args[0]));
  const std::int64_t now = to_nanos(to_double(env, args[1]));
  const std::string json = grow_and_fill(
      4096, [&](char* buffer, std::int64_t capacity) { return resil_snapshot(engine, now, buffer, capacity); });
  return text(env, json.data(), json.size());
}

}  // namespace resil::node
