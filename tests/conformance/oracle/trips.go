package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/sony/gobreaker"
)

// tripCase makes one line: a rule, the calls that are made under it (s succeeds, f fails, b begins and does not end), and
// the call at which cel-go says that it trips, 0 for none. Loaded strictly, it "must" be `refused` where cel-go finds it not
// to be a bool, and "may" where cel-go's checker will not have it, it is nothing but errors, or an `in` of it mixes bools and
// numbers. One that is accepted all the same acts like cel-go without its checker. No trips_at: it cannot be read at all.
func tripCase(name string, random *rand.Rand) object {
	calls := make([]byte, 1+random.IntN(8))
	for i := range calls {
		calls[i] = one(random, byte('s'), 'f', 'f', 'b')
	}
	calls[len(calls)-1] = 'f'
	text := expression(random, boolean, 1+random.IntN(5))
	if chance(random, 0.4) {
		text = equation(expression(random, one(random, numbers...), 1+random.IntN(4)), countsAfter(string(calls)))
	}
	line := object{"name": name, "expr": text, "calls": string(calls)}

	rule, err := compileTrip(text)
	if err != nil {
		line["refused"] = "must"
		return line
	}
	errors, tripsAt := 0, 0
	for i := range calls {
		if calls[i] != 'f' || tripsAt > 0 {
			continue
		}
		counts := countsAfter(string(calls[:i+1]))
		if _, err := rule.value(counts); err != nil {
			errors++
		}
		if rule.trips(counts) {
			tripsAt = i + 1
		}
	}
	line["trips_at"] = tripsAt
	if rule.checked && rule.output != cel.BoolType {
		line["refused"] = "must"
	} else if !rule.checked || rule.mixed || errors == strings.Count(string(calls), "f") {
		line["refused"] = "may"
	}
	return line
}

// countsAfter are the counts of a closed breaker.
func countsAfter(calls string) (c gobreaker.Counts) {
	for _, call := range calls {
		c.Requests++
		switch call {
		case 's':
			c.TotalSuccesses, c.ConsecutiveSuccesses, c.ConsecutiveFailures = c.TotalSuccesses+1, c.ConsecutiveSuccesses+1, 0
		case 'f':
			c.TotalFailures, c.ConsecutiveFailures, c.ConsecutiveSuccesses = c.TotalFailures+1, c.ConsecutiveFailures+1, 0
		}
	}
	return c
}

// equation makes a rule that is true where the number is what cel-go finds it to be.
func equation(number string, counts gobreaker.Counts) string {
	rule, err := compileTrip(number)
	if err != nil {
		return number
	}
	value, err := rule.value(counts)
	if err != nil {
		return "(" + number + ") == (" + number + ")"
	}
	switch v := value.(type) {
	case int64:
		return fmt.Sprintf("(%s) == %d", number, v)
	case uint64:
		return fmt.Sprintf("(%s) == %du", number, v)
	case float64:
		if math.IsNaN(v) {
			return fmt.Sprintf("(%s) != (%s)", number, number)
		} else if math.IsInf(v, 0) {
			return fmt.Sprintf("(%s) * 0.0 != 0.0 && (%s) == (%s)", number, number, number)
		}
		digits := strconv.FormatFloat(v, 'e', -1, 64)
		return fmt.Sprintf("(%s) == %s", number, digits)
	}
	return fmt.Sprintf("(%s) == %v", number, value)
}
