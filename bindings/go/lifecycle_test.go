//go:build cgo

package resil_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/resil/resil/bindings/go"
)

func TestClosedEngine(t *testing.T) {
	engine := load(t, policy("", "", tripAt3))
	ep := engine.App("a", "m")
	op := ep.Operation()
	op.Begin()
	for range 2 {
		if err := engine.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if op.End(resil.Failure) != resil.GiveUp || op.Err(errBoom) != errBoom {
		t.Fatal("an attempt in flight must still end:", op.Err(errBoom))
	}
	if err := ep.Run(t.Context(), succeed); err != resil.ErrClosed {
		t.Fatal(err)
	}
	if _, err := ep.Allow(); err != resil.ErrClosed {
		t.Fatal(err)
	}
	if err := engine.App("a", "other").Run(t.Context(), succeed); err != resil.ErrClosed {
		t.Fatal(err)
	}
	if _, err := engine.Snapshot(); err != resil.ErrClosed {
		t.Fatal(err)
	}
	if err := engine.ReloadText(policy("", "", tripAt3)); err != resil.ErrClosed {
		t.Fatal(err)
	}
	if _, open := <-engine.Subscribe(1).C; open {
		t.Fatal("a subscription to a closed engine must be closed")
	}
}

// Close while calls of every kind are in flight: none may fail other than with ErrClosed, and -race and the C allocator
// would tell of memory that was freed too soon. At the end no engine may be left in C.
func TestCloseWhileCallsAreInFlight(t *testing.T) {
	before := resil.Unfreed()
	for round := range 30 {
		closeUnderLoad(t, round)
	}
	if !resil.Freed(before) {
		t.Fatalf("%d engines were not freed", resil.Unfreed()-before)
	}
}

func closeUnderLoad(t *testing.T, round int) {
	engine, err := resil.LoadText(policy("", "", tripAt3), resil.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	subscription := engine.Subscribe(16)
	var started, done sync.WaitGroup
	for worker := range 4 {
		started.Add(1)
		done.Go(func() {
			ep := engine.App("a", "m")
			started.Done()
			for call := 0; ; call++ {
				err := ep.Run(context.Background(), func(context.Context) error {
					if (call+worker)%7 == 0 {
						return errBoom
					}
					return nil
				})
				if errors.Is(err, resil.ErrClosed) {
					return
				}
				if err != nil && err != errBoom && !errors.Is(err, resil.ErrOpen) && !errors.Is(err, resil.ErrTooManyRequests) {
					t.Error(err)
					return
				}
			}
		})
	}
	started.Wait()
	for range round % 6 { // each waits for all workers to have had their turn
		runtime.Gosched()
	}
	engine.Close()
	done.Wait()
	for range subscription.C { // closed by now
	}
}

func TestReload(t *testing.T) {
	engine := load(t, policy("1s", "", tripAt3))
	ep := engine.App("a", "m")
	for range 3 {
		ep.Run(t.Context(), fail)
	}
	if err := engine.ReloadText(policy("2s", "", tripAt3)); err != nil {
		t.Fatal(err)
	}
	if one := snapshotOf(t, ep); one.Breaker.State != resil.Open || one.Timeout != 2e9 {
		t.Fatalf("equal settings keep the breaker's state, the timeout is new: %+v", one)
	}
	var config *resil.ConfigError
	if err := engine.ReloadText("kind: [\n"); !errors.As(err, &config) {
		t.Fatal(err)
	}
	if one := snapshotOf(t, ep); one.Timeout != 2e9 {
		t.Fatal("a reload that failed must change nothing")
	}
	if err := engine.ReloadText(policy("", "", "")); err != nil {
		t.Fatal(err)
	}
	if err := ep.Run(t.Context(), succeed); err != nil {
		t.Fatal(err)
	}
}

func TestEndpointsAreInterned(t *testing.T) {
	engine := load(t, policy("", "", tripAt3), resil.WithMaxEndpoints(6))
	all := []*resil.Endpoint{engine.App("a", "m"), engine.App("a", ""), engine.Actor("T", "1"), engine.Inbound("c", "Pubsub"),
		engine.Outbound("c", "Statestore"), engine.Builtin("DaprBuiltInServiceRetries")}
	if again := engine.App("a", "m"); again != all[0] {
		t.Fatal("the same target must be the same endpoint")
	}
	for i, ep := range all {
		if ep.Err() != nil || ep.ID() != int32(i) {
			t.Fatal(ep, ep.Err(), ep.ID())
		}
	}
	if ep := engine.App("b", ""); ep.Err() != resil.ErrFull || ep.Run(t.Context(), succeed) != resil.ErrFull {
		t.Fatal(ep.Err())
	}
	if kinds := snapshotOf(t, all[3]); kinds.Direction != "inbound" || kinds.Type != "Pubsub" {
		t.Fatalf("%+v", kinds)
	}
	nameless := load(t, policy("", "", tripAt3)).App("", "m")
	if err := nameless.Run(t.Context(), succeed); err == nil || !strings.Contains(err.Error(), "name") {
		t.Fatal(err)
	}
	if _, err := nameless.Snapshot(); err == nil {
		t.Fatal("no endpoint, no snapshot")
	}
}
