//go:build cgo

package resil

// Crossing into C. A crossing costs some 25 ns, so what belongs together crosses together, and the hot calls take only numbers
// and a struct without pointers, which cgo need not check (15 ns for an unsafe.Pointer, 4 ns for an opaque struct's): the
// engine goes as a number, the ticket as itself, so that it may lie on a stack. noescape keeps it there, but only together with
// nocallback, of which the runtime takes note at each call (3 ns).

/*
#cgo noescape resil_go_begin
#cgo nocallback resil_go_begin
#cgo noescape resil_go_end
#cgo nocallback resil_go_end
#cgo noescape resil_go_adopt_end
#cgo nocallback resil_go_adopt_end
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if !__has_include(<resil.h>)
#error "resil carries no library for this platform: install libresil and build with -tags resil_system"
#endif
#include <resil.h>

_Static_assert(sizeof(resil_ticket) == 64 && sizeof(resil_event) == 64 && sizeof(resil_error) == 256, "resil.h is not ABI 1");

// The clock that the engine reads at RESIL_NOW.
static int64_t resil_go_now(int64_t now) {
    struct timespec t;
    if (now != RESIL_NOW) return now;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// `within`: how long the whole operation may still take, 0 = no limit, < 0 = it must end now.
static void resil_go_limit(resil_ticket *t, int64_t now, int64_t within) {
    if (within == 0 || t->deadline_ns != 0) return;
    t->deadline_ns = resil_go_now(now) + within;
    if (t->deadline_ns == 0) t->deadline_ns = -1; // 0 would mean none
}

static int32_t resil_go_begin(uintptr_t e, int32_t endpoint, int64_t now, int64_t within, resil_ticket *t) {
    resil_go_limit(t, now, within);
    return resil_begin((resil_engine *)e, endpoint, now, t);
}

static int32_t resil_go_end(uintptr_t e, int32_t outcome, int64_t hint, int64_t now, int64_t within, resil_ticket *t) {
    if (within < 0) t->deadline_ns = 0;
    resil_go_limit(t, now, within);
    t->delay_ns = hint;
    return resil_end((resil_engine *)e, t, outcome, now);
}

static int32_t resil_go_adopt_end(uintptr_t e, int32_t endpoint, uint64_t word, int64_t began, int32_t outcome, int64_t hint,
                                  int64_t now, int64_t within, resil_ticket *t) {
    int32_t answer = resil_adopt((resil_engine *)e, endpoint, word, began, t);
    return answer < 0 ? answer : resil_go_end(e, outcome, hint, now, within, t);
}
*/
import "C"

import (
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"
)

const (
	fastBit     = uint64(C.RESIL_FAST)
	timeoutBits = uint64(0xFFFFFF << 1)
	engineNow   = int64(C.RESIL_NOW)
	hasEvents   = uint32(C.RESIL_HAS_EVENTS)
)

// ticket mirrors resil_ticket, event resil_event; the sizes are checked below, the fields by TestLayout.
type ticket struct {
	endpoint, attempt, flags uint32
	reason                   int32
	deadline, timeout, delay int64
	engine                   [3]uint64
}

type rawEvent struct {
	seq                           uint64
	time                          int64
	endpoint, kind, before, after int32
	value                         int64
	_                             [3]uint64
}

var (
	_ [unsafe.Sizeof(ticket{})]byte   = [C.sizeof_resil_ticket]byte{}
	_ [unsafe.Sizeof(rawEvent{})]byte = [C.sizeof_resil_event]byte{}
)

// native owns the C engine. The garbage collector is the gate of Close: whoever may still touch the engine's memory
// holds a native, so that the last call out frees it, and calls pay nothing for that.
type native struct {
	engine *C.resil_engine
	handle C.uintptr_t // the same as a number
	closed atomic.Bool
	clock  Clock // nil: the engine's own
}

func newNative(engine *C.resil_engine, clock Clock) *native {
	n := &native{engine: engine, handle: C.uintptr_t(uintptr(unsafe.Pointer(engine))), clock: clock}
	runtime.AddCleanup(n, func(engine *C.resil_engine) {
		C.resil_close(engine)
		unfreed.Add(-1)
	}, engine)
	unfreed.Add(1)
	return n
}

func (n *native) now() int64 {
	if n.clock == nil {
		return engineNow
	}
	return int64(n.clock.Now())
}

