// The budget of the attempt around the caller, in a context variable: it follows coroutines and greenlets. Only
// attempts that have a budget set it, so that the others do not pay for it.
#include <algorithm>

#include "types.h"

namespace {

AttemptObject* attempt_of(PyObject* object) { return reinterpret_cast<AttemptObject*>(object); }

// INT64_MAX for an attempt that is over: a task started inside it goes on in its context. False: an exception is set.
bool left_of(const AttemptObject* attempt, std::int64_t* left) {
  *left = INT64_MAX;
  if (!attempt->in_flight) return true;
  std::int64_t now = 0;
  if (attempt->endpoint->clock == nullptr) {
    now = steady_now();
  } else if (!call_clock(attempt->endpoint->clock, &now)) {
    return false;
  }
  *left = std::max<std::int64_t>(0, attempt->budget_ns - (now - attempt->began_ns));
  return true;
}

}  // namespace

// An inner budget does not extend an outer one. What the outer one has left is taken over here, not looked up later, so
// that attempts need not hold on to each other.
PyObject* enter_budget(AttemptObject* attempt) {
  if (attempt->ticket.timeout_ns == 0) Py_RETURN_NONE;
  attempt->budget_ns = attempt->ticket.timeout_ns;
  PyObject* outer = nullptr;
  if (PyContextVar_Get(types.current, nullptr, &outer) < 0) return nullptr;
  std::int64_t left = INT64_MAX;
  const bool known =
      outer == Py_None || outer == reinterpret_cast<PyObject*>(attempt) || left_of(attempt_of(outer), &left);
  Py_DECREF(outer);
  if (!known) return nullptr;
  attempt->budget_ns = std::min(attempt->budget_ns, left);
  return PyContextVar_Set(types.current, reinterpret_cast<PyObject*>(attempt));
}

void leave_budget(PyObject* token) {
  if (token == Py_None) return;
  if (PyContextVar_Reset(types.current, token) < 0)
    PyErr_Clear();  // left in another context than entered: nothing to undo
}

PyObject* time_left(PyObject*, PyObject*) {
  PyObject* current = nullptr;
  if (PyContextVar_Get(types.current, nullptr, &current) < 0) return nullptr;
  std::int64_t left = INT64_MAX;
  const bool known = current == Py_None || left_of(attempt_of(current), &left);
  Py_DECREF(current);
  if (!known) return nullptr;
  if (left == INT64_MAX) Py_RETURN_NONE;
  return seconds(left);
}
