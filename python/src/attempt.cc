// Attempt: one operation's ticket as a Python object, and the begin and end that everything else goes through.
#include <chrono>
#include <climits>
#include <iterator>

#include "compat.h"
#include "types.h"

Types types;

namespace {

AttemptObject* self_of(PyObject* object) { return reinterpret_cast<AttemptObject*>(object); }

// The outcome must not be lost because a log handler failed, so its error goes where those of __del__ go.
void tell(EndpointObject* endpoint, resil_ticket* ticket) {
  ticket->flags = 0;
  if (endpoint->on_events == nullptr) return;
  PyObject* raised = take_exception();
  PyObject* answer = PyObject_CallNoArgs(endpoint->on_events);
  if (answer == nullptr) {
    const bool interrupted = PyErr_ExceptionMatches(PyExc_KeyboardInterrupt);
    if (interrupted) PyErr_Clear();
    if (interrupted) PyErr_SetInterrupt();  // it is the program's, not the log's: raised again a little later
    if (!interrupted) PyErr_WriteUnraisable(endpoint->on_events);
  }
  Py_XDECREF(answer);
  give_exception(raised);
}

PyObject* attempt_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static const char* const names[] = {"endpoint", nullptr};
  PyObject* endpoint = nullptr;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!", const_cast<char**>(names), types.endpoint, &endpoint))
    return nullptr;
  auto* self = self_of(type->tp_alloc(type, 0));  // zeroed: a new operation
  if (self == nullptr) return nullptr;
  Py_INCREF(endpoint);
  self->endpoint = reinterpret_cast<EndpointObject*>(endpoint);
  self->verdict = -1;
  return reinterpret_cast<PyObject*>(self);
}

#ifndef Py_GIL_DISABLED
// Attempts come and go with every operation, so a few are kept; the GIL guards them.
AttemptObject* kept[16];
int kept_count = 0;
#endif

AttemptObject* allocate() {
#ifndef Py_GIL_DISABLED
  if (kept_count > 0) {
    AttemptObject* self = kept[--kept_count];
    *self = AttemptObject{};
    return self_of(PyObject_Init(reinterpret_cast<PyObject*>(self), types.attempt));
  }
#endif
  return self_of(types.attempt->tp_alloc(types.attempt, 0));
}

