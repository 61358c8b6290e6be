// What one JavaScript environment (the main thread or a worker) owns. There is no other state: two workers share
// nothing.
#pragma once

#include <node_api.h>
#include <resil.h>

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "registers.h"

namespace resil::node {

class Instance;

// Held by a JavaScript value: when the collector takes that, the engine is closed if nobody closed it. An environment
// that ends may drop its instance first or last, so each side tells the other.
struct Guard {
  Instance* instance;
  std::uint32_t number;
};

// An engine and its reader of events. Numbers of engines are never reused, so a stale number cannot reach another
// engine.
struct Slot {
  resil_engine* engine = nullptr;
  Guard* guard = nullptr;
  std::uint64_t cursor = 0;
};

class Instance {
 public:
  ~Instance();
  Instance() = default;
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Makes the shared buffers; false with a pending exception if the environment could not.
  bool prepare(napi_env env);

  Guard* add(resil_engine* engine);
  static void drop(Guard* guard);  // the collector took the guard
  Slot* slot(std::int32_t number);
  resil_engine* engine(std::int32_t number);
  void close(std::int32_t number);

  std::uint32_t take_ticket();
  void give_ticket(std::uint32_t number);
  resil_ticket* ticket(std::int32_t number);
  std::size_t tickets_held() const { return tickets_.size() - free_tickets_.size(); }

  Registers* registers = nullptr;
  double* event_rows = nullptr;
  std::array<resil_event, kEventRows> events{};
  std::int32_t event_count = 0;
  std::int32_t events_of = -1;  // the engine that `events` came from
  napi_ref register_buffer = nullptr;
  napi_ref event_buffer = nullptr;

 private:
  std::deque<Slot> slots_;  // deques: addresses hold while they grow
  std::deque<resil_ticket> tickets_;
  std::vector<std::uint32_t> free_tickets_;
};

Instance* instance_of(napi_env env);

}  // namespace resil::node
