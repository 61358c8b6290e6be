//go:build cgo

package resil

// Loading: the crossings that take a text or a path.

/*
#include <stdlib.h>
#include <resil.h>

static resil_engine *resil_go_open(const resil_options *o, const char *text, int64_t len, int32_t path, resil_error *err) {
    return path ? resil_open_path(o, text, err) : resil_open(o, text, len, err);
}
static int32_t resil_go_reload(resil_engine *e, const char *text, int64_t len, int32_t path, resil_error *err) {
    return path ? resil_reload_path(e, text, err) : resil_reload(e, text, len, err);
}
static int64_t resil_go_check(const resil_options *o, const char *text, int64_t len, int32_t path, char *buf, int64_t capacity) {
    return path ? resil_check(o, 0, 0, text, buf, capacity) : resil_check(o, text, len, 0, buf, capacity);
}
*/
import "C"

import (
	"fmt"
	"runtime"
	"strings"
	"unsafe"
)

// source is what is loaded: a file or folder, or a text.
type source struct {
	text   string
	isPath C.int32_t
}

func path(name string) source { return source{text: name, isPath: 1} }
func text(yaml string) source { return source{text: yaml} }

// c lends the source to C. A path is NUL-terminated there; a text has its length.
func (s source) c() (*C.char, C.int64_t, func()) {
	if s.isPath == 1 {
		copied := C.CString(s.text)
		return copied, -1, func() { C.free(unsafe.Pointer(copied)) }
	}
	return textOf(s.text), C.int64_t(len(s.text)), func() {}
}

// refuse answers for what C would misread: a NUL ends a path early.
func (s source) refuse(o *options) error {
	if s.isPath == 1 && strings.ContainsRune(s.text, 0) {
		return &ConfigError{Message: fmt.Sprintf("path %q: contains a NUL byte", s.text)}
	}
	if strings.ContainsRune(o.appID, 0) || strings.ContainsRune(o.config, 0) {
		return &ConfigError{Message: "app id or configuration path: contains a NUL byte"}
	}
	return nil
}

func (o *options) c() (C.resil_options, func()) {
	out := C.resil_options{
		size:           C.sizeof_resil_options,
		max_endpoints:  C.uint32_t(o.maxEndpoints),
		event_capacity: C.uint32_t(o.eventCapacity),
		jitter_seed:    C.uint64_t(o.jitterSeed),
		max_bytes:      C.uint64_t(o.maxBytes),
	}
	if o.lenient {
		out.flags |= C.RESIL_LENIENT
	}
	if o.everyRejection {
		out.flags |= C.RESIL_EVERY_REJECTION
	}
	if o.appID != "" {
		out.app_id = C.CString(o.appID)
	}
	if o.config != "" {
		out.config_path = C.CString(o.config)
	}
	return out, func() {
		C.free(unsafe.Pointer(out.app_id))
		C.free(unsafe.Pointer(out.config_path))
	}
}

func open(from source, o *options) (*native, error) {
	if abi := int32(C.resil_abi()); abi != C.RESIL_ABI {
		return nil, fmt.Errorf("resil: the libresil that was linked speaks ABI %d, this package ABI %d: install the version %s of both",
			abi, int32(C.RESIL_ABI), Version())
	}
	if err := from.refuse(o); err != nil {
		return nil, err
	}
	settings, free := o.c()
	defer free()
	chars, length, done := from.c()
	defer done()
	var failure C.resil_error
	engine := C.resil_go_open(&settings, chars, length, from.isPath, &failure)
	runtime.KeepAlive(from)
	if engine == nil {
		return nil, configError(&failure)
	}
	return newNative(engine, o.clock), nil
}

func (n *native) reload(from source, o *options) error {
	if err := from.refuse(o); err != nil {
		return err
	}
	chars, length, done := from.c()
	defer done()
	var failure C.resil_error
	answer := C.resil_go_reload(n.engine, chars, length, from.isPath, &failure)
	runtime.KeepAlive(from)
	runtime.KeepAlive(n)
	if answer < 0 {
		return configError(&failure)
	}
	return nil
}

func check(from source, o *options) (string, error) {
	if err := from.refuse(o); err != nil {
		return "", err
	}
	settings, free := o.c()
	defer free()
	chars, length, done := from.c()
	defer done()
	complaints := sized(1024, func(buf *C.char, capacity C.int64_t) C.int64_t {
		return C.resil_go_check(&settings, chars, length, from.isPath, buf, capacity)
	})
	runtime.KeepAlive(from)
	return string(complaints), nil
}

func configError(e *C.resil_error) error {
	return &ConfigError{Line: int(e.line), Column: int(e.column), Message: C.GoString(&e.message[0]), Code: nameOf(int32(e.code))}
}

// nameOf is the engine's word for a reason or an error.
func nameOf(code int32) string { return C.GoString(C.resil_name(C.int32_t(code))) }

// Version is the version of the libresil that was linked.
func Version() string { return C.GoString(C.resil_version()) }
