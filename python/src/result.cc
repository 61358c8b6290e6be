// Result: how an operation ended, as a value. A rejection costs an object and no exception; the exception is only made
// when somebody asks for it.
#include "types.h"  // brings Python.h, which comes first

#include <structmember.h>

namespace {

struct ResultObject {  // immutable
  PyObject_HEAD char ok;
  PyObject* value;
  PyObject* error;  // an exception; for a rejection the endpoint, until it is asked for
  PyObject* reason;
  std::int64_t retry_after_ns;
  bool rejected;
};

ResultObject* self_of(PyObject* object) { return reinterpret_cast<ResultObject*>(object); }

PyObject* own(PyObject* object) {
  Py_INCREF(object);
  return object;
}

PyObject* make(PyTypeObject* type, bool ok, PyObject* value, PyObject* error, PyObject* reason) {
  PyObject* object = type->tp_alloc(type, 0);
  if (object == nullptr) return nullptr;
  ResultObject* self = self_of(object);
  self->ok = ok;
  self->value = own(value);
  self->error = own(error);
  self->reason = own(reason);
  return object;
}

PyObject* result_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static const char* const names[] = {"ok", "value", "error", "reason", "retry_after", nullptr};
  PyObject *value = Py_None, *error = Py_None, *reason = Py_None, *retry_after = Py_None;
  int ok = 0;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "p|OOOO", const_cast<char**>(names), &ok, &value, &error, &reason,
                                   &retry_after)) {
    return nullptr;
  }
  std::int64_t ns = 0;
  if (retry_after != Py_None && !nanoseconds(retry_after, &ns)) return nullptr;
  PyObject* object = make(type, ok != 0, value, error, reason);
  if (object != nullptr) self_of(object)->retry_after_ns = ns;
  return object;
}

int result_traverse(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self_of(object)->value);
  Py_VISIT(self_of(object)->error);
  return 0;
}

int result_clear(PyObject* object) {
  Py_CLEAR(self_of(object)->value);
  Py_CLEAR(self_of(object)->error);
  return 0;
}

void result_dealloc(PyObject* object) {
  PyObject_GC_UnTrack(object);
  result_clear(object);
  Py_CLEAR(self_of(object)->reason);
  PyTypeObject* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* get_error(PyObject* object, void*) {
  ResultObject* self = self_of(object);
  if (!self->rejected) return own(self->error);
  return rejection_error(self->error, self->reason, self->retry_after_ns);
}

PyObject* get_retry_after(PyObject* object, void*) {
  if (!self_of(object)->rejected && self_of(object)->retry_after_ns == 0) Py_RETURN_NONE;
  return seconds(self_of(object)->retry_after_ns);
}

PyObject* result_unwrap(PyObject* object, PyObject*) {
  PyObject* error = get_error(object, nullptr);
  if (error == nullptr) return nullptr;
  if (error == Py_None) {
    Py_DECREF(error);
    return own(self_of(object)->value);
  }
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error)), error);
  Py_DECREF(error);
  return nullptr;
}

PyObject* result_repr(PyObject* object) {
  ResultObject* self = self_of(object);
  if (self->ok) return PyUnicode_FromFormat("Result(ok=True, value=%R)", self->value);
  PyObject* error = get_error(object, nullptr);
  if (error == nullptr) return nullptr;
  PyObject* text =
      PyUnicode_FromFormat("Result(ok=False, value=%R, error=%R, reason=%R)", self->value, error, self->reason);
  Py_DECREF(error);
  return text;
}

PyMethodDef methods[] = {
    {"unwrap", result_unwrap, METH_NOARGS, "unwrap(): the value, or raises the error: what call() would have done."},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "Result[T]"},
    {nullptr, nullptr, 0, nullptr}};

PyMemberDef members[] = {{"ok", T_BOOL, offsetof(ResultObject, ok), READONLY, "Whether the operation succeeded."},
                         {"value", T_OBJECT, offsetof(ResultObject, value), READONLY,
                          "What fn returned, also a response that counts as a failure."},
                         {"reason", T_OBJECT, offsetof(ResultObject, reason), READONLY,
                          "Why it did not succeed, in the engine's words, or None."},
                         {nullptr, 0, 0, 0, nullptr}};

PyGetSetDef getters[] = {
    {"error", get_error, nullptr, "The exception that call() would have raised, or None.", nullptr},
    {"retry_after", get_retry_after, nullptr, "Seconds until an attempt could be admitted, where it was rejected.",
     nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>("How an operation ended: ok, value, error, reason, retry_after.")},
                       {Py_tp_new, reinterpret_cast<void*>(result_new)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(result_dealloc)},
                       {Py_tp_traverse, reinterpret_cast<void*>(result_traverse)},
                       {Py_tp_clear, reinterpret_cast<void*>(result_clear)},
                       {Py_tp_repr, reinterpret_cast<void*>(result_repr)},
                       {Py_tp_methods, methods},
                       {Py_tp_members, members},
                       {Py_tp_getset, getters},
                       {0, nullptr}};

PyType_Spec spec = {"resil._resil.Result", sizeof(ResultObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots};

}  // namespace

PyObject* result_of_value(PyObject* value) {
  PyObject* object = make(types.result, true, value, Py_None, Py_None);
  Py_DECREF(value);
  return object;
}

PyObject* result_of_rejection(EndpointObject* endpoint, const resil_ticket& ticket) {
  PyObject* reason = reason_text(ticket.reason);
  if (reason == nullptr) return nullptr;
  PyObject* object = make(types.result, false, Py_None, reinterpret_cast<PyObject*>(endpoint), reason);
  Py_DECREF(reason);
  if (object == nullptr) return nullptr;
  self_of(object)->retry_after_ns = ticket.delay_ns;
  self_of(object)->rejected = true;
  return object;
}

PyObject* rejection_error(PyObject* endpoint, PyObject* reason, std::int64_t retry_after_ns) {
  static PyObject* const name = PyUnicode_InternFromString("_rejection");
  PyObject* after = seconds(retry_after_ns);
  PyObject* args[] = {endpoint, reason, after};
  PyObject* error = after != nullptr ? PyObject_VectorcallMethod(name, args, 3, nullptr) : nullptr;
  Py_XDECREF(after);
  return error;
}

PyTypeObject* make_result_type(PyObject* module) {
  return reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
}
