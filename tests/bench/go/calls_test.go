package bench

import (
	"errors"
	"testing"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/failsafe-go/failsafe-go/timeout"
	"github.com/resil/resil/bindings/go"
	gobreaker05 "github.com/sony/gobreaker"
	gobreaker2 "github.com/sony/gobreaker/v2"
)

// Healthy: a call of a function that does nothing and succeeds. `bare` is the function alone.
func BenchmarkHealthy(b *testing.B) {
	ep, v05, v2, fs := endpoint(b, never), old(oldNever), current(currentNever), safe(1000)
	measure(b, "bare", func() (int, error) { return works(ctx) })
	b.Run("lib=resil", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			resil.Do(ctx, ep, works)
		}
	})
	b.Run("lib=gobreaker-v0.5", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v05.Execute(worksBoxed)
		}
	})
	b.Run("lib=gobreaker-v2", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v2.Execute(worksPlain)
		}
	})
	b.Run("lib=failsafe-go", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			fs.Get(worksPlain)
		}
	})
}

// measure is for what costs so much that one more call through a function value does not matter, and for `bare`, where it
// stands for the one that every library makes.
func measure(b *testing.B, lib string, call func() (int, error)) {
	b.Run("lib="+lib, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			call()
		}
	})
}

// Failing: every call fails and is counted; the breaker stays closed.
func BenchmarkFailing(b *testing.B) {
	ep, v05, v2 := endpoint(b, never), old(oldNever), current(currentNever)
	_, err := resil.Do(ctx, ep, fails)
	want(b, err, err == errWork)
	measure(b, "resil", func() (int, error) { return resil.Do(ctx, ep, fails) })
	measure(b, "gobreaker-v0.5", func() (int, error) { _, err := v05.Execute(failsBoxed); return 0, err })
	measure(b, "gobreaker-v2", func() (int, error) { return v2.Execute(failsPlain) })
}

// OneInSixteen: one call in sixteen fails.
func BenchmarkOneInSixteen(b *testing.B) {
	ep, v05, v2 := endpoint(b, never), old(oldNever), current(currentNever)
	n := 0
	measure(b, "resil", func() (int, error) {
		if n++; n%16 == 0 {
			return resil.Do(ctx, ep, fails)
		}
		return resil.Do(ctx, ep, works)
	})
	measure(b, "gobreaker-v0.5", func() (int, error) {
		if n++; n%16 == 0 {
			_, err := v05.Execute(failsBoxed)
			return 0, err
		}
		_, err := v05.Execute(worksBoxed)
		return 0, err
	})
	measure(b, "gobreaker-v2", func() (int, error) {
		if n++; n%16 == 0 {
			return v2.Execute(failsPlain)
		}
		return v2.Execute(worksPlain)
	})
}

// Rejected: the breaker is open.
func BenchmarkRejected(b *testing.B) {
	ep, v05, v2, fs := endpoint(b, atOnce), old(oldRun), current(currentRun), safe(1)
	resil.Do(ctx, ep, fails)
	v05.Execute(failsBoxed)
	v2.Execute(failsPlain)
	fs.Get(failsPlain)
	_, err := resil.Do(ctx, ep, works)
	want(b, err, errors.Is(err, resil.ErrOpen))
	_, err = v05.Execute(worksBoxed)
	want(b, err, err == gobreaker05.ErrOpenState)
	_, err = v2.Execute(worksPlain)
	want(b, err, err == gobreaker2.ErrOpenState)
	_, err = fs.Get(worksPlain)
	want(b, err, errors.Is(err, circuitbreaker.ErrOpen))
	measure(b, "resil", func() (int, error) { return resil.Do(ctx, ep, works) })
	measure(b, "gobreaker-v0.5", func() (int, error) { _, err := v05.Execute(worksBoxed); return 0, err })
	measure(b, "gobreaker-v2", func() (int, error) { return v2.Execute(worksPlain) })
	measure(b, "failsafe-go", func() (int, error) { return fs.Get(worksPlain) })
}

// Counting: a trip rule on totals, for which every call must be counted.
func BenchmarkCounting(b *testing.B) {
	ep := endpoint(b, "requests > 1000000000 && totalFailures * 2 > requests")
	v05, v2 := old(oldHalf), current(currentHalf)
	measure(b, "resil", func() (int, error) { return resil.Do(ctx, ep, works) })
	measure(b, "gobreaker-v0.5", func() (int, error) { _, err := v05.Execute(worksBoxed); return 0, err })
	measure(b, "gobreaker-v2", func() (int, error) { return v2.Execute(worksPlain) })
}

// ByHand: begin and end, or allow and done.
func BenchmarkByHand(b *testing.B) {
	ep := endpoint(b, never)
	v05 := gobreaker05.NewTwoStepCircuitBreaker(gobreaker05.Settings{})
	v2 := gobreaker2.NewTwoStepCircuitBreaker[int](gobreaker2.Settings{})
	b.Run("lib=resil", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			op := ep.Operation()
			if op.Begin() == resil.Allow {
				op.End(resil.Success)
			}
		}
	})
	measure(b, "resil-allow", func() (int, error) {
		done, err := ep.Allow()
		done(nil)
		return 0, err
	})
	measure(b, "gobreaker-v0.5", func() (int, error) {
		done, err := v05.Allow()
		done(true)
		return 0, err
	})
	measure(b, "gobreaker-v2", func() (int, error) {
		done, err := v2.Allow()
		done(nil)
		return 0, err
	})
}

// AllPolicies: a healthy call under a retry policy, a breaker and a timeout, in that order from the outside.
func BenchmarkAllPolicies(b *testing.B) {
	ep := target(b, "    timeouts: {t: 10s}\n    retries: {r: {policy: constant, duration: 1s, maxRetries: 3}}\n"+
		"    circuitBreakers: {cb: {timeout: 1h, trip: \""+never+"\"}}\n", "{timeout: t, retry: r, circuitBreaker: cb}")
	fs := failsafe.With(
		retrypolicy.NewBuilder[int]().WithMaxRetries(3).WithDelay(time.Second).Build(),
		circuitbreaker.NewBuilder[int]().WithFailureThreshold(1000).Build(),
		timeout.New[int](10*time.Second))
	measure(b, "resil", func() (int, error) { return resil.Do(ctx, ep, works) })
	measure(b, "failsafe-go", func() (int, error) { return fs.Get(worksPlain) })
}
