#include "instance.h"

namespace resil::node {
namespace {

// A buffer that JavaScript owns and this environment keeps: unlike external memory, every host allows it.
bool make_buffer(napi_env env, std::size_t bytes, void** data, napi_ref* reference) {
  napi_value buffer = nullptr;
  return napi_create_arraybuffer(env, bytes, data, &buffer) == napi_ok &&
         napi_create_reference(env, buffer, 1, reference) == napi_ok;
}

}  // namespace

Instance::~Instance() {
  for (Slot& slot : slots_) {
    resil_close(slot.engine);
    if (slot.guard != nullptr) slot.guard->instance = nullptr;
  }
}

bool Instance::prepare(napi_env env) {
  void* data = nullptr;
  if (!make_buffer(env, sizeof(Registers), &data, &register_buffer)) return false;
  registers = static_cast<Registers*>(data);
  if (!make_buffer(env, sizeof(double) * kEventRows * kEventColumns, &data, &event_buffer)) return false;
  event_rows = static_cast<double*>(data);
  return true;
}

Guard* Instance::add(resil_engine* engine) {
  auto* guard = new Guard{this, static_cast<std::uint32_t>(slots_.size())};
  slots_.push_back(Slot{engine, guard, 0});
  return guard;
}

void Instance::drop(Guard* guard) {
  if (guard->instance != nullptr) {
    guard->instance->close(static_cast<std::int32_t>(guard->number));
    guard->instance->slots_[guard->number].guard = nullptr;
  }
  delete guard;
}

Slot* Instance::slot(std::int32_t number) {
  if (number < 0 || static_cast<std::size_t>(number) >= slots_.size()) return nullptr;
  Slot& slot = slots_[static_cast<std::size_t>(number)];
  return slot.engine == nullptr ? nullptr : &slot;
}

resil_engine* Instance::engine(std::int32_t number) {
  Slot* found = slot(number);
  return found == nullptr ? nullptr : found->engine;
}

void Instance::close(std::int32_t number) {
  Slot* found = slot(number);
  if (found == nullptr) return;
  resil_close(found->engine);
  found->engine = nullptr;
}

std::uint32_t Instance::take_ticket() {
  if (free_tickets_.empty()) {
    tickets_.push_back(resil_ticket{});
    return static_cast<std::uint32_t>(tickets_.size() - 1);
  }
  const std::uint32_t number = free_tickets_.back();
  free_tickets_.pop_back();
  return number;
}

void Instance::give_ticket(std::uint32_t number) {
  if (number < tickets_.size()) free_tickets_.push_back(number);
}

resil_ticket* Instance::ticket(std::int32_t number) {
  if (number < 0 || static_cast<std::size_t>(number) >= tickets_.size()) return nullptr;
  return &tickets_[static_cast<std::size_t>(number)];
}

Instance* instance_of(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return static_cast<Instance*>(data);
}

}  // namespace resil::node
