// Events, pulled right after the call that caused them.
#include "events.h"

#include "instance.h"
#include "values.h"

namespace resil::node {

// drain(engine) -> how many rows of the event buffer are new; at most kEventRows, so call again until it answers less
napi_value drain(napi_env env, napi_callback_info info) {
  const Arguments<1> args(env, info);
  Instance& instance = *instance_of(env);
  const std::int32_t engine = to_int(env, args[0]);
  Slot* slot = instance.slot(engine);
  instance.event_count = 0;
  if (slot == nullptr) return number(env, 0);
  const std::int32_t count =
      resil_events(slot->engine, &slot->cursor, instance.events.data(), static_cast<std::int32_t>(kEventRows));
  if (count <= 0) return number(env, 0);
  instance.event_count = count;
  instance.events_of = engine;
  for (std::int32_t i = 0; i < count; ++i) {
    const resil_event& event = instance.events[static_cast<std::size_t>(i)];
    double* row = instance.event_rows + static_cast<std::size_t>(i) * kEventColumns;
    row[kSeq] = static_cast<double>(event.seq);
    row[kTime] = static_cast<double>(event.time_ns);
    row[kEventEndpoint] = event.endpoint;
    row[kKind] = event.kind;
    row[kBefore] = event.before;
    row[kAfter] = event.after;
    row[kValue] = static_cast<double>(event.value);
    row[kEventFlags] = static_cast<double>(event.reserved[0]);
  }
  return number(env, count);
}

// event_text(row) -> the line to log for a row of the last drain; "" = none
napi_value event_text(napi_env env, napi_callback_info info) {
  const Arguments<1> args(env, info);
  Instance& instance = *instance_of(env);
  const std::int32_t row = to_int(env, args[0]);
  Slot* slot = instance.slot(instance.events_of);
  if (slot == nullptr || row < 0 || row >= instance.event_count) return text(env, "");
  const resil_event& event = instance.events[static_cast<std::size_t>(row)];
  const std::string line = grow_and_fill(256, [&](char* buffer, std::int64_t capacity) {
    return resil_event_text(slot->engine, &event, buffer, capacity);
  });
  return text(env, line.data(), line.size());
}

}  // namespace resil::node
