package resilprom

import "github.com/resil/resil/bindings/go"

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
	attempts := float64(one.Calls.Successes + one.Calls.Failures + one.Calls.Cancelled)
	if one.Timeout > 0 {
		s.timeout.add(attempts, float64(one.Calls.Timeouts))
	}
	if one.Retry != nil {
		s.retry.add(attempts, float64(one.Calls.Retries))
	}
	if one.Breaker != nil {
		s.breaker.add(attempts+float64(one.Calls.Rejections), 0)
		s.states[one.Breaker.State] = 1
	}
	for state, times := range one.Transitions {
		s.transitions[state] += float64(times)
	}
}

func (u *use) add(count, activations float64) {
	u.used = true
	u.count += count
	u.activations += activations
}

func targetOf(one *resil.EndpointSnapshot) target {
	switch one.Kind {
	case "component":
		// Without a type Dapr's labels would begin with "_"; its own components always have one.
		return target{one.Type + "_" + one.Name, one.Direction}
	default:
		return target{one.Kind + "_" + one.Name, "outbound"}
	}
}