void attempt_dealloc(PyObject* object) {
  AttemptObject* self = self_of(object);
  if (self->in_flight) abandon_ticket(self->endpoint, &self->ticket);
  Py_XDECREF(self->endpoint);
  PyTypeObject* type = Py_TYPE(object);
#ifndef Py_GIL_DISABLED
  if (type == types.attempt && kept_count < static_cast<int>(std::size(kept))) {
    kept[kept_count++] = self;
    Py_DECREF(type);
    return;
  }
#endif
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* attempt_begin(PyObject* object, PyObject*) {
  const Turn turn(object);
  AttemptObject* self = self_of(object);
  if (self->in_flight) {
    raise_error("ResilError", "this attempt has begun already: end it before it begins again");
    return nullptr;
  }
  if (self->verdict == RESIL_DONE || self->verdict == RESIL_GIVE_UP) {  // that operation is over: the next one
    self->ticket = {};
    self->verdict = -1;
  }
  const std::int32_t answer = begin_ticket(self->endpoint, &self->ticket, &self->began_ns);
  if (answer < 0) return nullptr;
  self->allowed = self->in_flight = answer == RESIL_ALLOW;
  return PyBool_FromLong(self->allowed);
}

PyObject* attempt_end(PyObject* object, PyObject* const* args, Py_ssize_t count) {
  AttemptObject* self = self_of(object);
  long outcome = RESIL_SUCCESS;
  if (count > 2)
    return PyErr_Format(PyExc_TypeError, "end() takes an outcome and a retry_after, got %zd arguments", count);
  if (count > 0) {
    outcome = PyLong_AsLong(args[0]);
    if (outcome == -1 && PyErr_Occurred()) return nullptr;
    if (outcome < 0 || outcome > INT32_MAX) return PyErr_Format(PyExc_ValueError, "%ld is no outcome", outcome);
  }
  std::int64_t hint = 0;
  if (count > 1 && args[1] != Py_None && !nanoseconds(args[1], &hint)) return nullptr;
  const Turn turn(object);
  if (!self->in_flight) {
    raise_error("ResilError", "no attempt is in flight: begin comes before end, and is answered by one end");
    return nullptr;
  }
  self->ticket.delay_ns = hint > 0 ? hint : 0;
  const std::int32_t verdict =
      end_ticket(self->endpoint, &self->ticket, static_cast<std::int32_t>(outcome), &self->in_flight);
  if (verdict < 0) return nullptr;
  self->verdict = verdict;
  return PyLong_FromLong(verdict);
}

PyObject* attempt_succeed(PyObject* object, PyObject* value) {
  const Turn turn(object);
  AttemptObject* self = self_of(object);
  if (!self->in_flight || !self->endpoint->plain) Py_RETURN_FALSE;
  const std::int32_t ended = end_if_successful(self->endpoint, &self->ticket, value, &self->in_flight);
  if (ended < 0) return nullptr;
  if (ended > 0) self->verdict = RESIL_DONE;
  return PyBool_FromLong(ended);
}

PyObject* attempt_enter(PyObject* object, PyObject*) { return enter_budget(self_of(object)); }

PyObject* attempt_leave(PyObject*, PyObject* token) {
  leave_budget(token);
  Py_RETURN_NONE;
}

// What the fast path of acall asks in one go.
PyObject* get_simple(PyObject* object, void*) {
  AttemptObject* self = self_of(object);
  return PyBool_FromLong(self->in_flight && self->ticket.timeout_ns == 0);
}
// Whether waiting out a rejection can lead to an attempt: not if the deadline comes first.
PyObject* get_may_wait(PyObject* object, void*) {
  const AttemptObject* self = self_of(object);
  const resil_ticket& ticket = self->ticket;
  if (ticket.reason == RESIL_WHY_DEADLINE) Py_RETURN_FALSE;
  if (ticket.deadline_ns == 0) Py_RETURN_TRUE;
  std::int64_t now = steady_now();
  if (self->endpoint->clock != nullptr && !call_clock(self->endpoint->clock, &now)) return nullptr;
  return PyBool_FromLong(ticket.deadline_ns - now > ticket.delay_ns);
}
PyObject* get_number(PyObject* self, void*) { return PyLong_FromUnsignedLong(self_of(self)->ticket.attempt); }
PyObject* get_allowed(PyObject* self, void*) { return PyBool_FromLong(self_of(self)->allowed); }
PyObject* get_in_flight(PyObject* self, void*) { return PyBool_FromLong(self_of(self)->in_flight); }
PyObject* get_timeout(PyObject* self, void*) { return seconds_or_none(self_of(self)->ticket.timeout_ns); }
PyObject* get_delay(PyObject* self, void*) { return seconds(self_of(self)->ticket.delay_ns); }
PyObject* get_reason(PyObject* self, void*) { return reason_text(self_of(self)->ticket.reason); }
PyObject* get_verdict(PyObject* self, void*) {
  if (self_of(self)->verdict < 0) Py_RETURN_NONE;
  return PyLong_FromLong(self_of(self)->verdict);
}
PyObject* get_endpoint(PyObject* self, void*) {
  auto* endpoint = reinterpret_cast<PyObject*>(self_of(self)->endpoint);
  Py_INCREF(endpoint);
  return endpoint;
}

PyMethodDef methods[] = {
    {"begin", attempt_begin, METH_NOARGS,
     "begin() -> bool: may the attempt be made? If not, see reason and delay. After an operation is over it starts the "
     "next."},
    {"end", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(attempt_end)), METH_FASTCALL,
     "end(outcome=SUCCESS, retry_after=None) -> DONE, RETRY (after delay) or GIVE_UP."},
    {"_succeed", attempt_succeed, METH_O,
     "Ends the attempt if this result is clearly a success; False if it has to be looked at."},
    {"_enter", attempt_enter, METH_NOARGS, "Makes time_left() know this attempt's budget; returns what _leave takes."},
    {"_leave", attempt_leave, METH_O, "Undoes _enter."},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef getters[] = {
    {"endpoint", get_endpoint, nullptr, "The endpoint that is called.", nullptr},
    {"number", get_number, nullptr, "1, 2, ...: the attempt last begun; 0 before the first.", nullptr},
    {"allowed", get_allowed, nullptr, "Whether the last begin admitted the attempt.", nullptr},
    {"in_flight", get_in_flight, nullptr, "Begun and not ended.", nullptr},
    {"_simple", get_simple, nullptr, "In flight, without a budget.", nullptr},
    {"_may_wait", get_may_wait, nullptr, "Whether an attempt could still be admitted before the deadline.", nullptr},
    {"timeout", get_timeout, nullptr, "Seconds that this attempt may take, or None.", nullptr},
    {"delay", get_delay, nullptr, "Seconds to wait before the next begin.", nullptr},
    {"reason", get_reason, nullptr, "Why the last answer was not to go on or done, or None.", nullptr},
    {"verdict", get_verdict, nullptr, "What the last end answered: DONE, RETRY or GIVE_UP; None before it.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot slots[] = {
    {Py_tp_doc,
     const_cast<char*>("Attempt(endpoint): one operation by hand. begin(), call, end(outcome), until end does not "
                       "answer RETRY. Used by one thread at a time.")},
    {Py_tp_new, reinterpret_cast<void*>(attempt_new)},
    {Py_tp_dealloc, reinterpret_cast<void*>(attempt_dealloc)},
    {Py_tp_methods, methods},
    {Py_tp_getset, getters},
    {0, nullptr}};

PyType_Spec spec = {"resil._resil.Attempt", sizeof(AttemptObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

std::int64_t steady_now() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool call_clock(PyObject* clock, std::int64_t* now) {
  PyObject* answer = PyObject_CallNoArgs(clock);
  if (answer == nullptr) return false;
  *now = PyLong_AsLongLong(answer);
  Py_DECREF(answer);
  return *now != -1 || !PyErr_Occurred();
}

std::int32_t begin_ticket(EndpointObject* endpoint, resil_ticket* ticket, std::int64_t* began) {
  std::int64_t now = RESIL_NOW;
  if (endpoint->clock != nullptr && !call_clock(endpoint->clock, &now)) return -1;
  if (endpoint->deadline_ns != 0 && ticket->deadline_ns == 0) {
    const std::int64_t start = now == RESIL_NOW ? steady_now() : now;
    ticket->deadline_ns = start > INT64_MAX - endpoint->deadline_ns ? INT64_MAX : start + endpoint->deadline_ns;
  }
  Gate* gate = endpoint->gate.get();
  if (!gate->enter()) {
    raise_error("EngineClosedError", "the engine is closed");
    return -1;
  }
  const std::int32_t answer = resil_begin(gate->engine(), endpoint->id, now, ticket);
  if (answer != RESIL_ALLOW) gate->leave();
  if (answer < 0) {
    raise_code(answer, "begin");
    return -1;
  }
  if (ticket->timeout_ns != 0) *began = now == RESIL_NOW ? steady_now() : now;
  if (ticket->flags & RESIL_HAS_EVENTS) tell(endpoint, ticket);
  return answer;
}

std::int32_t end_ticket(EndpointObject* endpoint, resil_ticket* ticket, std::int32_t outcome, bool* in_flight) {
  std::int64_t now = RESIL_NOW;
  if (endpoint->clock != nullptr && !call_clock(endpoint->clock, &now)) return -1;
  Gate* gate = endpoint->gate.get();
  const std::int32_t verdict = resil_end(gate->engine(), ticket, outcome, now);
  if (verdict < 0) {  // nothing has happened, or another thread was faster and has left
    raise_code(verdict, "end");
    return -1;
  }
  *in_flight = false;
  if (ticket->flags & RESIL_HAS_EVENTS) tell(endpoint, ticket);  // while the engine is sure to be there
  gate->leave();
  return verdict;
}

void abandon_ticket(EndpointObject* endpoint, resil_ticket* ticket) {
  PyObject* raised = take_exception();
  std::int64_t now = RESIL_NOW;
  if (endpoint->clock != nullptr && !call_clock(endpoint->clock, &now)) {
    PyErr_WriteUnraisable(endpoint->clock);
    now = 0;  // a past that moves nothing
  }
  resil_end(endpoint->gate->engine(), ticket, RESIL_CANCELLED, now);
  endpoint->gate->leave();
  give_exception(raised);
}

AttemptObject* make_attempt(EndpointObject* endpoint) {
  AttemptObject* self = allocate();
  if (self == nullptr) return nullptr;
  Py_INCREF(endpoint);
  self->endpoint = endpoint;
  self->verdict = -1;
  return self;
}

AttemptObject* make_attempt(EndpointObject* endpoint, const resil_ticket& ticket, bool allowed, std::int64_t began) {
  AttemptObject* self = make_attempt(endpoint);
  if (self == nullptr) return nullptr;
  self->ticket = ticket;
  self->allowed = self->in_flight = allowed;
  self->began_ns = began;
  return self;
}

std::int32_t end_if_successful(EndpointObject* endpoint, resil_ticket* ticket, PyObject* value, bool* in_flight) {
  if (PyCoro_CheckExact(value)) return 0;  // nobody awaited it: a mistake, for Python to tell
  const std::int32_t outcome = outcome_of(value);
  if (outcome < 0) return -1;
  // What failed may carry a hint of the server's, which is for Python to read.
  if (outcome != RESIL_SUCCESS && (outcome < RESIL_HTTP(200) || outcome >= RESIL_HTTP(400))) return 0;
  return end_ticket(endpoint, ticket, outcome, in_flight) < 0 ? -1 : 1;
}

PyTypeObject* make_attempt_type(PyObject* module) {
  return reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
}
