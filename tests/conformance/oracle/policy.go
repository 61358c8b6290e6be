package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v4"
)

// policy is what a target has, each part of it optional.
type policy struct {
	timeout     time.Duration
	retry       bool
	exponential bool
	duration    time.Duration
	maxInterval time.Duration
	maxRetries  int
	http        []statusRange // nil: every status is retried
	breaker     bool
	maxRequests int
	interval    time.Duration
	open        time.Duration
	trip        string // "": the default
}

type statusRange struct{ first, last int }

func one[T any](random *rand.Rand, of ...T) T  { return of[random.IntN(len(of))] }
func chance(random *rand.Rand, p float64) bool { return random.Float64() < p }

// span writes a duration down, now and then as the number of milliseconds that a bare integer is.
func span(random *rand.Rand, d time.Duration) string {
	if d%time.Millisecond == 0 && chance(random, 0.1) {
		return strconv.FormatInt(d.Milliseconds(), 10)
	}
	return d.String()
}

// randomPolicy makes a policy and its YAML: the timeout's value, the fields of its retry and of its breaker ("" where absent).
func randomPolicy(random *rand.Rand) (p policy, timeout, retry, breaker string) {
	if chance(random, 0.5) {
		p.timeout = one(random, 0, time.Millisecond, 1500*time.Microsecond, 250*time.Millisecond, 5*time.Second, 5*time.Hour)
		timeout = span(random, p.timeout)
	}
	if chance(random, 0.75) {
		retry = p.randomRetry(random)
	}
	if chance(random, 0.95) {
		breaker = p.randomBreaker(random)
	}
	return
}

func (p *policy) randomRetry(random *rand.Rand) string {
	p.retry, p.duration, p.maxInterval, p.maxRetries = true, 5*time.Second, time.Minute, -1
	fields := []string{}
	set := func(name, value string) { fields = append(fields, name+": "+value) }
	if chance(random, 0.9) {
		p.exponential = chance(random, 0.5)
		set("policy", map[bool]string{true: one(random, "exponential", "Exponential"), false: "constant"}[p.exponential])
	}
	if chance(random, 0.7) {
		p.duration = one(random, 0, 1, 200*time.Microsecond, 3*time.Millisecond, 200*time.Millisecond, time.Second, 5*time.Second)
		set("duration", span(random, p.duration))
	}
	if chance(random, 0.7) {
		p.maxInterval = one(random, 500*time.Millisecond, 501*time.Millisecond, 2*time.Second, 15*time.Second)
		set("maxInterval", span(random, p.maxInterval))
	}
	if chance(random, 0.8) {
		p.maxRetries = one(random, -1, 0, 1, 2, 3, 6, 40)
		set("maxRetries", strconv.Itoa(p.maxRetries))
	}
	if chance(random, 0.6) {
		list := one(random, "429,500-599", "500,502-504", "100-199,400,599", "404", "400-499", "100-599", "503,,501", "199,599-599")
		p.http = readRanges(list)
		set("matching", fmt.Sprintf("{httpStatusCodes: %q}", list))
	} else if chance(random, 0.3) {
		set("matching", `{gRPCStatusCodes: "4,8,14"}`)
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

func readRanges(list string) (ranges []statusRange) {
	for _, part := range strings.Split(list, ",") {
		if part == "" {
			continue
		}
		first, last, is := strings.Cut(part, "-")
		if !is {
			last = first
		}
		low, _ := strconv.Atoi(first)
		high, _ := strconv.Atoi(last)
		ranges = append(ranges, statusRange{low, high})
	}
	return ranges
}

func (p *policy) randomBreaker(random *rand.Rand) string {
	p.breaker = true
	fields := []string{}
	set := func(name, value string) { fields = append(fields, name+": "+value) }
	if chance(random, 0.9) {
		p.maxRequests = random.IntN(6)
		set("maxRequests", strconv.Itoa(p.maxRequests))
	}
	if chance(random, 0.6) {
		p.interval = one(random, 0, 100, time.Millisecond, 3*time.Millisecond, 7*time.Millisecond, 1500*time.Microsecond,
			100*time.Millisecond, time.Second, 8*time.Second, 10*time.Minute, 2*time.Hour)
		set("interval", span(random, p.interval))
	}
	if chance(random, 0.9) {
		p.open = one(random, 0, 1, 5*time.Millisecond, 999*time.Microsecond, time.Second, 5*time.Second, 45*time.Second,
			10*time.Minute, 3*time.Hour)
		set("timeout", span(random, p.open))
	}
	if chance(random, 0.9) {
		p.trip = randomRule(random)
		set("trip", strconv.Quote(p.trip))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// reads are the counts that the breaker's rule looks at.
func (p policy) reads() []string {
	if p.trip == "" {
		return []string{"consecutiveFailures"}
	}
	found := []string{}
	for _, name := range countNames {
		if regexp.MustCompile(`\b` + name + `\b`).MatchString(p.trip) {
			found = append(found, name)
		}
	}
	return found
}

// retries reports whether a failure with this status (0: without one) may be retried at all.
func (p policy) retries(status int) bool {
	if status == 0 || p.http == nil {
		return p.retry
	}
	for _, r := range p.http {
		if r.first <= status && status <= r.last {
			return p.retry
		}
	}
	return false
}

// backOff is the original's, without its jitter, so that it shows the middle of each range, and without the end after
// 15 minutes that its documentation denies.
func (p policy) backOff() backoff.BackOff {
	if !p.retry {
		return &backoff.StopBackOff{}
	}
	var delays backoff.BackOff = backoff.NewConstantBackOff(p.duration)
	if p.exponential {
		delays = backoff.NewExponentialBackOff(backoff.WithMaxInterval(p.maxInterval), backoff.WithMaxElapsedTime(0),
			backoff.WithRandomizationFactor(0))
	}
	if p.maxRetries >= 0 {
		delays = backoff.WithMaxRetries(delays, uint64(p.maxRetries))
	}
	return delays
}

// around is the range of the delay whose middle is given: half of it either way, never above maxInterval.
func (p policy) around(middle time.Duration) [2]int64 {
	if !p.exponential {
		return [2]int64{int64(middle), int64(middle)}
	}
	return [2]int64{int64(middle / 2), int64(min(middle+middle/2, p.maxInterval))}
}
