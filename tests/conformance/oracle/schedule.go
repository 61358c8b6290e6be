package main

import "time"

// No attempt stays in flight for longer: after 60 s the engine takes a permit back, and the original never does.
const longestAttempt = 29 * time.Second

// play makes about n steps, at moments where the original is likeliest to be misread.
func (r *run) play(n int) {
	r.start = time.Now()
	if chance(r.random, 0.5) {
		time.Sleep(time.Duration(1 + r.random.IntN(3)))
	}
	for len(r.steps) < n {
		on := one(r.random, r.endpoints...)
		switch roll := r.random.IntN(20); {
		case roll < 7 && len(r.open) < 12:
			r.calls++
			r.begin(&operation{call: r.calls, on: on, delays: on.policy.backOff()})
		case roll < 13 && len(r.open) > 0:
			r.finish(r.random.IntN(len(r.open)))
		case roll < 15:
			r.inspect(on)
		default:
			r.sleep(r.nextMoment(on))
		}
		if chance(r.random, 0.05) {
			r.failing = one(r.random, 0, 0.1, 0.5, 0.9, 1)
		}
	}
	r.over = true
	for _, o := range r.open { // the bubble must not end before its goroutines
		o.end(true)
	}
}

// nextMoment is how long to sleep: a little, or until just before, at or just after something is due.
func (r *run) nextMoment(on *endpoint) time.Duration {
	moments := []time.Duration{}
	if b := r.breakers[on.key]; b != nil && !b.expiry().IsZero() {
		moments = append(moments, b.expiry().Sub(r.start))
	}
	if len(r.waiting) > 0 {
		moments = append(moments, one(r.random, r.waiting...).due)
	}
	if len(moments) > 0 && chance(r.random, 0.6) {
		until := one(r.random, moments...) + time.Duration(r.random.IntN(4)-1) - r.now()
		return max(until, 0)
	}
	if chance(r.random, 0.04) { // 2^39 ns is where an engine that keeps part of a moment would begin again
		return one(r.random, 1<<39-1, 1<<39, 1<<39+1, 1<<38, 10*time.Minute, 2*time.Hour)
	}
	return one(r.random, 0, 1, 1, 2, time.Duration(r.random.IntN(int(5*time.Millisecond))), 3*time.Millisecond, 5*time.Millisecond,
		40*time.Millisecond, 700*time.Millisecond, 3*time.Second)
}

// sleep moves the clock on, ending in time what has been in flight for long, and retries what has become due.
func (r *run) sleep(d time.Duration) {
	for until := r.now() + d; r.now() < until; {
		next, oldest := until, -1
		for i, o := range r.open {
			if o.began+longestAttempt < next {
				next, oldest = o.began+longestAttempt, i
			}
		}
		time.Sleep(next - r.now())
		if oldest >= 0 {
			r.finish(oldest)
		}
	}
	for i := 0; i < len(r.waiting); {
		if o := r.waiting[i]; o.due <= r.now() && chance(r.random, 0.7) {
			r.waiting = append(r.waiting[:i:i], r.waiting[i+1:]...)
			r.begin(o)
		} else {
			i++
		}
	}
}
