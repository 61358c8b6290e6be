// The arguments of a call on their way: as a vectorcall brings them, and as tuple and dict for where Python goes on.
#pragma once

#include "types.h"

struct Call {
  EndpointObject* endpoint;
  PyObject* const* args;  // fn, positional arguments, values of keyword arguments
  Py_ssize_t count;       // of fn and positional arguments
  PyObject* kwnames;      // a tuple or NULL

  PyObject* make() const { return PyObject_Vectorcall(args[0], args + 1, static_cast<size_t>(count - 1), kwnames); }
};

inline PyObject* or_none(PyObject* object) { return object != nullptr ? object : Py_None; }

inline PyObject* positional(const Call& call) {
  PyObject* tuple = PyTuple_New(call.count - 1);
  if (tuple == nullptr) return nullptr;
  for (Py_ssize_t i = 1; i < call.count; ++i) {
    Py_INCREF(call.args[i]);
    PyTuple_SET_ITEM(tuple, i - 1, call.args[i]);
  }
  return tuple;
}

inline PyObject* keywords(const Call& call) {
  PyObject* dict = PyDict_New();
  if (dict == nullptr || call.kwnames == nullptr) return dict;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(call.kwnames); ++i) {
    if (PyDict_SetItem(dict, PyTuple_GET_ITEM(call.kwnames, i), call.args[call.count + i]) < 0) {
      Py_DECREF(dict);
      return nullptr;
    }
  }
  return dict;
}

// Goes on in Python: self.NAME(attempt, made, fn, args, kwargs, value, error). `made`: the attempt is over, with value
// or error. Without an attempt nothing has begun. Steals attempt, value and error.
inline PyObject* go_on(const Call& call, PyObject* name, PyObject* attempt, bool made, PyObject* value,
                       PyObject* error) {
  PyObject* tuple = positional(call);
  PyObject* dict = tuple != nullptr ? keywords(call) : nullptr;
  PyObject* answer = nullptr;
  if (dict != nullptr) {
    PyObject* all[] = {reinterpret_cast<PyObject*>(call.endpoint),
                       or_none(attempt),
                       made ? Py_True : Py_False,
                       call.args[0],
                       tuple,
                       dict,
                       or_none(value),
                       or_none(error)};
    answer = PyObject_VectorcallMethod(name, all, 8, nullptr);
  }
  Py_XDECREF(tuple);
  Py_XDECREF(dict);
  Py_XDECREF(attempt);
  Py_XDECREF(value);
  Py_XDECREF(error);
  return answer;
}
