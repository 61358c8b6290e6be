//go:build cgo

package resil

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
	"time"
	"unsafe"
)

// The Go mirrors of C structs are laid out as C does it: seen by what the engine writes and reads through them.
func TestLayout(t *testing.T) {
	if unsafe.Sizeof(ticket{}) != 64 || unsafe.Sizeof(rawEvent{}) != 64 || unsafe.Offsetof(ticket{}.deadline) != 16 ||
		unsafe.Offsetof(ticket{}.engine) != 40 || unsafe.Offsetof(rawEvent{}.value) != 32 {
		t.Fatal("a mirror's layout is off")
	}
	engine, err := LoadText("kind: Resiliency\nspec: {policies: {timeouts: {t: 7ms}, retries: {r: {duration: 3s, maxRetries: 1}}}, "+
		"targets: {apps: {x: {}, a: {timeout: t, retry: r}}}}", WithLogger(nil), WithClock(fixed(5*time.Second)))
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	engine.App("x", "")
	ep := engine.App("a", "")
	var tk ticket
	if ep.native.begin(ep.id, 0, &tk) != 0 || tk.endpoint != 1 || tk.attempt != 1 || tk.timeout != 7e6 || tk.delay != 0 {
		t.Fatalf("%+v", tk)
	}
	if ep.native.end(Failure, 0, 0, &tk) != int32(Retry) || tk.delay != 3e9 || tk.flags != hasEvents {
		t.Fatalf("%+v", tk)
	}
	if ep.native.begin(ep.id, 0, &tk); ep.native.end(Failure, 0, 0, &tk) != int32(GiveUp) || tk.reason != int32(ReasonExhausted) || tk.attempt != 2 {
		t.Fatalf("%+v", tk)
	}
	var events [4]rawEvent
	var cursor uint64
	count := ep.native.readEvents(&cursor, events[:])
	retry := rawEvent{seq: 1, time: 5e9, endpoint: 1, kind: int32(EventRetry), before: 1, after: int32(Failure), value: 3e9}
	if count != 2 || events[0] != retry || events[1].after != int32(ReasonExhausted) || cursor != 2 {
		t.Fatalf("%d %+v", count, events)
	}
}

type fixed time.Duration

func (f fixed) Now() time.Duration { return time.Duration(f) }

func (f fixed) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// In the source tree: the archive in this module is of the core's version and ABI, and is the one that lib.go describes.
func TestArchiveIsTheCores(t *testing.T) {
	root := os.Getenv("RESIL_ROOT")
	if root == "" {
		root = filepath.Join("..", "..")
	}
	folder := filepath.Join("lib", runtime.GOOS+"_"+runtime.GOARCH)
	archive, err := os.ReadFile(filepath.Join(folder, "libresil.a"))
	if err != nil {
		t.Fatal(err)
	}
	lib := read(t, filepath.Join(folder, "lib.go"))
	sum := sha256.Sum256(archive)
	if said := first(lib, `SHA256 += "(\w+)"`); said != hex.EncodeToString(sum[:]) {
		t.Errorf("lib.go describes another archive: run update_lib.sh")
	}
	if said := first(lib, `Version += "([\d.]+)"`); said != Version() {
		t.Errorf("lib.go says version %s, the library %s", said, Version())
	}
	if limit := 3 << 20; len(archive) > limit {
		t.Errorf("the archive has %d bytes, more than %d", len(archive), limit)
	}
	cmake, err := os.ReadFile(filepath.Join(root, "CMakeLists.txt"))
	if err != nil {
		t.Skip("not in the source tree")
	}
	if said := first(string(cmake), `project\(resil VERSION ([\d.]+)`); said != Version() {
		t.Errorf("the core is %s, the archive %s: run update_lib.sh", said, Version())
	}
	if read(t, filepath.Join(folder, "resil.h")) != read(t, filepath.Join(root, "capi", "include", "resil.h")) {
		t.Errorf("resil.h is not the core's: run update_lib.sh")
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func first(text, pattern string) string {
	if found := regexp.MustCompile(pattern).FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}
