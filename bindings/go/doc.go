// Package resil applies a Dapr `kind: Resiliency` policy file to calls, in-process: per target its timeouts, retries and
// circuit breakers.
//
//	engine, err := resil.Load("resiliency.yaml", resil.WithAppID("checkout"))
//	orders := engine.App("order-processor", "orders")
//	reply, err := resil.Do(ctx, orders, func(ctx context.Context) (string, error) { return post(ctx, order) })
//
// An operation is one logical call with all its attempts. Do and [Endpoint.Run] make a whole operation, [Endpoint.Allow]
// brackets one attempt in gobreaker's two steps, and [Operation] is the same by hand. The engine decides; this package
// only waits, calls and cancels.
//
// A healthy call costs two loads and one counter: it enters the engine (a C library, linked statically through cgo) only
// when a breaker is not closed, something failed, or the policy counts over time.
//
// Everything is safe for concurrent use, except an Operation, which belongs to one goroutine at a time.
//
// Package resilhttp, in this module, has an [net/http.RoundTripper]; the modules resilgrpc and resilprom have an
// interceptor for gRPC clients and a Prometheus collector.
package resil
