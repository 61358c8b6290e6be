// The budget of the attempt around the caller, in a context variable: it follows coroutines and greenlets. Only
// attempts that have a budget set it, so that the others do not pay for it.
#include "types.h"

PyObject* enter_budget(AttemptObject* attempt) {
  if (attempt->ticket.timeout_ns == 0) Py_RETURN_NONE;
  PyObject* outer = nullptr;
  if (PyContextVar_Get(types.current, nullptr, &outer) < 0) return nullptr;
  if (outer == Py_None || outer == reinterpret_cast<PyObject*>(attempt)) Py_CLEAR(outer);
  Py_XDECREF(attempt->outer);
  attempt->outer = outer;
  return PyContextVar_Set(types.current, reinterpret_cast<PyObject*>(attempt));
}

void leave_budget(PyObject* token) {
  if (token == Py_None) return;
  if (PyContextVar_Reset(types.current, token) < 0)
    PyErr_Clear();  // left in another context than entered: nothing to undo
}

// The least that any attempt around the caller has left: an inner budget does not extend an outer one.
PyObject* time_left(PyObject*, PyObject*) {
  PyObject* current = nullptr;
  if (PyContextVar_Get(types.current, nullptr, &current) < 0) return nullptr;
  std::int64_t least = INT64_MAX;
  for (PyObject* at = current; at != nullptr && at != Py_None; at = reinterpret_cast<AttemptObject*>(at)->outer) {
    auto* attempt = reinterpret_cast<AttemptObject*>(at);
    std::int64_t now = steady_now();
    if (attempt->endpoint->clock != nullptr && !call_clock(attempt->endpoint->clock, &now)) {
      Py_DECREF(current);
      return nullptr;
    }
    const std::int64_t left = attempt->ticket.timeout_ns - (now - attempt->began_ns);
    if (attempt->in_flight && left < least) least = left;
  }
  Py_XDECREF(current);
  if (least == INT64_MAX) Py_RETURN_NONE;
  return seconds(least > 0 ? least : 0);
}
