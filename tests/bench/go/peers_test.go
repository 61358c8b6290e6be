// Package bench measures resil beside what Go programs use for the same: gobreaker as Dapr uses it (v0.5) and as it is now (v2),
// and failsafe-go. run.sh makes the report.
package bench

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/resil/resil/bindings/go"
	gobreaker05 "github.com/sony/gobreaker"
	gobreaker2 "github.com/sony/gobreaker/v2"
)

var (
	errWork = errors.New("work failed")
	ctx     = context.Background()
)

// The work, in the shape that each library wants. It does nothing, and is not inlined.
//
//go:noinline
func works(context.Context) (int, error) { return 1, nil }

//go:noinline
func worksPlain() (int, error) { return 1, nil }

//go:noinline
func worksBoxed() (any, error) { return 1, nil }

//go:noinline
func fails(context.Context) (int, error) { return 0, errWork }

//go:noinline
func failsPlain() (int, error) { return 0, errWork }

//go:noinline
func failsBoxed() (any, error) { return 0, errWork }

const never, atOnce = "consecutiveFailures > 1000000000", "consecutiveFailures > 0"

func target(b *testing.B, policies, target string) *resil.Endpoint {
	b.Helper()
	engine, err := resil.LoadText("kind: Resiliency\nspec:\n  policies:\n"+policies+"  targets: {apps: {a: "+target+"}}\n", resil.WithLogger(nil))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { engine.Close() })
	return engine.App("a", "m")
}

func endpoint(b *testing.B, trip string) *resil.Endpoint {
	b.Helper()
	return target(b, "    circuitBreakers: {cb: {timeout: 1h, trip: \""+trip+"\"}}\n", "{circuitBreaker: cb}")
}

func old(trip func(gobreaker05.Counts) bool) *gobreaker05.CircuitBreaker {
	return gobreaker05.NewCircuitBreaker(gobreaker05.Settings{Timeout: time.Hour, ReadyToTrip: trip})
}

func current(trip func(gobreaker2.Counts) bool) *gobreaker2.CircuitBreaker[int] {
	return gobreaker2.NewCircuitBreaker[int](gobreaker2.Settings{Timeout: time.Hour, ReadyToTrip: trip})
}

func safe(failures uint) failsafe.Executor[int] {
	return failsafe.With(circuitbreaker.NewBuilder[int]().WithFailureThreshold(failures).WithDelay(time.Hour).Build())
}

func oldNever(gobreaker05.Counts) bool    { return false }
func currentNever(gobreaker2.Counts) bool { return false }
func oldRun(c gobreaker05.Counts) bool    { return c.ConsecutiveFailures > 0 }
func currentRun(c gobreaker2.Counts) bool { return c.ConsecutiveFailures > 0 }
func oldHalf(c gobreaker05.Counts) bool   { return c.Requests > 1e9 && c.TotalFailures*2 > c.Requests }
func currentHalf(c gobreaker2.Counts) bool {
	return c.Requests > 1e9 && c.TotalFailures*2 > c.Requests
}

// want ends a benchmark whose calls did not do what its name says.
func want(b *testing.B, err error, right bool) {
	if !right {
		b.Fatalf("the last call gave %v", err)
	}
}
