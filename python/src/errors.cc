// Errors, reasons and durations on their way between C and Python.
#include <cmath>
#include <string>

#include "types.h"  // brings Python.h, which comes first

#include <datetime.h>

namespace {
PyObject* reasons[RESIL_WHY_DEADLINE - RESIL_WHY_OPEN + 1];  // set when the module loads
}

void raise_error(const char* class_name, const char* message) {
  PyObject* module = PyImport_ImportModule("resil._errors");
  PyObject* type = module != nullptr ? PyObject_GetAttrString(module, class_name) : nullptr;
  if (type != nullptr) PyErr_SetString(type, message);
  Py_XDECREF(type);
  Py_XDECREF(module);
}

void raise_code(std::int32_t code, const char* what) {
  if (code == RESIL_E_ARG) {
    PyErr_Format(PyExc_ValueError, "%s: no such endpoint or outcome (%s)", what, resil_name(code));
    return;
  }
  if (code == RESIL_E_TICKET) {
    raise_error("ResilError", "an attempt is used by one thread at a time, and this one by another thread as well");
    return;
  }
  const std::string message = std::string(what) + " failed: " + resil_name(code);
  raise_error("ResilError", message.c_str());
}

PyObject* reason_text(std::int32_t reason) {
  if (reason == 0) Py_RETURN_NONE;
  if (reason < RESIL_WHY_OPEN || reason > RESIL_WHY_DEADLINE) return PyUnicode_FromString(resil_name(reason));
  PyObject* text = reasons[reason - RESIL_WHY_OPEN];
  Py_INCREF(text);
  return text;
}

PyObject* seconds(std::int64_t ns) { return PyFloat_FromDouble(static_cast<double>(ns) / 1e9); }

PyObject* seconds_or_none(std::int64_t ns) {
  if (ns == 0) Py_RETURN_NONE;
  return seconds(ns);
}

bool prepare_texts_and_durations() {
  for (std::int32_t reason = RESIL_WHY_OPEN; reason <= RESIL_WHY_DEADLINE; ++reason) {
    PyObject* text = PyUnicode_InternFromString(resil_name(reason));
    if (text == nullptr) return false;
    reasons[reason - RESIL_WHY_OPEN] = text;
  }
  PyDateTime_IMPORT;
  return PyDateTimeAPI != nullptr;
}

bool nanoseconds(PyObject* object, std::int64_t* ns) {
  double value = 0;
  if (PyDelta_Check(object)) {
    value = 86400.0 * PyDateTime_DELTA_GET_DAYS(object) + PyDateTime_DELTA_GET_SECONDS(object) +
            PyDateTime_DELTA_GET_MICROSECONDS(object) / 1e6;
  } else {
    value = PyFloat_AsDouble(object);
    if (value == -1.0 && PyErr_Occurred()) {
      PyErr_Format(PyExc_TypeError, "a duration is seconds as a number or a timedelta, not %R", object);
      return false;
    }
  }
  if (std::isnan(value)) {
    PyErr_SetString(PyExc_ValueError, "a duration cannot be nan");
    return false;
  }
  constexpr double kMost = 9.2e9;  // seconds: 291 years, about what 63 bits of ns hold
  *ns = static_cast<std::int64_t>(std::llround(std::fmin(std::fmax(value, -kMost), kMost) * 1e9));
  return true;
}