// reading is what the engine's clock says, in the terms of a ticket's deadline.
func (n *native) reading() int64 { return int64(C.resil_go_now(C.int64_t(n.now()))) }

// elapsed is the time on the engine's clock, from a start of its own: only differences mean anything.
func (n *native) elapsed() int64 {
	if n.clock == nil {
		return sinceStart()
	}
	return int64(n.clock.Now())
}

func (n *native) begin(id int32, within int64, t *ticket) int32 {
	answer := C.resil_go_begin(n.handle, C.int32_t(id), C.int64_t(n.now()), C.int64_t(within), (*C.resil_ticket)(unsafe.Pointer(t)))
	runtime.KeepAlive(n)
	return int32(answer)
}

func (n *native) end(outcome Outcome, hint time.Duration, within int64, t *ticket) int32 {
	answer := C.resil_go_end(n.handle, C.int32_t(outcome), C.int64_t(hint), C.int64_t(n.now()), C.int64_t(within),
		(*C.resil_ticket)(unsafe.Pointer(t)))
	runtime.KeepAlive(n)
	return int32(answer)
}

// adoptEnd ends an attempt that was begun by reading `word` alone.
func (n *native) adoptEnd(id int32, word uint64, began int64, outcome Outcome, hint time.Duration, within int64, t *ticket) int32 {
	answer := C.resil_go_adopt_end(n.handle, C.int32_t(id), C.uint64_t(word), C.int64_t(began), C.int32_t(outcome), C.int64_t(hint),
		C.int64_t(n.now()), C.int64_t(within), (*C.resil_ticket)(unsafe.Pointer(t)))
	runtime.KeepAlive(n)
	return int32(answer)
}

func (n *native) intern(kind int32, name, instance string) int32 {
	id := C.resil_endpoint(n.engine, C.int32_t(kind), textOf(name), C.int64_t(len(name)), textOf(instance), C.int64_t(len(instance)))
	runtime.KeepAlive(n)
	return int32(id)
}

func (n *native) word(id int32) *uint64 {
	word := C.resil_word(n.engine, C.int32_t(id))
	runtime.KeepAlive(n)
	return (*uint64)(unsafe.Pointer(word))
}

func (n *native) state(id int32) int32 {
	state := C.resil_state(n.engine, C.int32_t(id), C.int64_t(n.now()))
	runtime.KeepAlive(n)
	return int32(state)
}

func (n *native) credit(id int32, calls int64) {
	C.resil_credit(n.engine, C.int32_t(id), C.int64_t(calls))
	runtime.KeepAlive(n)
}

func (n *native) readEvents(cursor *uint64, out []rawEvent) int {
	count := C.resil_events(n.engine, (*C.uint64_t)(unsafe.Pointer(cursor)), (*C.resil_event)(unsafe.Pointer(unsafe.SliceData(out))),
		C.int32_t(len(out)))
	runtime.KeepAlive(n)
	return int(count)
}

func (n *native) eventText(e *rawEvent) string {
	text := sized(128, func(buf *C.char, capacity C.int64_t) C.int64_t {
		return C.resil_event_text(n.engine, (*C.resil_event)(unsafe.Pointer(e)), buf, capacity)
	})
	runtime.KeepAlive(n)
	return string(text)
}

func (n *native) snapshot() []byte {
	json := sized(4096, func(buf *C.char, capacity C.int64_t) C.int64_t {
		return C.resil_snapshot(n.engine, C.int64_t(n.now()), buf, capacity)
	})
	runtime.KeepAlive(n)
	return json
}

// sized calls `fill` with a growing buffer until the whole text fits.
func sized(capacity int, fill func(buf *C.char, capacity C.int64_t) C.int64_t) []byte {
	for {
		buf := make([]byte, capacity)
		length := int(fill((*C.char)(unsafe.Pointer(unsafe.SliceData(buf))), C.int64_t(capacity)))
		if length < capacity {
			return buf[:max(length, 0)]
		}
		capacity = length + length/4 + 1
	}
}

// textOf lends a string's bytes to C for one call; never NULL, which would mean "none" to C.
func textOf(s string) *C.char {
	if s == "" {
		return (*C.char)(unsafe.Pointer(&empty))
	}
	return (*C.char)(unsafe.Pointer(unsafe.StringData(s)))
}

var empty byte
