// Package resilgrpc gives a gRPC client timeouts, retries and circuit breakers:
//
//	conn, err := grpc.NewClient("dns:///order-processor:50001", grpc.WithUnaryInterceptor(resilgrpc.UnaryClientInterceptor(engine)))
//
// It is a module of its own, so that the main one needs only the standard library.
package resilgrpc

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/resil/resil/bindings/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// Option configures [UnaryClientInterceptor].
type Option func(*config)

type config struct {
	target func(ctx context.Context, conn *grpc.ClientConn, method string) *resil.Endpoint
	calls  []resil.CallOption
}

// WithTarget chooses a call's endpoint; nil means that the call goes out as it is. The default is the app that the connection's
// target names, without scheme and port, and as method the full method without its first slash.
func WithTarget(target func(ctx context.Context, conn *grpc.ClientConn, method string) *resil.Endpoint) Option {
	return func(c *config) { c.target = target }
}

// WithApp sends all calls to one app.
func WithApp(engine *resil.Engine, app string) Option {
	return WithTarget(func(_ context.Context, _ *grpc.ClientConn, method string) *resil.Endpoint {
		return engine.App(app, strings.TrimPrefix(method, "/"))
	})
}

// WithCallOptions applies to every call, e.g. [resil.WaitWhenOpen].
func WithCallOptions(opts ...resil.CallOption) Option {
	return func(c *config) { c.calls = append(c.calls, opts...) }
}

// UnaryClientInterceptor makes each unary call a resil operation. The code of each attempt decides, and a delay that the server
// asks for (google.rpc.RetryInfo) lengthens the one before a retry. Errors keep their gRPC status; a call that was not admitted
// has Unavailable, and is a [*resil.RejectedError] too, and one that its context ended has the context's.
func UnaryClientInterceptor(engine *resil.Engine, opts ...Option) grpc.UnaryClientInterceptor {
	c := config{target: func(_ context.Context, conn *grpc.ClientConn, method string) *resil.Endpoint {
		return engine.App(AppOf(conn.Target()), strings.TrimPrefix(method, "/"))
	}}
	for _, apply := range opts {
		apply(&c)
	}
	calls := append([]resil.CallOption{resil.Classify(OutcomeOf)}, c.calls...)
	return func(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker,
		callOptions ...grpc.CallOption) error {
		ep := c.target(ctx, conn, method)
		if ep == nil {
			return invoke(ctx, method, req, reply, conn, callOptions...)
		}
		err := ep.With(calls...).Run(ctx, func(ctx context.Context) error {
			return explain(invoke(ctx, method, req, reply, conn, callOptions...))
		})
		return withStatus(ctx, err)
	}
}

// AppOf is the app that a connection's target names: `dns://8.8.8.8/order-processor:50001` is order-processor.
func AppOf(target string) string {
	if _, rest, ok := strings.Cut(target, "://"); ok {
		_, endpoint, found := strings.Cut(rest, "/")
		if !found {
			endpoint = rest
		}
		target = endpoint
	} else if scheme, rest, ok := strings.Cut(target, ":"); ok && (scheme == "dns" || scheme == "passthrough" || scheme == "unix") {
		target = rest
	}
	if host, _, err := net.SplitHostPort(target); err == nil {
		return host
	}
	return strings.Trim(target, "[]")
}

// withStatus gives an error the gRPC status that tells how the call ended, so that status.Code answers.
func withStatus(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if plain, ok := err.(*callError); ok {
		return plain.error // what the last attempt returned, as it was
	}
	var rejected *resil.RejectedError
	var carrier interface{ GRPCStatus() *grpcStatus }
	switch ended := ctx.Err(); {
	case ended != nil && errors.Is(err, ended):
		return &statusError{err, status.FromContextError(ended).Code()}
	case errors.As(err, &rejected): // what a last attempt's status says is not how the call ended
		return &statusError{err, codeOf(err)}
	case errors.As(err, &carrier):
		return err
	}
	return &statusError{err, codeOf(err)}
}
