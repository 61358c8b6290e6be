// Package resilprom shows an engine's work to Prometheus under the names that dashboards for Dapr read:
//
//	prometheus.MustRegister(resilprom.NewCollector(engine))
//
// It is a module of its own, so that the main one needs only the standard library.
package resilprom

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/resil/resil/bindings/go"
)

var (
	policyLabels = []string{"app_id", "name", "namespace", "policy", "flow_direction", "target", "status"}

	loadedDesc = prometheus.NewDesc("dapr_resiliency_loaded", "Whether resiliency policies are loaded.",
		[]string{"app_id", "name", "namespace"}, nil)
	countDesc = prometheus.NewDesc("dapr_resiliency_count",
		"How often a resiliency policy was applied: retries to operations, timeouts to attempts, circuit breakers to attempts and rejections.",
		policyLabels, nil)
	activationsDesc = prometheus.NewDesc("dapr_resiliency_activations_total",
		"How often a resiliency policy acted: timeouts, retries, and a circuit breaker's changes into the state in `status`.",
		policyLabels, nil)
	stateDesc = prometheus.NewDesc("dapr_resiliency_cb_state",
		"1 for the state that a circuit breaker of the target is in, 0 for the others.", policyLabels, nil)
)

// Option configures [NewCollector].
type Option func(*Collector)

// WithName sets the labels name and namespace, which Dapr takes from the document's metadata. The default is "".
func WithName(name, namespace string) Option {
	return func(c *Collector) { c.name, c.namespace = name, namespace }
}

// Collector is a [prometheus.Collector] for one engine. It asks the engine when Prometheus asks it. Once the engine is closed it
// has nothing to tell.
//
// dapr_resiliency_count counts, for targets that have the policy, a retry policy once per operation, at the end of its last attempt;
// a timeout once per attempt; a circuit breaker once per attempt that was asked for, admitted or not.
type Collector struct {
	engine          *resil.Engine
	name, namespace string
}

// NewCollector makes one.
func NewCollector(engine *resil.Engine, opts ...Option) *Collector {
	c := &Collector{engine: engine}
	for _, apply := range opts {
		apply(c)
	}
	return c
}

// Describe implements [prometheus.Collector].
func (c *Collector) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{loadedDesc, countDesc, activationsDesc, stateDesc} {
		out <- desc
	}
}

// Collect implements [prometheus.Collector].
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	snapshot, err := c.engine.Snapshot()
	if err != nil {
		return
	}
	out <- prometheus.MustNewConstMetric(loadedDesc, prometheus.GaugeValue, 1, c.engine.AppID(), c.name, c.namespace)
	for target, sum := range sumByTarget(snapshot) {
		c.collectTarget(out, target, sum)
	}
}

func (c *Collector) collectTarget(out chan<- prometheus.Metric, t target, s *sum) {
	send := func(desc *prometheus.Desc, kind prometheus.ValueType, value float64, policy, status string) {
		out <- prometheus.MustNewConstMetric(desc, kind, value,
			c.engine.AppID(), c.name, c.namespace, policy, t.direction, t.name, status)
	}
	if s.timeout.used {
		send(countDesc, prometheus.CounterValue, s.timeout.count, "timeout", "")
		send(activationsDesc, prometheus.CounterValue, s.timeout.activations, "timeout", "")
	}
	if s.retry.used {
		send(countDesc, prometheus.CounterValue, s.retry.count, "retry", "")
		send(activationsDesc, prometheus.CounterValue, s.retry.activations, "retry", "")
	}
	if !s.breaker.used {
		return
	}
	send(countDesc, prometheus.CounterValue, s.breaker.count, "circuitbreaker", "")
	for _, state := range []resil.State{resil.Closed, resil.HalfOpen, resil.Open} {
		send(activationsDesc, prometheus.CounterValue, s.transitions[state], "circuitbreaker", state.String())
		send(stateDesc, prometheus.GaugeValue, s.states[state], "circuitbreaker", state.String())
	}
}
