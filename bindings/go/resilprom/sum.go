package resilprom

import (
	"cmp"

	"github.com/resil/resil/bindings/go"
)

// target is what the labels tell apart: an app, an actor type, a component in one direction.
type target struct{ name, direction string }

// use is how often a policy was applied and how often it acted.
type use struct {
	used               bool
	count, activations float64
}

// sum is what a target's endpoints did together.
type sum struct {
	timeout, retry, breaker use
	transitions, states     [3]float64
}

func sumByTarget(snapshot *resil.Snapshot) map[target]*sum {
	sums := map[target]*sum{}
	for i := range snapshot.Endpoints {
		one := &snapshot.Endpoints[i]
		key := targetOf(one)
		if sums[key] == nil {
			sums[key] = &sum{}
		}
		sums[key].add(one)
	}
	return sums
}

func (s *sum) add(one *resil.EndpointSnapshot) {
	calls := &one.Calls
	attempts := calls.Successes + calls.Failures + calls.Cancelled
	if one.Timeout > 0 {
		s.timeout.add(attempts, calls.Timeouts)
	}
	if one.Retry != nil {
		// Attempts without retries, but a sum: the difference of two counts that are read one after the other may go backwards.
		s.retry.add(calls.Successes+calls.Cancelled+calls.GaveUp, calls.Retries)
	}
	if one.Breaker != nil || one.Evicted {
		s.breaker.add(attempts+calls.Rejections, 0)
	}
	if one.Breaker != nil {
		s.states[one.Breaker.State] = 1
	}
	for state, times := range one.Transitions {
		s.transitions[state] += float64(times)
	}
}

func (u *use) add(count, activations uint64) {
	u.used = true
	u.count += float64(count)
	u.activations += float64(activations)
}

func targetOf(one *resil.EndpointSnapshot) target {
	if one.Kind != "component" {
		return target{one.Kind + "_" + one.Name, "outbound"}
	}
	// Dapr's own components always have a type.
	return target{cmp.Or(one.Type, "Component") + "_" + one.Name, one.Direction}
}
