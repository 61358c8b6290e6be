#include "engine.h"

#include <pybind11/stl.h>

#include <array>

#include "types.h"

namespace py = pybind11;
using namespace pybind11::literals;

namespace {

const char* or_null(const std::optional<std::string>& text) { return text ? text->c_str() : nullptr; }

[[noreturn]] void throw_error(const resil_error& error) {
  py::object type =
      py::module_::import("resil._errors").attr(error.code == RESIL_E_CONFIG ? "ConfigError" : "ResilError");
  py::object raised = error.code == RESIL_E_CONFIG
                          ? type(error.message, error.line, error.column)
                          : type(error.message[0] != 0 ? error.message : resil_name(error.code));
  PyErr_SetObject(type.ptr(), raised.ptr());
  throw py::error_already_set();
}

// Keeps the engine from being freed while a call uses it.
class Inside {
 public:
  explicit Inside(Gate& gate, bool late = false) : gate_(gate) {
    if (late ? gate_.enter_late() : gate_.enter()) return;
    raise_error("EngineClosedError", "the engine is closed");
    throw py::error_already_set();
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { gate_.leave(); }
  resil_engine* engine() const { return gate_.engine(); }

 private:
  Gate& gate_;
};

// Calls `write(buffer, capacity)` until the text fits: it may grow between two calls.
template <typename Write>
std::string whole_text(Write write) {
  std::string text(1024, '\0');
  while (true) {
    const std::int64_t length = write(text.data(), static_cast<std::int64_t>(text.size()));
    if (length < 0) {
      const py::gil_scoped_acquire acquire;
      raise_code(static_cast<std::int32_t>(length), "reading a text");
      throw py::error_already_set();
    }
    if (length < static_cast<std::int64_t>(text.size())) {
      text.resize(static_cast<std::size_t>(length));
      return text;
    }
    text.resize(static_cast<std::size_t>(length) + length / 8 + 1);
  }
}

py::str decode(const std::string& text) {
  return py::reinterpret_steal<py::str>(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

}  // namespace

resil_options Settings::options() const {
  resil_options options{};
  options.size = sizeof options;
  options.flags = (lenient ? RESIL_LENIENT : 0) | (every_rejection ? RESIL_EVERY_REJECTION : 0);
  options.app_id = or_null(app_id);
  options.config_path = or_null(config);
  options.max_endpoints = max_endpoints;
  options.event_capacity = event_capacity;
  options.jitter_seed = jitter_seed;
  options.max_bytes = max_bytes;
  return options;
}

std::unique_ptr<Engine> Engine::open(const Settings& settings, const std::optional<std::string>& path,
                                     const std::string& text) {
  const resil_options options = settings.options();
  resil_error error{};
  resil_engine* engine = nullptr;
  {
    py::gil_scoped_release release;
    engine = path ? resil_open_path(&options, path->c_str(), &error)
                  : resil_open(&options, text.data(), static_cast<std::int64_t>(text.size()), &error);
  }
  if (engine == nullptr) throw_error(error);
  return std::unique_ptr<Engine>(new Engine(engine));
}

void Engine::reload(const std::optional<std::string>& path, const std::string& text) {
  Inside inside(*gate_);
  resil_error error{};
  std::int32_t code = 0;
  {
    py::gil_scoped_release release;
    code = path ? resil_reload_path(inside.engine(), path->c_str(), &error)
                : resil_reload(inside.engine(), text.data(), static_cast<std::int64_t>(text.size()), &error);
  }
  if (code >= 0) return;
  error.code = code;
  throw_error(error);
}

std::int32_t Engine::endpoint(std::int32_t kind, const std::string& name, const std::optional<std::string>& instance) {
  Inside inside(*gate_);
  const std::int32_t id =
      resil_endpoint(inside.engine(), kind, name.data(), static_cast<std::int64_t>(name.size()),
                     instance ? instance->data() : nullptr, instance ? static_cast<std::int64_t>(instance->size()) : 0);
  if (id >= 0) return id;
  if (id == RESIL_E_FULL) {
    raise_error("ResilError",
                "no room for another endpoint: raise max_endpoints, and make endpoints once, not for each call");
  } else {
    raise_code(id, "endpoint");
  }
  throw py::error_already_set();
}

py::object Engine::state(std::int32_t endpoint, const std::optional<std::int64_t>& now) {
  Inside inside(*gate_);
  switch (resil_state(inside.engine(), endpoint, now.value_or(RESIL_NOW))) {
    case RESIL_CLOSED: return py::str("closed");
    case RESIL_OPEN: return py::str("open");
    case RESIL_HALF_OPEN: return py::str("half-open");
    default: return py::none();
  }
}

py::str Engine::snapshot(const std::optional<std::int64_t>& now) {
  Inside inside(*gate_);
  return decode(whole_text([&](char* buffer, std::int64_t capacity) {
    return resil_snapshot(inside.engine(), now.value_or(RESIL_NOW), buffer, capacity);
  }));
}

void Engine::credit(std::int32_t endpoint, std::int64_t calls) {
  Inside inside(*gate_);
  const std::int32_t code = resil_credit(inside.engine(), endpoint, calls);
  if (code >= 0) return;
  raise_code(code, "credit");
  throw py::error_already_set();
}

py::list Reader::read() {
  Inside inside(*gate_, true);
  std::array<resil_event, 64> events;
  std::int32_t count = 0;
  std::uint64_t before = 0;
  {
    const std::lock_guard<std::mutex> guard(lock_);
    before = cursor_;
    count = resil_events(inside.engine(), &cursor_, events.data(), static_cast<std::int32_t>(events.size()));
  }
  py::list list;
  for (std::int32_t i = 0; i < count; ++i) {
    const resil_event& event = events[static_cast<std::size_t>(i)];
    const std::string text = whole_text([&](char* buffer, std::int64_t capacity) {
      return resil_event_text(inside.engine(), &event, buffer, capacity);
    });
    list.append(py::make_tuple(event.seq, event.time_ns, event.endpoint, event.kind, event.before, event.after,
                               event.value, event.seq - before - 1, decode(text)));
    before = event.seq;
  }
  return list;
}

void bind_engine(py::module_& module) {
  py::class_<Settings>(module, "Settings")
      .def(py::init([](bool lenient, bool every_rejection, std::optional<std::string> app_id,
                       std::optional<std::string> config, std::uint32_t max_endpoints, std::uint32_t event_capacity,
                       std::uint64_t jitter_seed, std::uint64_t max_bytes) {
             return Settings{lenient,       every_rejection, std::move(app_id), std::move(config),
                             max_endpoints, event_capacity,  jitter_seed,       max_bytes};
           }),
           py::kw_only(), "lenient"_a, "every_rejection"_a, "app_id"_a, "config"_a, "max_endpoints"_a,
           "event_capacity"_a, "jitter_seed"_a, "max_bytes"_a);
  py::class_<Engine>(module, "Engine")
      .def_static("open", &Engine::open, "settings"_a, "path"_a, "text"_a)
      .def("reload", &Engine::reload, "path"_a, "text"_a)
      .def("close", &Engine::close)
      .def_property_readonly("closed", &Engine::closed)
      .def("endpoint", &Engine::endpoint, "kind"_a, "name"_a, "instance"_a)
      .def("state", &Engine::state, "endpoint"_a, "now"_a)
      .def("snapshot", &Engine::snapshot, "now"_a)
      .def("credit", &Engine::credit, "endpoint"_a, "calls"_a);
  py::class_<Reader>(module, "Reader").def(py::init<const Engine&>(), "engine"_a).def("read", &Reader::read);
  module.def(
      "check",
      [](const Settings& settings, const std::optional<std::string>& path, const std::string& text) {
        const resil_options options = settings.options();
        std::string lines;
        {
          py::gil_scoped_release release;
          lines = whole_text([&](char* buffer, std::int64_t capacity) {
            const char* from = path ? nullptr : text.data();
            return resil_check(&options, from, static_cast<std::int64_t>(text.size()), or_null(path), buffer, capacity);
          });
        }
        return decode(lines);
      },
      "settings"_a, "path"_a, "text"_a);
}
