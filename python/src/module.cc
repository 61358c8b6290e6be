// resil._resil: the extension module. The public names are those of the package around it.
#include <string>

#include "engine.h"
#include "types.h"

namespace py = pybind11;

namespace {

py::object owned(void* object) {
  if (object == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(static_cast<PyObject*>(object));
}

// The module keeps a reference for Python's sake, `types` one for as long as the process lives.
template <typename Type>
Type* kept(py::module_& module, const char* name, Type* object) {
  py::object held = owned(object);
  module.attr(name) = held;
  return reinterpret_cast<Type*>(held.release().ptr());
}

PyMethodDef functions[] = {
    {"status_of", status_of, METH_O, "The HTTP status that an object carries in the manner of a response, or None."},
    {"time_left", time_left, METH_NOARGS,
     "time_left() -> seconds that the attempt around the caller has left, or None where nothing limits it."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

PYBIND11_MODULE(_resil, module, py::mod_gil_not_used()) {
  if (resil_abi() != RESIL_ABI) {
    throw py::import_error("resil's Python package needs ABI " + std::to_string(RESIL_ABI) +
                           " of its library, but version " + resil_version() + " has ABI " +
                           std::to_string(resil_abi()) + ": install both from one release");
  }
  if (!prepare_texts_and_durations()) throw py::error_already_set();
  types.endpoint = kept(module, "Endpoint", make_endpoint_type(module.ptr()));
  types.attempt = kept(module, "Attempt", make_attempt_type(module.ptr()));
  types.result = kept(module, "Result", make_result_type(module.ptr()));
  types.acall = kept(module, "Acall", make_acall_type(module.ptr()));
  types.current = kept(module, "current", PyContextVar_New("resil_attempt", Py_None));
  if (PyModule_AddFunctions(module.ptr(), functions) < 0) throw py::error_already_set();
  bind_engine(module);

  module.attr("version") = resil_version();
  const std::pair<const char*, int> constants[] = {{"SUCCESS", RESIL_SUCCESS},
                                                   {"FAILURE", RESIL_FAILURE},
                                                   {"TIMEOUT", RESIL_TIMEOUT},
                                                   {"CANCELLED", RESIL_CANCELLED},
                                                   {"HTTP", RESIL_HTTP(0)},
                                                   {"GRPC", RESIL_GRPC(0)},
                                                   {"DONE", RESIL_DONE},
                                                   {"RETRY", RESIL_RETRY},
                                                   {"GIVE_UP", RESIL_GIVE_UP},
                                                   {"APP", RESIL_APP},
                                                   {"ACTOR", RESIL_ACTOR},
                                                   {"COMPONENT_IN", RESIL_COMPONENT_IN},
                                                   {"COMPONENT_OUT", RESIL_COMPONENT_OUT},
                                                   {"BUILTIN", RESIL_BUILTIN}};
  for (const auto& [name, value] : constants) module.attr(name) = value;
  // The engine's words for reasons, so that Python does not repeat them.
  module.attr("OPEN") = resil_name(RESIL_WHY_OPEN);
  module.attr("HALF_OPEN_FULL") = resil_name(RESIL_WHY_HALF_OPEN_FULL);
  module.attr("EXHAUSTED") = resil_name(RESIL_WHY_EXHAUSTED);
  module.attr("DEADLINE") = resil_name(RESIL_WHY_DEADLINE);
  module.attr("event_kinds") =
      py::make_tuple("", "breaker", "retry", "recovered", "rejected", "timed-out", "gave-up", "warning");
  module.attr("states") = py::make_tuple("closed", "open", "half-open");
  module.def("name", [](int code) { return resil_name(code); });
}
