// Endpoint: who is called and how, as a Python object. resil/_endpoint.py derives the public class from it.
#include <pybind11/pybind11.h>

#include <new>

#include "engine.h"
#include "types.h"

namespace py = pybind11;

namespace {

EndpointObject* self_of(PyObject* object) { return reinterpret_cast<EndpointObject*>(object); }

PyObject* none_is_null(PyObject* object) {
  if (object == nullptr || object == Py_None) return nullptr;
  Py_INCREF(object);
  return object;
}

PyObject* endpoint_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static const char* const names[] = {"core", "id", "plain", "wait", "deadline", "clock", "on_events", nullptr};
  PyObject *core = nullptr, *clock = nullptr, *on_events = nullptr, *deadline = Py_None;
  int id = -1, plain = 1, wait = 0;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "Oi|ppOOO", const_cast<char**>(names), &core, &id, &plain, &wait,
                                   &deadline, &clock, &on_events)) {
    return nullptr;
  }
  std::int64_t deadline_ns = 0;
  if (deadline != Py_None) {
    if (!nanoseconds(deadline, &deadline_ns)) return nullptr;
    if (deadline_ns <= 0) return PyErr_Format(PyExc_ValueError, "a deadline is a positive duration, not %R", deadline);
  }
  std::shared_ptr<Gate> gate;
  try {
    gate = py::handle(core).cast<Engine&>().gate();
  } catch (const py::cast_error&) {
    return PyErr_Format(PyExc_TypeError, "core must be an Engine of resil._resil, not %R", core);
  }
  PyObject* object = type->tp_alloc(type, 0);
  if (object == nullptr) return nullptr;
  EndpointObject* self = self_of(object);
  new (&self->gate) std::shared_ptr<Gate>(std::move(gate));
  self->id = id;
  self->plain = plain != 0;
  self->wait = wait != 0;
  self->deadline_ns = deadline_ns;
  self->clock = none_is_null(clock);
  self->on_events = none_is_null(on_events);
  return object;
}

// The public class takes other arguments in its own __init__.
int endpoint_init(PyObject*, PyObject*, PyObject*) { return 0; }

int endpoint_traverse(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self_of(object)->clock);
  Py_VISIT(self_of(object)->on_events);
  return 0;
}

int endpoint_clear(PyObject* object) {
  Py_CLEAR(self_of(object)->clock);
  Py_CLEAR(self_of(object)->on_events);
  return 0;
}

void endpoint_dealloc(PyObject* object) {
  PyObject_GC_UnTrack(object);
  endpoint_clear(object);
  self_of(object)->gate.~shared_ptr<Gate>();
  PyTypeObject* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* endpoint_begin(PyObject* object, PyObject*) {
  AttemptObject* attempt = make_attempt(self_of(object));
  if (attempt == nullptr) return nullptr;
  const std::int32_t answer = begin_ticket(attempt->endpoint, &attempt->ticket, &attempt->began_ns);
  attempt->allowed = attempt->in_flight = answer == RESIL_ALLOW;
  if (answer < 0) Py_CLEAR(attempt);
  return reinterpret_cast<PyObject*>(attempt);
}

PyObject* get_id(PyObject* self, void*) { return PyLong_FromLong(self_of(self)->id); }

PyCFunction fast(PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*)) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

PyMethodDef methods[] = {
    {"begin", endpoint_begin, METH_NOARGS,
     "begin($self, /)\n--\n\nThe first attempt of an operation by hand. See its `allowed`; if so, call its "
     "end(outcome)."},
    {"call", fast(endpoint_call), METH_FASTCALL | METH_KEYWORDS,
     "call($self, fn, /, *args, **kwargs)\n--\n\nfn's result, after as many attempts as the policies allow."},
    {"try_call", fast(endpoint_try_call), METH_FASTCALL | METH_KEYWORDS,
     "try_call($self, fn, /, *args, **kwargs)\n--\n\nA Result: like call, but what went wrong is a value."},
    {"acall", fast(endpoint_acall), METH_FASTCALL | METH_KEYWORDS,
     "acall($self, fn, /, *args, **kwargs)\n--\n\nA coroutine: fn's result, awaited, after as many attempts as the "
     "policies allow. "
     "A timeout cancels the attempt; cancelling the task ends the operation and counts for nothing."},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef getters[] = {{"id", get_id, nullptr, "The number that events know this endpoint by.", nullptr},
                         {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(endpoint_new)},
                       {Py_tp_init, reinterpret_cast<void*>(endpoint_init)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(endpoint_dealloc)},
                       {Py_tp_traverse, reinterpret_cast<void*>(endpoint_traverse)},
                       {Py_tp_clear, reinterpret_cast<void*>(endpoint_clear)},
                       {Py_tp_methods, methods},
                       {Py_tp_getset, getters},
                       {0, nullptr}};

PyType_Spec spec = {"resil._resil.Endpoint", sizeof(EndpointObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};

}  // namespace

PyTypeObject* make_endpoint_type(PyObject* module) {
  return reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
}
