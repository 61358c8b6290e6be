// Engine: the cold side of the ABI (load, reload, look) as pybind11 carries it.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gate.h"
#include "resil.h"

struct Settings {  // resil_options, owning its strings
  bool lenient = false, every_rejection = false;
  std::optional<std::string> app_id, config;
  std::uint32_t max_endpoints = 0, event_capacity = 0;
  std::uint64_t jitter_seed = 0, max_bytes = 0;

  resil_options options() const;
};

class Engine {
 public:
  static std::unique_ptr<Engine> open(const Settings& settings, const std::optional<std::string>& path,
                                      const std::string& text);

  void reload(const std::optional<std::string>& path, const std::string& text);
  void close() { gate_->close(); }
  bool closed() const { return gate_->closed(); }

  std::int32_t endpoint(std::int32_t kind, const std::string& name, const std::optional<std::string>& instance);
  pybind11::object state(std::int32_t endpoint, const std::optional<std::int64_t>& now);
  pybind11::str snapshot(const std::optional<std::int64_t>& now);
  void credit(std::int32_t endpoint, std::int64_t calls);

  const std::shared_ptr<Gate>& gate() const { return gate_; }

 private:
  explicit Engine(resil_engine* engine) : gate_(std::make_shared<Gate>(engine)) {}
  std::shared_ptr<Gate> gate_;
};

// One reader of an engine's events, with its own cursor. Any thread may read; each event is handed out once.
class Reader {
 public:
  explicit Reader(const Engine& engine) : gate_(engine.gate()) {}
  pybind11::list read();

 private:
  std::shared_ptr<Gate> gate_;
  std::mutex lock_;
  std::uint64_t cursor_ = 0;
};

void bind_engine(pybind11::module_& module);
