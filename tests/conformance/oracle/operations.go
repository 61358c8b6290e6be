package main

import (
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/sony/gobreaker"
)

// operation is one logical call: retry( breaker( attempt )).
type operation struct {
	call, attempt int
	on            *endpoint
	delays        backoff.BackOff
	end           func(success bool) // while an attempt is in flight
	began         time.Duration      // that attempt
	due           time.Duration      // the next one
}

// run is a trace in the making.
type run struct {
	random        *rand.Rand
	start         time.Time
	endpoints     []*endpoint
	breakers      map[string]*breaker
	open, waiting []*operation // with an attempt in flight, before a retry
	calls         int
	failing       float64 // how likely an attempt fails
	steps         []object
	transitions   []object
	over          bool // what changes from here on is not told
}

// operationsTrace makes one line. Its clock is a bubble's: it moves when everything in the bubble sleeps.
func operationsTrace(t *testing.T, name string, steps int, random *rand.Rand) object {
	d := randomDocument(random)
	r := &run{random: random, endpoints: d.endpoints, breakers: map[string]*breaker{}, transitions: []object{}, failing: 0.6}
	steps = steps/2 + random.IntN(steps+1)
	synctest.Test(t, func(*testing.T) { r.play(steps) })
	return object{"name": name, "app_id": "checkout", "spec": d.yaml(), "steps": r.steps, "expect_transitions": r.transitions}
}

func (r *run) now() time.Duration { return time.Since(r.start) }

func (r *run) step(s object) {
	s["at"] = int64(r.now())
	r.steps = append(r.steps, s)
}

func (r *run) breaker(on *endpoint) *breaker {
	if !on.policy.breaker {
		return nil
	}
	b := r.breakers[on.key]
	if b == nil { // made by the first call, as in the original
		settings := gobreaker.Settings{Name: on.breaker, MaxRequests: uint32(on.policy.maxRequests), Interval: on.policy.interval,
			Timeout: on.policy.open, OnStateChange: r.changed}
		if on.policy.trip != "" {
			settings.ReadyToTrip = mustCompileTrip(on.policy.trip).trips
		}
		b = newBreaker(settings)
		r.breakers[on.key] = b
	}
	return b
}

func (r *run) changed(name string, from, to gobreaker.State) {
	if r.over {
		return
	}
	r.transitions = append(r.transitions, object{"at": int64(r.now()), "breaker": name, "from": from.String(), "to": to.String()})
}

// begin makes the next attempt of an operation, or is refused it.
func (r *run) begin(o *operation) {
	o.attempt++
	expect := object{"decision": "allow", "timeout_ns": int64(o.on.policy.timeout)}
	o.began, o.end = r.now(), func(bool) {}
	if b := r.breaker(o.on); b != nil {
		var err error
		if o.end, err = b.begin(); errors.Is(err, gobreaker.ErrOpenState) {
			expect = object{"decision": "reject", "reason": "open"}
		} else if err != nil {
			expect = object{"decision": "reject", "reason": "too_many_requests"}
		}
	}
	r.step(object{"op": "begin", "call": o.call, "attempt": o.attempt, "target": o.on.target, "expect": expect})
	if o.end != nil {
		r.open = append(r.open, o)
	}
}

var failingStatuses = []int{100, 199, 400, 401, 404, 429, 499, 500, 501, 502, 503, 504, 505, 599}

// finish ends the attempt in flight of the i-th open operation.
func (r *run) finish(i int) {
	o := r.open[i]
	r.open = append(r.open[:i:i], r.open[i+1:]...)
	outcome, status := "success", 0
	if chance(r.random, r.failing) {
		outcome = one(r.random, "failure", "failure", "timeout")
		if outcome == "failure" && chance(r.random, 0.6) {
			status = one(r.random, failingStatuses...)
		}
	}
	o.end(outcome == "success")
	expect := object{"verdict": "fail"}
	if outcome == "success" {
		expect["verdict"] = "done"
	} else if o.on.policy.retries(status) {
		if middle := o.delays.NextBackOff(); middle != backoff.Stop {
			delay := o.on.policy.around(middle)
			expect = object{"verdict": "retry", "delay_ns": delay}
			o.due = r.now() + time.Duration(delay[0]+r.random.Int64N(delay[1]-delay[0]+1))
			if len(r.waiting) < 8 && chance(r.random, 0.8) { // else its caller loses interest
				r.waiting = append(r.waiting, o)
			}
		}
	}
	s := object{"op": "end", "call": o.call, "outcome": outcome, "expect": expect}
	if status != 0 {
		s["http_status"] = status
	}
	r.step(s)
}

func (r *run) inspect(on *endpoint) {
	if !on.policy.breaker {
		return
	}
	state, counts := gobreaker.StateClosed, gobreaker.Counts{}
	if b := r.breakers[on.key]; b != nil {
		state, counts = b.look()
	}
	read, all := object{}, countsMap(counts)
	for _, name := range on.policy.reads() {
		read[name] = all[name]
	}
	r.step(object{"op": "inspect", "target": on.target, "expect": object{"state": state.String(), "counts": read}})
}
