package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// kind is a type of CEL's that a trip rule may handle.
type kind int

const (
	boolean kind = iota
	whole
	unsigned
	real
)

var numbers = []kind{whole, unsigned, real}

var literals = map[kind][]string{
	boolean: {"true", "false"},
	whole: {"0", "1", "2", "3", "7", "-1", "-4", "10", "0x1F", "-0x8", "4611686018427387904", "3037000500", "9007199254740993",
		"9223372036854775807", "-9223372036854775808"},
	unsigned: {"0u", "1u", "2u", "3u", "5U", "0xFFu", "9007199254740993u", "9223372036854775808u", "18446744073709551615u"},
	real: {"0.0", "0.5", ".25", "1.0", "2.5", "-1.5", "3.0", "1e3", "1.5e-3", "9007199254740992.0", "9223372036854775807.0",
		"1.8446744073709552e19", "-9.3e18", "1e308", "4.9e-324"},
}

// expression makes a random one of the given type; now and then a part of it does not fit.
func expression(random *rand.Rand, of kind, depth int) string {
	if chance(random, 0.01) {
		of = one(random, boolean, whole, unsigned, real)
	}
	if depth <= 0 || chance(random, 0.15) {
		return atom(random, of)
	}
	part := func(of kind) string { return expression(random, of, depth-1) }
	wrap := func(text string) string { // as people write: not always in parentheses
		if chance(random, 0.7) {
			return "(" + text + ")"
		}
		return text
	}
	if chance(random, 0.12) {
		return "(" + part(boolean) + " ? " + part(of) + " : " + part(of) + ")"
	}
	switch of {
	case boolean:
		return wrap(condition(random, part))
	case whole:
		return one(random,
			func() string {
				return wrap(part(whole) + " " + one(random, "+", "-", "*", "/", "%") + " " + part(whole))
			},
			func() string {
				return wrap(part(whole) + " " + one(random, "+", "-", "*", "/", "%") + " " + part(whole))
			},
			func() string { return "-(" + part(whole) + ")" },
			func() string { return "int(" + part(one(random, numbers...)) + ")" })()
	case unsigned:
		return one(random,
			func() string {
				return wrap(part(unsigned) + " " + one(random, "+", "-", "*", "/", "%") + " " + part(unsigned))
			},
			func() string { return "uint(" + part(one(random, numbers...)) + ")" })()
	default:
		return one(random,
			func() string { return wrap(part(real) + " " + one(random, "+", "-", "*", "/", "/") + " " + part(real)) },
			func() string { return "-" + "(" + part(real) + ")" },
			func() string { return "double(" + part(one(random, numbers...)) + ")" })()
	}
}

func atom(random *rand.Rand, of kind) string {
	count := one(random, countNames...)
	switch {
	case of == whole && chance(random, 0.6):
		return count
	case of == unsigned && chance(random, 0.5):
		return "uint(" + count + ")"
	case of == real && chance(random, 0.5):
		return "double(" + count + ")"
	case of == boolean && chance(random, 0.7):
		return count + one(random, " > ", " >= ", "==", " != ", "<", " <= ") + fmt.Sprint(random.IntN(6))
	}
	return one(random, literals[of]...)
}

func condition(random *rand.Rand, part func(kind) string) string {
	a := one(random, numbers...)
	b := a
	if chance(random, 0.3) {
		b = one(random, numbers...)
	}
	switch random.IntN(10) {
	case 0, 1:
		return part(boolean) + " && " + part(boolean)
	case 2, 3:
		return part(boolean) + " || " + part(boolean)
	case 4:
		return "!(" + part(boolean) + ")"
	case 5:
		return part(boolean) + one(random, " == ", " != ", " < ", " >= ") + part(boolean)
	case 6:
		elements := []string{}
		for range random.IntN(4) {
			if chance(random, 0.2) {
				b = one(random, numbers...)
			}
			elements = append(elements, part(b))
		}
		return part(a) + " in [" + strings.Join(elements, ", ") + "]"
	default:
		return part(a) + one(random, " == ", " != ", " < ", " <= ", " > ", " >= ") + part(b)
	}
}
