//go:build cgo

package resil_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
)

// virtual is time as data: it moves when told to, and a sleep moves it.
type virtual struct{ now atomic.Int64 }

func (v *virtual) Now() time.Duration { return time.Duration(v.now.Load()) }

func (v *virtual) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	v.now.Add(int64(d))
	return nil
}

// policy is a document with one app, `a`, that has what the arguments say (YAML flow maps; "" = nothing).
func policy(timeout, retry, breaker string) string {
	text := "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: test}\nspec:\n  policies:\n"
	target := ""
	if timeout != "" {
		text += "    timeouts: {t: " + timeout + "}\n"
		target += "timeout: t, "
	}
	if retry != "" {
		text += "    retries: {r: " + retry + "}\n"
		target += "retry: r, "
	}
	if breaker != "" {
		text += "    circuitBreakers: {b: " + breaker + "}\n"
		target += "circuitBreaker: b, "
	}
	if target == "" {
		return text + "    timeouts: {unused: 1s}\n  targets: {}\n"
	}
	return text + "  targets:\n    apps:\n      a: {" + target[:len(target)-2] + "}\n"
}

func load(t testing.TB, yaml string, opts ...resil.Option) *resil.Engine {
	t.Helper()
	engine, err := resil.LoadText(yaml, append([]resil.Option{resil.WithLogger(nil)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	return engine
}

const (
	tripAt3 = "{maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 3}"
	twice   = "{policy: constant, duration: 1s, maxRetries: 2}"
)

func stateOf(t testing.TB, ep *resil.Endpoint) resil.State {
	t.Helper()
	state, ok := ep.State()
	if !ok {
		t.Fatalf("%v has no breaker", ep)
	}
	return state
}
