//go:build cgo

package resil_test

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
)

// heldKB is what Go's objects take, and what the process has of memory, C's included.
func heldKB(t *testing.T) (heap, resident int) {
	t.Helper()
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc here")
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	resident, err = strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return int(stats.HeapAlloc >> 10), resident
}

// leaks calls it a leak only if memory grows in every one of ten rounds, by more than `kB` where it is not Go's heap alone: the
// collector, the allocator of C and other goroutines may each hold on to something for a while, but not for ever.
func leaks(t *testing.T, kB int, round func()) {
	t.Helper()
	round()
	heap, resident := heldKB(t)
	heapStill, residentStill := false, false
	var seen [][2]int
	for range 10 {
		round()
		heapNow, residentNow := heldKB(t)
		seen = append(seen, [2]int{heapNow - heap, residentNow - resident})
		heapStill = heapStill || heapNow <= heap+32
		residentStill = residentStill || residentNow <= resident+kB
		if heap, resident = heapNow, residentNow; heapStill && residentStill {
			return
		}
	}
	t.Fatalf("in each round, heap and resident memory grew by so many kB: %v", seen)
}

// A million operations, of every kind, leave nothing behind: not in Go, not in C, and no goroutine.
func TestMemoryDoesNotGrow(t *testing.T) {
	clock := &virtual{}
	engine := load(t, policy("", "{policy: constant, duration: 1ms, maxRetries: 1}", "{timeout: 20us, trip: consecutiveFailures > 1}"),
		resil.WithClock(clock))
	ep := engine.App("a", "m")
	calls := 500_000
	if testing.Short() {
		calls /= 5
	}
	round := func() {
		for i := range calls {
			clock.now.Add(1000)
			switch i % 10 {
			case 0:
				ep.Run(context.Background(), fail)
			case 1:
				if done, err := ep.Allow(); err == nil {
					done(nil)
				}
			default:
				ep.Run(context.Background(), succeed)
			}
		}
	}
	goroutines := runtime.NumGoroutine()
	leaks(t, 512, round) // 50 000 failures with 16 bytes each left behind would add 780
	// The runtime's own goroutines may be counted for a moment.
	for start := time.Now(); runtime.NumGoroutine() > goroutines; time.Sleep(time.Millisecond) {
		if time.Since(start) > time.Minute {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), goroutines)
		}
	}
	if did := snapshotOf(t, ep).Calls; int(did.Successes) < calls/2 || did.Failures == 0 || did.Rejections == 0 || did.Retries == 0 {
		t.Fatalf("the rounds did not do what they should: %+v", did)
	}
}

// Loading and closing in a loop is bounded too, though the collector can't see what an engine weighs.
func TestClosedEnginesAreFreed(t *testing.T) {
	yaml := policy("1s", twice, tripAt3)
	round := func() {
		for range 500 {
			engine, err := resil.LoadText(yaml, resil.WithLogger(nil))
			if err != nil {
				t.Fatal(err)
			}
			engine.App("a", "m").Run(context.Background(), succeed)
			engine.Close()
		}
	}
	start := resil.Unfreed()
	leaks(t, 4096, func() { // 500 engines have more than 30 MB
		round()
		if !resil.Freed(start) {
			t.Fatalf("%d engines were not freed", resil.Unfreed()-start)
		}
	})
}
