//go:build cgo

package resil_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
)

// Many goroutines, a few endpoints, with snapshots, reloads and new endpoints meanwhile: every call is counted once, as what it
// was, and a half-open breaker never has more than maxRequests in flight.
func TestStress(t *testing.T) {
	const workers, calls = 8, 4000
	yaml := policy("", "", "{maxRequests: 2, timeout: 1ms, trip: consecutiveFailures >= 3}")
	engine := load(t, yaml)
	events := engine.Subscribe(workers * calls * 2)
	var made, rejected, failed [3]atomic.Int64
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for call := range calls {
				which := (call/40 + worker) % 3
				err := engine.App("a", fmt.Sprint(which)).Run(t.Context(), func(context.Context) error {
					made[which].Add(1)
					if call/6%4 == 0 {
						return errBoom
					}
					return nil
				})
				switch {
				case errors.Is(err, resil.ErrOpen), errors.Is(err, resil.ErrTooManyRequests):
					rejected[which].Add(1)
					runtime.Gosched()
				case err == errBoom:
					failed[which].Add(1)
				case err != nil:
					t.Error(err)
				}
			}
		})
	}
	group.Go(func() {
		for i := range 200 {
			engine.App("other", fmt.Sprint(i))
			if _, err := engine.Snapshot(); err != nil {
				t.Error(err)
			}
			if err := engine.ReloadText(yaml); err != nil {
				t.Error(err)
			}
		}
	})
	group.Wait()
	for which := range 3 {
		got := snapshotOf(t, engine.App("a", fmt.Sprint(which))).Calls
		want := resil.Calls{Successes: uint64(made[which].Load() - failed[which].Load()), Failures: uint64(failed[which].Load()),
			Rejections: uint64(rejected[which].Load())}
		if got != want {
			t.Errorf("endpoint %d: got %+v, want %+v", which, got, want)
		}
	}
	checkTransitions(t, engine, events)
}

// Each breaker's transitions must form a chain.
func checkTransitions(t *testing.T, engine *resil.Engine, events *resil.Subscription) {
	engine.Close()
	state := map[*resil.Endpoint]resil.State{}
	seen := 0
	for event := range events.C {
		if event.Kind != resil.EventBreaker {
			continue
		}
		seen++
		if event.From != state[event.Endpoint] {
			t.Fatalf("event %d: %v goes from %v to %v but was %v", event.Seq, event.Endpoint, event.From, event.To, state[event.Endpoint])
		}
		state[event.Endpoint] = event.To
	}
	if seen == 0 && events.Dropped() == 0 {
		t.Fatal("no breaker ever moved: this test tests nothing")
	}
}

func residentKB(t *testing.T) int {
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
		runtime.GC()
	}
	goroutines := runtime.NumGoroutine()
	round()
	before := residentKB(t)
	for range 10 {
		round()
	}
	if after := residentKB(t); after > before+4096 {
		t.Fatalf("resident memory grew from %d kB to %d kB over a million operations", before, after)
	}
	if now := runtime.NumGoroutine(); now > goroutines {
		t.Fatalf("%d goroutines, %d before", now, goroutines)
	}
	if calls := snapshotOf(t, ep).Calls; calls.Successes < 300_000 || calls.Failures == 0 || calls.Rejections == 0 || calls.Retries == 0 {
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
	settled := func() int {
		for i := 0; i < 200 && resil.Unfreed() > start; i++ {
			runtime.GC() // the last ones wait for a collection that nothing else calls for
			time.Sleep(5 * time.Millisecond)
		}
		return residentKB(t)
	}
	round()
	before := settled()
	round()
	round()
	if after := settled(); after > before+16384 {
		t.Fatalf("resident memory grew from %d kB to %d kB over a thousand engines", before, after)
	}
	if left := resil.Unfreed() - start; left > 0 {
		t.Fatalf("%d engines were not freed", left)
	}
}
