package resilprom_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/resil/resil/bindings/go"
	"github.com/resil/resil/bindings/go/resilprom"
)

type instant struct{}

func (instant) Now() time.Duration { return 0 }

func (instant) Sleep(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }

const document = `
kind: Resiliency
spec:
  policies:
    timeouts: {t: 5s}
    retries: {r: {policy: constant, duration: 1s, maxRetries: 1}}
    circuitBreakers: {cb: {timeout: 1h, trip: consecutiveFailures >= 3}}
  targets:
    apps:
      orders: {timeout: t, retry: r, circuitBreaker: cb}
      plain: {timeout: t}
    components:
      store: {outbound: {circuitBreaker: cb}, inbound: {retry: r}}
`

func TestMetrics(t *testing.T) {
	engine, err := resil.LoadText(document, resil.WithAppID("checkout"), resil.WithClock(instant{}), resil.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	run := func(ep *resil.Endpoint, results ...error) {
		for _, result := range results {
			ep.Run(t.Context(), func(context.Context) error { return result })
		}
	}
	run(engine.App("orders", "a"), nil, nil, boom, boom, boom) // two failed attempts, a third that trips, a rejection, another
	run(engine.App("orders", "b"), nil)
	run(engine.App("plain", ""), nil, boom)
	run(engine.Outbound("store", "Statestore"), nil)
	run(engine.Inbound("store", "Pubsub"), boom)
	run(engine.App("nobody", "configured"), nil)

	collector := resilprom.NewCollector(engine, resilprom.WithName("myresiliency", "default"))
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(collector)
	const want = `
# HELP dapr_resiliency_activations_total How often a resiliency policy acted: timeouts, retries, and a circuit breaker's changes into the state in ` + "`status`" + `.
# TYPE dapr_resiliency_activations_total counter
dapr_resiliency_activations_total{app_id="checkout",flow_direction="inbound",name="myresiliency",namespace="default",policy="retry",status="",target="Pubsub_store"} 1
dapr_resiliency_activations_total{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="closed",target="Statestore_store"} 0
dapr_resiliency_activations_total{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="closed",target="app_orders"} 0
dapr_resiliency_activations_total{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="half-open",target="Statestore_store"} 0
dapr_resiliency_activations_total{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="half-open",target="app_orders"} 0
dapr_resiliency_activations_total{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="open",target="Statestore_store"} 0
dapr_resiliency_activations_total{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="open",target="app_orders"} 1
dapr_resiliency_activations_total{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="retry",status="",target="app_orders"} 2
dapr_resiliency_activations_total{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="timeout",status="",target="app_orders"} 0
dapr_resiliency_activations_total{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="timeout",status="",target="app_plain"} 0
# HELP dapr_resiliency_cb_state 1 for the state that a circuit breaker of the target is in, 0 for the others.
# TYPE dapr_resiliency_cb_state gauge
dapr_resiliency_cb_state{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="closed",target="Statestore_store"} 1
dapr_resiliency_cb_state{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="closed",target="app_orders"} 1
dapr_resiliency_cb_state{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="half-open",target="Statestore_store"} 0
dapr_resiliency_cb_state{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="half-open",target="app_orders"} 0
dapr_resiliency_cb_state{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="open",target="Statestore_store"} 0
dapr_resiliency_cb_state{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="open",target="app_orders"} 1
# HELP dapr_resiliency_count How often a resiliency policy was applied: retries to operations, timeouts to attempts, circuit breakers to attempts and rejections.
# TYPE dapr_resiliency_count counter
dapr_resiliency_count{app_id="checkout",flow_direction="inbound",name="myresiliency",namespace="default",policy="retry",status="",target="Pubsub_store"} 1
dapr_resiliency_count{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="",target="Statestore_store"} 1
dapr_resiliency_count{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="",target="app_orders"} 8
dapr_resiliency_count{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="retry",status="",target="app_orders"} 4
dapr_resiliency_count{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="timeout",status="",target="app_orders"} 6
dapr_resiliency_count{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="timeout",status="",target="app_plain"} 2
# HELP dapr_resiliency_loaded Whether resiliency policies are loaded.
# TYPE dapr_resiliency_loaded gauge
dapr_resiliency_loaded{app_id="checkout",name="myresiliency",namespace="default"} 1
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	engine.Close()
	if families, err := registry.Gather(); err != nil || len(families) != 0 {
		t.Fatal("a closed engine has nothing to tell:", families, err)
	}
}

const others = `
kind: Resiliency
spec:
  policies:
    timeouts: {t: 5s}
    retries: {r: {policy: constant, duration: 1s, maxRetries: 1}}
    circuitBreakers: {cb: {timeout: 1h, trip: consecutiveFailures >= 3}}
  targets:
    apps:
      small: {circuitBreaker: cb, circuitBreakerCacheSize: 1}
    actors:
      Cart: {circuitBreaker: cb, circuitBreakerScope: type}
    components:
      store: {outbound: {timeout: t, retry: r}}
`

// What else there is: a breaker that an actor type shares, evicted ones, timeouts, a component without a type, a reserved policy.
func TestMetricsOfOtherTargets(t *testing.T) {
	engine, err := resil.LoadText(others, resil.WithClock(instant{}), resil.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	end := func(ep *resil.Endpoint, outcome resil.Outcome) {
		op := ep.Operation()
		for op.Begin() == resil.Allow && op.End(outcome) == resil.Retry {
		}
	}
	for _, id := range []string{"1", "2", "3", "4"} { // three trip it, the fourth is rejected
		end(engine.Actor("Cart", id), resil.Failure)
	}
	end(engine.Outbound("store", ""), resil.Success)
	end(engine.Outbound("store", ""), resil.Timeout)
	end(engine.Outbound("store", ""), resil.Cancelled)
	end(engine.Builtin("DaprBuiltInServiceRetries"), resil.Failure)
	for _, method := range []string{"a", "b", "c"} { // there is room for one breaker
		end(engine.App("small", method), resil.Success)
	}

	wants := map[string]string{
		"dapr_resiliency_count": `
# HELP dapr_resiliency_count How often a resiliency policy was applied: retries to operations, timeouts to attempts, circuit breakers to attempts and rejections.
# TYPE dapr_resiliency_count counter
dapr_resiliency_count{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="",target="actor_Cart"} 4
dapr_resiliency_count{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="",target="app_small"} 3
dapr_resiliency_count{app_id="",flow_direction="outbound",name="",namespace="",policy="retry",status="",target="Component_store"} 3
dapr_resiliency_count{app_id="",flow_direction="outbound",name="",namespace="",policy="retry",status="",target="builtin_DaprBuiltInServiceRetries"} 1
dapr_resiliency_count{app_id="",flow_direction="outbound",name="",namespace="",policy="timeout",status="",target="Component_store"} 4
`,
		"dapr_resiliency_activations_total": `
# HELP dapr_resiliency_activations_total How often a resiliency policy acted: timeouts, retries, and a circuit breaker's changes into the state in ` + "`status`" + `.
# TYPE dapr_resiliency_activations_total counter
dapr_resiliency_activations_total{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="closed",target="actor_Cart"} 0
dapr_resiliency_activations_total{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="closed",target="app_small"} 0
dapr_resiliency_activations_total{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="half-open",target="actor_Cart"} 0
dapr_resiliency_activations_total{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="half-open",target="app_small"} 0
dapr_resiliency_activations_total{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="open",target="actor_Cart"} 1
dapr_resiliency_activations_total{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="open",target="app_small"} 0
dapr_resiliency_activations_total{app_id="",flow_direction="outbound",name="",namespace="",policy="retry",status="",target="Component_store"} 1
dapr_resiliency_activations_total{app_id="",flow_direction="outbound",name="",namespace="",policy="retry",status="",target="builtin_DaprBuiltInServiceRetries"} 3
dapr_resiliency_activations_total{app_id="",flow_direction="outbound",name="",namespace="",policy="timeout",status="",target="Component_store"} 2
`,
		"dapr_resiliency_cb_state": `
# HELP dapr_resiliency_cb_state 1 for the state that a circuit breaker of the target is in, 0 for the others.
# TYPE dapr_resiliency_cb_state gauge
dapr_resiliency_cb_state{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="closed",target="actor_Cart"} 0
dapr_resiliency_cb_state{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="closed",target="app_small"} 1
dapr_resiliency_cb_state{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="half-open",target="actor_Cart"} 0
dapr_resiliency_cb_state{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="half-open",target="app_small"} 0
dapr_resiliency_cb_state{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="open",target="actor_Cart"} 1
dapr_resiliency_cb_state{app_id="",flow_direction="outbound",name="",namespace="",policy="circuitbreaker",status="open",target="app_small"} 0
`,
	}
	for name, want := range wants {
		if err := testutil.CollectAndCompare(resilprom.NewCollector(engine), strings.NewReader(want), name); err != nil {
			t.Error(err)
		}
	}
	evicted := 0
	snapshot, err := engine.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range snapshot.Endpoints {
		if one.Evicted {
			evicted++
		}
	}
	if evicted != 2 {
		t.Fatal("the calls of evicted breakers must be there to be counted:", evicted)
	}
}
