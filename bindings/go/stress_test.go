//go:build cgo

package resil_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
)

// Many goroutines, a few endpoints, with snapshots, reloads and new endpoints meanwhile: every call is counted once, as what it
// was, and every change of a breaker's state is told once.
func TestStress(t *testing.T) {
	const workers, calls = 8, 4000 // of which each makes at most two events
	yaml := policy("", "", "{maxRequests: 2, timeout: 1ms, trip: consecutiveFailures >= 3}")
	engine := load(t, yaml, resil.WithEventCapacity(workers*calls*2))
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

// Each breaker's transitions lead from closed to one state. They need not come in their order: a call that changed the state may
// be held up before it says so.
func checkTransitions(t *testing.T, engine *resil.Engine, events *resil.Subscription) {
	engine.Close()
	in := map[*resil.Endpoint]*[3]int{}
	for event := range events.C {
		if event.Kind != resil.EventBreaker {
			continue
		}
		if in[event.Endpoint] == nil {
			in[event.Endpoint] = &[3]int{resil.Closed: 1}
		}
		in[event.Endpoint][event.From]--
		in[event.Endpoint][event.To]++
	}
	for ep, states := range in {
		if *states != [3]int{1, 0, 0} && *states != [3]int{0, 1, 0} && *states != [3]int{0, 0, 1} {
			t.Errorf("%v came so many times more into each state than it left it: %v", ep, *states)
		}
	}
	if len(in) == 0 || events.Dropped() > 0 {
		t.Fatalf("%d breakers moved, %d events were dropped", len(in), events.Dropped())
	}
}

// However many ask at once, a half-open breaker admits maxRequests and no more.
func TestHalfOpenUnderLoad(t *testing.T) {
	const workers, permits = 16, 3
	clock := &virtual{}
	ep := load(t, policy("", "", "{maxRequests: 3, timeout: 5s, trip: consecutiveFailures >= 3}"), resil.WithClock(clock)).App("a", "m")
	for range 20 {
		for range 3 {
			ep.Run(t.Context(), fail)
		}
		clock.now.Add(int64(6 * time.Second))
		var admitted, rejected atomic.Int64
		var asked, group sync.WaitGroup
		asked.Add(workers)
		for range workers {
			group.Go(func() {
				err := ep.Run(t.Context(), func(context.Context) error {
					admitted.Add(1)
					asked.Done()
					asked.Wait() // nobody returns before all have asked
					return nil
				})
				if errors.Is(err, resil.ErrTooManyRequests) {
					rejected.Add(1)
					asked.Done()
				} else if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if admitted.Load() != permits || rejected.Load() != workers-permits || stateOf(t, ep) != resil.Closed {
			t.Fatal(admitted.Load(), rejected.Load(), stateOf(t, ep))
		}
	}
}

// Contexts that end at any moment, of calls that succeed, fail or hang, are retried or wait: every attempt is counted once, and
// whoever was cancelled is told so.
func TestCancelAtAnyMoment(t *testing.T) {
	const workers, calls = 8, 250
	ep := load(t, policy("2ms", "{policy: constant, duration: 1ms, maxRetries: 3}", "{timeout: 1ms, trip: consecutiveFailures >= 3}")).
		App("a", "m").With(resil.WaitWhenOpen())
	var made atomic.Uint64
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(worker)))
			for range calls {
				ctx, cancel := context.WithCancel(t.Context())
				timer := time.AfterFunc(time.Duration(random.IntN(4000))*time.Microsecond, cancel)
				err := ep.Run(ctx, func(ctx context.Context) error {
					made.Add(1)
					switch random.IntN(3) {
					case 0:
						return nil
					case 1:
						return errBoom
					}
					<-ctx.Done()
					return ctx.Err()
				})
				timer.Stop()
				if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, resil.ErrExhausted) {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	group.Wait()
	did := snapshotOf(t, ep).Calls
	if did.Successes+did.Failures+did.Cancelled != made.Load() || did.Successes == 0 || did.Failures == 0 {
		t.Fatalf("%d attempts: %+v", made.Load(), did)
	}
}
