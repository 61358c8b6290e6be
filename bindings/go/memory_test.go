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

func residentKB(t *testing.T) int {
	t.Helper()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc here")
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb
}

// leaks calls it a leak only if memory grows by more than `kB` in every one of ten rounds: the collector, the allocator of C and
// other goroutines may each hold on to something for a while, but not for ever.
func leaks(t *testing.T, kB int, round func()) {
	t.Helper()
	round()
	least := residentKB(t)
	var seen []int
	for range 10 {
		round()
		now := residentKB(t)
		if seen = append(seen, now-least); now <= least+kB {
			return
		}
		least = now
	}
	t.Fatalf("resident memory grew in every round, in kB by %v", seen)
}

// A million operations, of every kind, leave nothing behind: not in Go, not in C, and no goroutine.
func TestMemoryDoesNotGrow(t *testing.T) {
	clock := &virtual{}
	engine := load(t, policy("", "{policy: constant, duration: 1ms, maxRetries: 1}", "{timeout: 20us, trip: consecutiveFailures > 1}"),
		resil.WithClock(clock))
	ep := engine.App("a", "m")
	round := func() {
		for i := range 100_000 {
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
	for range 8 {
		round()
	}
	leaks(t, 128, round) // a round's 10 000 failures, with 16 bytes each left behind, would add 156
	// The runtime's own goroutines may be counted for a moment.
	for start := time.Now(); runtime.NumGoroutine() > goroutines; time.Sleep(time.Millisecond) {
		if time.Since(start) > time.Minute {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), goroutines)
		}
	}
	if calls := snapshotOf(t, ep).Calls; calls.Successes < 250_000 || calls.Failures == 0 || calls.Rejections == 0 || calls.Retries == 0 {
		t.Fatalf("the rounds did not do what they should: %+v", calls)
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
