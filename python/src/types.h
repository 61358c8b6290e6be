// The raw CPython types. begin, end and call take this way instead of pybind11's because a method of a plain C type
// costs a tenth of a bound one; everything that is not called once per attempt lives in engine.cc.
#pragma once

#include <Python.h>

#include <cstdint>
#include <memory>

#include "gate.h"
#include "resil.h"

struct EndpointObject {  // immutable once made, so it needs no lock without a GIL
  PyObject_HEAD std::shared_ptr<Gate> gate;
  std::int32_t id;
  bool plain;                // call() needs nothing of Python's unless the attempt fails
  bool wait;                 // a rejection is waited out
  std::int64_t deadline_ns;  // of an operation, from its first begin; 0: none
  PyObject* clock;           // returns now in ns; NULL: the engine reads its own
  PyObject* on_events;       // called without arguments when there are events to log
};

struct AttemptObject {                     // used by one thread at a time
  PyObject_HEAD EndpointObject* endpoint;  // strong
  resil_ticket ticket;
  std::int64_t began_ns;  // only where there is a budget
  bool in_flight;
  bool allowed;
  std::int32_t verdict;
  std::int64_t budget_ns;  // what time_left() counts from: the timeout, or less where an attempt around it has less
};

struct Types {  // set when the module loads, constant from then on
  PyTypeObject* endpoint;
  PyTypeObject* attempt;
  PyTypeObject* result;
  PyTypeObject* acall;
  PyObject* current;  // the context variable holding the innermost attempt that has a budget
};
extern Types types;

// attempt.cc. False or a negative answer means that a Python exception is set.
std::int64_t steady_now();  // the clock that RESIL_NOW reads
bool call_clock(PyObject* clock, std::int64_t* now);
std::int32_t begin_ticket(EndpointObject* endpoint, resil_ticket* ticket,
                          std::int64_t* began);  // *began only with a budget
std::int32_t end_ticket(EndpointObject* endpoint, resil_ticket* ticket, std::int32_t outcome, bool* in_flight);
// 1: value says success, and the attempt has ended. 0: it has to be looked at in Python. -1: an exception.
std::int32_t end_if_successful(EndpointObject* endpoint, resil_ticket* ticket, PyObject* value, bool* in_flight);
void abandon_ticket(EndpointObject* endpoint, resil_ticket* ticket);  // a cancelled end, whatever happens
AttemptObject* make_attempt(EndpointObject* endpoint);                // not begun
AttemptObject* make_attempt(EndpointObject* endpoint, const resil_ticket& ticket, bool allowed, std::int64_t began);
PyTypeObject* make_attempt_type(PyObject* module);

// budget.cc: what time_left() knows. enter_budget returns a token for leave_budget, or None without a budget.
PyObject* enter_budget(AttemptObject* attempt);
void leave_budget(PyObject* token);
PyObject* time_left(PyObject*, PyObject*);

// endpoint.cc, call.cc, acall.cc
PyTypeObject* make_endpoint_type(PyObject* module);
PyObject* endpoint_call(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames);
PyObject* endpoint_acall(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames);
PyTypeObject* make_acall_type(PyObject* module);
PyObject* endpoint_try_call(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames);

// result.cc
PyTypeObject* make_result_type(PyObject* module);
PyObject* result_of_value(PyObject* value);                                                    // steals
PyObject* rejection_error(PyObject* endpoint, PyObject* reason, std::int64_t retry_after_ns);  // an exception, not set
PyObject* result_of_rejection(EndpointObject* endpoint, const resil_ticket& ticket);

// outcome.cc
std::int32_t outcome_of(PyObject* object);         // what an HTTP-like object says; -1 with an exception
PyObject* status_of(PyObject*, PyObject* object);  // the same for Python: a status or None

// errors.cc: classes live in resil/_errors.py, so that they read as Python
void raise_error(const char* class_name, const char* message);
void raise_code(std::int32_t code, const char* what);
PyObject* reason_text(std::int32_t reason);  // None or resil_name's
PyObject* seconds(std::int64_t ns);
PyObject* seconds_or_none(std::int64_t ns);
bool prepare_texts_and_durations();                    // once, when the module loads
bool nanoseconds(PyObject* object, std::int64_t* ns);  // from float or int seconds or a timedelta
