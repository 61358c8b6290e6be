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
# HELP dapr_resiliency_count Attempts that a resiliency policy was applied to.
# TYPE dapr_resiliency_count counter
dapr_resiliency_count{app_id="checkout",flow_direction="inbound",name="myresiliency",namespace="default",policy="retry",status="",target="Pubsub_store"} 2
dapr_resiliency_count{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="",target="Statestore_store"} 1
dapr_resiliency_count{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="circuitbreaker",status="",target="app_orders"} 8
dapr_resiliency_count{app_id="checkout",flow_direction="outbound",name="myresiliency",namespace="default",policy="retry",status="",target="app_orders"} 6
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
