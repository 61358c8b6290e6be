// call and try_call, as far as the attempt succeeds or the operation is rejected at once: begin, fn, end, without a
// Python frame of our own. Everything else (failures, retries, waits, odd options) goes on in Python, in _operation.py.
#include "arguments.h"
#include "compat.h"

namespace {

enum class Form { Value, Result };

PyObject* go_on(const Call& call, Form form, AttemptObject* attempt, bool made, PyObject* value, PyObject* error) {
  static PyObject* const in_value = PyUnicode_InternFromString("_call");
  static PyObject* const in_result = PyUnicode_InternFromString("_try_call");
  return go_on(call, form == Form::Value ? in_value : in_result, reinterpret_cast<PyObject*>(attempt), made, value,
               error);
}

// fn, where the attempt has a budget: time_left() knows it meanwhile.
PyObject* make_within(const Call& call, AttemptObject* attempt) {
  PyObject* token = enter_budget(attempt);
  if (token == nullptr) return nullptr;
  PyObject* value = call.make();
  PyObject* error = value == nullptr ? take_exception() : nullptr;
  leave_budget(token);
  Py_DECREF(token);
  if (error != nullptr) give_exception(error);
  return value;
}

// An attempt that is over, with fn's value, or an exception set if that is NULL.
PyObject* finish(const Call& call, Form form, resil_ticket* ticket, AttemptObject* attempt, std::int64_t began,
                 PyObject* value) {
  bool in_flight = true;
  const std::int32_t ended = value != nullptr ? end_if_successful(call.endpoint, ticket, value, &in_flight) : 0;
  if (attempt != nullptr) attempt->in_flight = in_flight;
  if (ended != 0) {
    if (ended < 0) Py_CLEAR(value);  // reading the status raised, or the clock did
    if (in_flight && attempt == nullptr) abandon_ticket(call.endpoint, ticket);
    Py_XDECREF(attempt);
    return value == nullptr || form == Form::Value ? value : result_of_value(value);
  }
  PyObject* error = value == nullptr ? take_exception() : nullptr;
  if (attempt == nullptr) attempt = make_attempt(call.endpoint, *ticket, true, began);
  if (attempt == nullptr) {
    abandon_ticket(call.endpoint, ticket);
    Py_XDECREF(value);
    Py_XDECREF(error);
    return nullptr;
  }
  return go_on(call, form, attempt, true, value, error);
}

PyObject* raise_rejection(EndpointObject* endpoint, const resil_ticket& ticket) {
  PyObject* reason = reason_text(ticket.reason);
  PyObject* error =
      reason == nullptr ? nullptr : rejection_error(reinterpret_cast<PyObject*>(endpoint), reason, ticket.delay_ns);
  Py_XDECREF(reason);
  if (error == nullptr) return nullptr;
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error)), error);
  Py_DECREF(error);
  return nullptr;
}

PyObject* run(const Call& call, Form form) {
  if (call.count < 1) {
    PyErr_SetString(PyExc_TypeError, "call() needs the function to call: endpoint.call(fn, *args, **kwargs)");
    return nullptr;
  }
  EndpointObject* endpoint = call.endpoint;
  if (!endpoint->plain) return go_on(call, form, nullptr, false, nullptr, nullptr);

  resil_ticket ticket{};
  std::int64_t began = 0;
  const std::int32_t answer = begin_ticket(endpoint, &ticket, &began);
  if (answer < 0) return nullptr;
  if (answer == RESIL_REJECT) {
    if (!endpoint->wait)
      return form == Form::Result ? result_of_rejection(endpoint, ticket) : raise_rejection(endpoint, ticket);
    AttemptObject* attempt = make_attempt(endpoint, ticket, false, 0);
    return attempt != nullptr ? go_on(call, form, attempt, false, nullptr, nullptr) : nullptr;
  }
  if (ticket.timeout_ns == 0) return finish(call, form, &ticket, nullptr, began, call.make());

  AttemptObject* attempt = make_attempt(endpoint, ticket, true, began);
  if (attempt == nullptr) {
    abandon_ticket(endpoint, &ticket);
    return nullptr;
  }
  return finish(call, form, &attempt->ticket, attempt, began, make_within(call, attempt));
}

}  // namespace

PyObject* endpoint_call(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* kwnames) {
  return run({reinterpret_cast<EndpointObject*>(self), args, count, kwnames}, Form::Value);
}

PyObject* endpoint_try_call(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* kwnames) {
  return run({reinterpret_cast<EndpointObject*>(self), args, count, kwnames}, Form::Result);
}
