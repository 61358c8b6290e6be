package main

import (
	"errors"
	"reflect"
	"time"
	"unsafe"

	"github.com/sony/gobreaker"
)

// errFailed is what every failed attempt gives to the original.
var errFailed = errors.New("failed")

// breaker is the original, run as its users run it: around the attempt, each attempt in a goroutine of its own.
type breaker struct {
	original *gobreaker.CircuitBreaker
	looking  bool // at a copy, whose changes nobody hears of
}

func newBreaker(settings gobreaker.Settings) *breaker {
	b := &breaker{}
	changed := settings.OnStateChange
	settings.OnStateChange = func(name string, from, to gobreaker.State) {
		if !b.looking {
			changed(name, from, to)
		}
	}
	b.original = gobreaker.NewCircuitBreaker(settings)
	return b
}

// begin asks for an attempt. Admitted, it lasts until the returned function is called, with its outcome.
func (b *breaker) begin() (end func(success bool), err error) {
	decision, outcome, over := make(chan error), make(chan error), make(chan struct{})
	go func() {
		_, err := b.original.Execute(func() (any, error) {
			decision <- nil
			return nil, <-outcome
		})
		if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
			decision <- err
		}
		close(over)
	}()
	if err := <-decision; err != nil {
		<-over
		return nil, err
	}
	return func(success bool) {
		if success {
			outcome <- nil
		} else {
			outcome <- errFailed
		}
		<-over
	}, nil
}

// look tells what the breaker would find itself to be now. Asking moves the original, so a copy is asked.
func (b *breaker) look() (gobreaker.State, gobreaker.Counts) {
	b.looking = true
	defer func() { b.looking = false }()
	copied := reflect.New(reflect.TypeFor[gobreaker.CircuitBreaker]())
	copied.Elem().Set(reflect.ValueOf(b.original).Elem())
	breaker := copied.Interface().(*gobreaker.CircuitBreaker)
	return breaker.State(), breaker.Counts()
}

// expiry is when the window or the time in open ends; zero: never. Schedules aim at it.
func (b *breaker) expiry() time.Time {
	field := reflect.ValueOf(b.original).Elem().FieldByName("expiry")
	return *(*time.Time)(unsafe.Pointer(field.UnsafeAddr()))
}
