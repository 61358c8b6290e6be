//go:build cgo

package resil_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/resil/resil/bindings/go"
)

const examplePolicy = `
kind: Resiliency
spec:
  policies:
    retries: {twice: {policy: constant, duration: 10ms, maxRetries: 2}}
    circuitBreakers: {cb: {timeout: 5m, trip: consecutiveFailures >= 3}}
  targets:
    apps:
      order-processor: {retry: twice, circuitBreaker: cb}
      stock: {circuitBreaker: cb}
`

func ExampleDo() {
	engine, err := resil.LoadText(examplePolicy, resil.WithLogger(nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	orders := engine.App("order-processor", "orders")

	receipt, err := resil.Do(context.Background(), orders, func(ctx context.Context) (string, error) {
		if resil.AttemptOf(ctx) < 3 {
			return "", errors.New("connection refused")
		}
		return "receipt 1", nil
	})
	fmt.Println(receipt, err)
	// Output: receipt 1 <nil>
}

func ExampleRejectedError() {
	engine, err := resil.LoadText(examplePolicy, resil.WithLogger(nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	stock := engine.App("stock", "")
	for range 4 {
		err = stock.Run(context.Background(), func(context.Context) error { return errors.New("out of order") })
	}
	var rejected *resil.RejectedError
	if errors.As(err, &rejected) {
		fmt.Println(errors.Is(err, resil.ErrOpen), rejected.Reason, rejected.RetryAfter.Round(time.Minute))
	}
	// Output: true breaker-open 5m0s
}

func ExampleEndpoint_Allow() {
	engine, err := resil.LoadText(examplePolicy, resil.WithLogger(nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	done, err := engine.App("stock", "").Allow()
	if err != nil {
		fmt.Println("rejected:", err)
		return
	}
	fmt.Println("admitted")
	done(nil)
	// Output: admitted
}

func ExampleOperation() {
	engine, err := resil.LoadText(examplePolicy, resil.WithLogger(nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	ctx, op := context.Background(), engine.App("order-processor", "orders").Operation()
	var failed error
	for {
		if err := op.BeginContext(ctx, failed); err != nil {
			fmt.Println("not admitted:", err)
			return
		}
		failed = errors.New("connection refused")
		if op.End(resil.Failure) != resil.Retry {
			break
		}
		if err := op.Wait(ctx); err != nil {
			fmt.Println("cancelled:", err)
			return
		}
	}
	fmt.Println(op.Attempt(), op.Reason(), op.Err(failed))
	// Output: 3 retries-exhausted resil: retries exhausted after 3 attempts: connection refused
}
