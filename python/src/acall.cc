// acall: what `await endpoint.acall(fn, ...)` awaits. Like call.cc it carries the attempt that succeeds: begin, fn's
// coroutine, end, without a coroutine of our own around it. Whatever else happens goes on in one of Python's, which
// this then drives.
#include <atomic>

#include "arguments.h"
#include "compat.h"

namespace {

enum class State : std::uint8_t { Fresh, Simple, Delegated, Over };

struct AcallObject {  // a coroutine: one task drives it
  PyObject_HEAD EndpointObject* endpoint;
  PyObject* args;     // a tuple: fn, positional arguments, values of keyword arguments
  PyObject* kwnames;  // or NULL
  PyObject* inner;    // the coroutine under way, or NULL
  resil_ticket ticket;
  State state;
  std::atomic<bool> driven;
};

AcallObject* self_of(PyObject* object) { return reinterpret_cast<AcallObject*>(object); }

// Whoever drives it has it alone, like any coroutine: fn may know this object and drive it from within, and without a
// GIL another thread may.
class Driver {
 public:
  explicit Driver(AcallObject* self) : self_(take(self->driven) ? self : nullptr) {
    if (self_ == nullptr) PyErr_SetString(PyExc_ValueError, "coroutine already executing");
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver() {
    if (self_ != nullptr) self_->driven.store(false, std::memory_order_release);
  }
  explicit operator bool() const { return self_ != nullptr; }

 private:
  static bool take(std::atomic<bool>& driven) {
#ifdef Py_GIL_DISABLED
    return !driven.exchange(true, std::memory_order_acquire);
#else
    if (driven.load(std::memory_order_relaxed)) return false;
    driven.store(true, std::memory_order_relaxed);
    return true;
#endif
  }

  AcallObject* const self_;
};

Call call_of(const AcallObject* self) {
  const Py_ssize_t named = self->kwnames != nullptr ? PyTuple_GET_SIZE(self->kwnames) : 0;
  return {self->endpoint, PySequence_Fast_ITEMS(self->args), PyTuple_GET_SIZE(self->args) - named, self->kwnames};
}

PySendResult over(AcallObject* self, PySendResult status) {
  self->state = State::Over;
  Py_CLEAR(self->inner);
  return status;
}

// The attempt becomes an object, and Python goes on with it. Steals value and error.
PySendResult delegate(AcallObject* self, bool allowed, std::int64_t began, bool made, PyObject* value, PyObject* error,
                      PyObject** result) {
  static PyObject* const name = PyUnicode_InternFromString("_acall");
  self->state = State::Delegated;
  Py_CLEAR(self->inner);
  AttemptObject* attempt = make_attempt(self->endpoint, self->ticket, allowed, began);
  if (attempt == nullptr) {
    if (allowed) abandon_ticket(self->endpoint, &self->ticket);
    Py_XDECREF(value);
    Py_XDECREF(error);
    return over(self, PYGEN_ERROR);
  }
  self->inner = go_on(call_of(self), name, reinterpret_cast<PyObject*>(attempt), made, value, error);
  if (self->inner == nullptr) return over(self, PYGEN_ERROR);
  const PySendResult status = send_to(self->inner, Py_None, result);
  return status == PYGEN_NEXT ? status : over(self, status);
}

// After the inner coroutine was driven: `status` and *result are what that came to.
PySendResult step(AcallObject* self, PySendResult status, PyObject** result) {
  if (status == PYGEN_NEXT) return status;
  if (self->state != State::Simple) return over(self, status);
  if (status == PYGEN_RETURN) {
    bool in_flight = true;
    const std::int32_t ended = end_if_successful(self->endpoint, &self->ticket, *result, &in_flight);
    if (ended > 0) return over(self, PYGEN_RETURN);
    if (ended == 0) {
      PyObject* value = *result;
      *result = nullptr;
      return delegate(self, true, 0, true, value, nullptr, result);
    }
    Py_CLEAR(*result);  // reading the status raised, or the clock did
    if (in_flight) abandon_ticket(self->endpoint, &self->ticket);
    return over(self, PYGEN_ERROR);
  }
  return delegate(self, true, 0, true, nullptr, take_exception(), result);
}

// fn's coroutine; anything else that can be awaited gets one around it, which complains where it cannot.
PyObject* coroutine_of(AcallObject* self) {
  static PyObject* const name = PyUnicode_InternFromString("_await");
  PyObject* awaitable = call_of(self).make();
  if (awaitable == nullptr || PyCoro_CheckExact(awaitable)) return awaitable;
  PyObject* args[] = {reinterpret_cast<PyObject*>(self->endpoint), awaitable};
  PyObject* coroutine = PyObject_VectorcallMethod(name, args, 2, nullptr);
  Py_DECREF(awaitable);
  return coroutine;
}

PySendResult start(AcallObject* self, PyObject** result) {
  std::int64_t began = 0;
  const std::int32_t answer = begin_ticket(self->endpoint, &self->ticket, &began);
  if (answer < 0) return over(self, PYGEN_ERROR);
  const bool allowed = answer == RESIL_ALLOW;
  if (!allowed || !self->endpoint->plain || self->ticket.timeout_ns != 0)
    return delegate(self, allowed, began, false, nullptr, nullptr, result);
  self->state = State::Simple;
  self->inner = coroutine_of(self);
  return step(self, self->inner != nullptr ? send_to(self->inner, Py_None, result) : PYGEN_ERROR, result);
}

PySendResult acall_send(PyObject* object, PyObject* value, PyObject** result) {
  AcallObject* self = self_of(object);
  *result = nullptr;
  const Driver driver(self);
  if (!driver) return PYGEN_ERROR;
  if (self->state == State::Fresh) return start(self, result);
  if (self->state == State::Over) {
    PyErr_SetString(PyExc_RuntimeError, "cannot reuse already awaited coroutine");
    return PYGEN_ERROR;
  }
  return step(self, send_to(self->inner, value, result), result);
}

PyObject* acall_send_method(PyObject* object, PyObject* value) {
  PyObject* result = nullptr;
  const PySendResult status = acall_send(object, value, &result);
  return as_method_result(status, result);
}

PyObject* acall_next(PyObject* object) { return acall_send_method(object, Py_None); }

// throw(exception) or the older throw(type, value, traceback).
PyObject* acall_throw(PyObject* object, PyObject* args) {
  static PyObject* const name = PyUnicode_InternFromString("throw");
  AcallObject* self = self_of(object);
  const Driver driver(self);
  if (!driver) return nullptr;
  if (self->inner == nullptr) {  // not under way: a coroutine that has not begun raises it, and is over
    PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
    if (!PyArg_UnpackTuple(args, "throw", 1, 3, &type, &value, &traceback)) return nullptr;
    self->state = State::Over;
    if (PyExceptionInstance_Check(type)) {
      PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(type)), type);
    } else {
      PyErr_SetObject(type, value);
    }
    return nullptr;
  }
  PyObject* method = PyObject_GetAttr(self->inner, name);
  if (method == nullptr) return nullptr;
  PyObject* result = nullptr;
  PySendResult status = sent(PyObject_CallObject(method, args), &result);
  Py_DECREF(method);
  status = step(self, status, &result);
  return as_method_result(status, result);
}

