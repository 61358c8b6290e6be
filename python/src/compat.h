// What CPython calls differently from 3.9 to today.
#pragma once

#include <Python.h>

// The exception that is set, taken; NULL if none is. The caller owns it.
inline PyObject* take_exception() {
#if PY_VERSION_HEX >= 0x030C0000
  return PyErr_GetRaisedException();
#else
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  if (type == nullptr) return nullptr;
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback != nullptr) PyException_SetTraceback(value, traceback);
  Py_XDECREF(type);
  Py_XDECREF(traceback);
  return value;
#endif
}

// Raises it again; steals it. NULL clears.
inline void give_exception(PyObject* exception) {
#if PY_VERSION_HEX >= 0x030C0000
  PyErr_SetRaisedException(exception);
#else
  if (exception == nullptr) return PyErr_Clear();
  PyObject* type = reinterpret_cast<PyObject*>(Py_TYPE(exception));
  Py_INCREF(type);
  PyErr_Restore(type, exception, PyException_GetTraceback(exception));
#endif
}

// 1: *value is the attribute. 0: there is none. -1: an exception other than AttributeError.
inline int optional_attribute(PyObject* object, PyObject* name, PyObject** value) {
#if PY_VERSION_HEX >= 0x030D0000
  return PyObject_GetOptionalAttr(object, name, value);
#else
  *value = PyObject_GetAttr(object, name);
  if (*value != nullptr) return 1;
  if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return -1;
  PyErr_Clear();
  return 0;
#endif
}

// Keeps other threads off an object while it lives. The GIL does so by itself, and like the GIL this is let go while
// the thread waits, or runs Python code that does.
class Turn {
 public:
#ifdef Py_GIL_DISABLED
  explicit Turn(PyObject* object) { PyCriticalSection_Begin(&section_, object); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { PyCriticalSection_End(&section_); }

 private:
  PyCriticalSection section_;
#else
  explicit Turn(PyObject*) {}
#endif
};

// Sends a value into a coroutine.
#if PY_VERSION_HEX >= 0x030A0000
inline PySendResult send_to(PyObject* coroutine, PyObject* value, PyObject** result) {
  return PyIter_Send(coroutine, value, result);
}
#else
enum PySendResult { PYGEN_RETURN = 0, PYGEN_ERROR = -1, PYGEN_NEXT = 1 };
#endif

// What a call of send() or throw() came to: a value, a return by way of StopIteration, or an exception that stays set.
inline PySendResult sent(PyObject* yielded, PyObject** result) {
  *result = yielded;
  if (yielded != nullptr) return PYGEN_NEXT;
  if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return PYGEN_ERROR;
  PyObject* stop = take_exception();
  *result = PyObject_GetAttrString(stop, "value");
  Py_DECREF(stop);
  return *result != nullptr ? PYGEN_RETURN : PYGEN_ERROR;
}

#if PY_VERSION_HEX < 0x030A0000
inline PySendResult send_to(PyObject* coroutine, PyObject* value, PyObject** result) {
  return sent(PyObject_CallMethod(coroutine, "send", "(O)", value), result);
}
#endif

// The reverse: what send() and throw() have to return.
inline PyObject* as_method_result(PySendResult status, PyObject* result) {
  if (status != PYGEN_RETURN) return result;
  PyObject* stop = PyObject_CallFunctionObjArgs(PyExc_StopIteration, result, nullptr);
  Py_DECREF(result);
  if (stop != nullptr) PyErr_SetObject(PyExc_StopIteration, stop);
  Py_XDECREF(stop);
  return nullptr;
}
