// What an object says about the call that returned it: an HTTP status, if it looks like a response.
#include "compat.h"
#include "types.h"

namespace {

struct Names {
  PyObject* status_code = PyUnicode_InternFromString("status_code");
  PyObject* status = PyUnicode_InternFromString("status");
  PyObject* headers = PyUnicode_InternFromString("headers");
};

const Names& names() {
  static const Names names;
  return names;
}

// Most results are of these types, and none of them carries a status.
bool surely_plain(PyObject* object) {
  return object == Py_None || PyLong_CheckExact(object) || PyUnicode_CheckExact(object) || PyDict_CheckExact(object) ||
         PyList_CheckExact(object) || PyTuple_CheckExact(object) || PyBytes_CheckExact(object) ||
         PyFloat_CheckExact(object) || PyBool_Check(object);
}

// 100..599, or 0 if the attribute is missing or something else.
int status_in(PyObject* object, PyObject* name) {
  PyObject* value = nullptr;
  const int found = optional_attribute(object, name, &value);
  if (found <= 0) return found;
  long status = 0;
  if (PyLong_Check(value) && !PyBool_Check(value)) status = PyLong_AsLong(value);
  Py_DECREF(value);
  if (status == -1 && PyErr_Occurred()) PyErr_Clear();  // far too large: no status
  return status >= 100 && status <= 599 ? static_cast<int>(status) : 0;
}

}  // namespace

// `status_code` (requests, httpx) is telling by itself. `status` (aiohttp, urllib3, http.client) is a word that orders
// and jobs use too, so it only counts beside `headers`.
std::int32_t outcome_of(PyObject* object) {
  if (surely_plain(object)) return RESIL_SUCCESS;
  int status = status_in(object, names().status_code);
  if (status == 0) {
    status = status_in(object, names().status);
    if (status > 0) {
      PyObject* headers = nullptr;
      const int found = optional_attribute(object, names().headers, &headers);
      Py_XDECREF(headers);
      if (found <= 0) status = found;
    }
  }
  if (status < 0) return -1;
  return status == 0 ? RESIL_SUCCESS : RESIL_HTTP(status);
}

PyObject* status_of(PyObject*, PyObject* object) {
  const std::int32_t outcome = outcome_of(object);
  if (outcome < 0) return nullptr;
  if (outcome == RESIL_SUCCESS) Py_RETURN_NONE;
  return PyLong_FromLong(outcome - RESIL_HTTP(0));
}