PyObject* acall_close(PyObject* object, PyObject*) {
  AcallObject* self = self_of(object);
  const Driver driver(self);
  if (!driver) return nullptr;
  PyObject* closed = self->inner != nullptr ? PyObject_CallMethod(self->inner, "close", nullptr) : nullptr;
  const bool failed = self->inner != nullptr && closed == nullptr;
  Py_XDECREF(closed);
  if (self->state == State::Simple) abandon_ticket(self->endpoint, &self->ticket);
  over(self, PYGEN_RETURN);
  if (failed) return nullptr;
  Py_RETURN_NONE;
}

PyObject* acall_await(PyObject* object) {
  Py_INCREF(object);
  return object;
}

int acall_traverse(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self_of(object)->endpoint);
  Py_VISIT(self_of(object)->args);
  Py_VISIT(self_of(object)->inner);
  return 0;
}

int acall_clear(PyObject* object) {
  Py_CLEAR(self_of(object)->inner);
  Py_CLEAR(self_of(object)->args);
  return 0;
}

void acall_finalize(PyObject* object) {
  AcallObject* self = self_of(object);
  PyObject* raised = take_exception();
  if (self->state == State::Fresh) {
    if (PyErr_WarnFormat(PyExc_RuntimeWarning, 1, "coroutine 'Endpoint.acall' was never awaited") < 0) {
      PyErr_WriteUnraisable(object);
    }
  } else if (self->state == State::Simple) {
    abandon_ticket(self->endpoint, &self->ticket);
  }
  self->state = State::Over;
  give_exception(raised);
}

void acall_dealloc(PyObject* object) {
  if (PyObject_CallFinalizerFromDealloc(object) < 0) return;  // it is alive again
  PyObject_GC_UnTrack(object);
  AcallObject* self = self_of(object);
  acall_clear(object);
  Py_CLEAR(self->kwnames);
  Py_CLEAR(self->endpoint);
  PyTypeObject* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

// fn's name: what asyncio shows of a task. Without one, AttributeError, as from whatever else has none.
PyObject* get_of_fn(PyObject* object, void* name) {
  PyObject* args = self_of(object)->args;
  return PyObject_GetAttrString(args != nullptr ? PyTuple_GET_ITEM(args, 0) : Py_None, static_cast<const char*>(name));
}

// For Task.get_stack: the frame of the coroutine under way.
PyObject* get_frame(PyObject* object, void*) {
  PyObject* inner = self_of(object)->inner;
  if (inner == nullptr) Py_RETURN_NONE;
  return PyObject_GetAttrString(inner, "cr_frame");
}

PyGetSetDef getters[] = {{"__name__", get_of_fn, nullptr, nullptr, const_cast<char*>("__name__")},
                         {"__qualname__", get_of_fn, nullptr, nullptr, const_cast<char*>("__qualname__")},
                         {"cr_frame", get_frame, nullptr, nullptr, nullptr},
                         {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyMethodDef methods[] = {{"send", acall_send_method, METH_O, "As of any coroutine."},
                         {"throw", acall_throw, METH_VARARGS, "As of any coroutine."},
                         {"close", acall_close, METH_NOARGS, "As of any coroutine."},
                         {nullptr, nullptr, 0, nullptr}};

PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>("The coroutine that acall() returns.")},
                       {Py_am_await, reinterpret_cast<void*>(acall_await)},
#if PY_VERSION_HEX >= 0x030A0000
                       {Py_am_send, reinterpret_cast<void*>(acall_send)},
#endif
                       {Py_tp_iter, reinterpret_cast<void*>(acall_await)},
                       {Py_tp_iternext, reinterpret_cast<void*>(acall_next)},
                       {Py_tp_methods, methods},
                       {Py_tp_getset, getters},
                       {Py_tp_traverse, reinterpret_cast<void*>(acall_traverse)},
                       {Py_tp_clear, reinterpret_cast<void*>(acall_clear)},
                       {Py_tp_finalize, reinterpret_cast<void*>(acall_finalize)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(acall_dealloc)},
                       {0, nullptr}};

PyType_Spec spec = {"resil._resil.Acall", sizeof(AcallObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots};

}  // namespace

PyTypeObject* make_acall_type(PyObject* module) {
  return reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
}

PyObject* endpoint_acall(PyObject* endpoint, PyObject* const* args, Py_ssize_t count, PyObject* kwnames) {
  if (count < 1) {
    PyErr_SetString(PyExc_TypeError, "acall() needs the function to call: await endpoint.acall(fn, *args, **kwargs)");
    return nullptr;
  }
  const Py_ssize_t all = count + (kwnames != nullptr ? PyTuple_GET_SIZE(kwnames) : 0);
  PyObject* tuple = PyTuple_New(all);
  if (tuple == nullptr) return nullptr;
  for (Py_ssize_t i = 0; i < all; ++i) {
    Py_INCREF(args[i]);
    PyTuple_SET_ITEM(tuple, i, args[i]);
  }
  PyObject* object = types.acall->tp_alloc(types.acall, 0);
  if (object == nullptr) {
    Py_DECREF(tuple);
    return nullptr;
  }
  AcallObject* self = self_of(object);
  Py_INCREF(endpoint);
  self->endpoint = reinterpret_cast<EndpointObject*>(endpoint);
  self->args = tuple;
  Py_XINCREF(kwnames);
  self->kwnames = kwnames;
  return object;
}
