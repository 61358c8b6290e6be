// Package resilhttp gives any HTTP client timeouts, retries and circuit breakers:
//
//	client := &http.Client{Transport: resilhttp.NewTransport(http.DefaultTransport, engine)}
package resilhttp

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/resil/resil/bindings/go"
)

// Transport is an [http.RoundTripper] that makes each request a resil operation.
//
// An attempt ends when the response's header arrives: its status decides, and the policy's timeout covers the time until then.
// The body can be read for as long as the caller likes. If the policy gives up, the caller gets the last response, whatever its
// status, or the last error; if it admits no attempt, a [*resil.RejectedError]. A Retry-After header lengthens the delay before
// a retry.
//
// Whether a request may be sent twice is the policy's decision. One with a body is retried only if it has GetBody, as those of
// [http.NewRequest] have for the usual kinds of body.
type Transport struct {
	base   http.RoundTripper
	target func(*http.Request) *resil.Endpoint
}

// Option configures [NewTransport].
type Option func(*config)

type config struct {
	target func(*http.Request) *resil.Endpoint
	calls  []resil.CallOption
}

// WithTarget chooses a request's endpoint; nil means that the request goes out as it is. The default is the app that the host
// names, without the port, and as method the path without its first slash. That is an endpoint for each path: where paths
// contain ids, choose something coarser.
func WithTarget(target func(*http.Request) *resil.Endpoint) Option {
	return func(c *config) { c.target = target }
}

// WithApp sends all requests to one app. The method is the path, as without it.
func WithApp(engine *resil.Engine, app string) Option {
	return WithTarget(func(r *http.Request) *resil.Endpoint { return appEndpoint(engine, app, r) })
}

// WithCallOptions applies to every request, e.g. [resil.WaitWhenOpen]. Classifiers are not asked: the status decides.
func WithCallOptions(opts ...resil.CallOption) Option {
	return func(c *config) { c.calls = append(c.calls, opts...) }
}

// NewTransport wraps base; nil is [http.DefaultTransport].
func NewTransport(base http.RoundTripper, engine *resil.Engine, opts ...Option) *Transport {
	if base == nil {
		base = http.DefaultTransport
	}
	c := config{target: func(r *http.Request) *resil.Endpoint { return appEndpoint(engine, r.URL.Hostname(), r) }}
	for _, apply := range opts {
		apply(&c)
	}
	target := c.target
	if len(c.calls) > 0 {
		target = func(r *http.Request) *resil.Endpoint {
			if ep := c.target(r); ep != nil {
				return ep.With(c.calls...)
			}
			return nil
		}
	}
	return &Transport{base: base, target: target}
}

// appEndpoint falls back to the app itself when its paths have used up all the endpoints that the engine may have.
func appEndpoint(engine *resil.Engine, app string, r *http.Request) *resil.Endpoint {
	ep := engine.App(app, strings.TrimPrefix(r.URL.Path, "/"))
	if errors.Is(ep.Err(), resil.ErrFull) {
		return engine.App(app, "")
	}
	return ep
}

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ep := t.target(req)
	if ep == nil {
		return t.base.RoundTrip(req)
	}
	op := ep.Operation()
	var last error
	for {
		if err := op.BeginContext(req.Context(), last); err != nil {
			if op.Attempt() == 0 && req.Body != nil {
				req.Body.Close()
			}
			return nil, err
		}
		try := attempt{op: &op, req: req}
		response, err := try.make(t.base)
		verdict := try.end(response, err)
		if verdict != resil.Retry {
			return try.answer(response, err)
		}
		last = try.discard(response, err)
		if err := op.Wait(req.Context()); err != nil {
			return nil, fmt.Errorf("%w (last attempt: %w)", err, last)
		}
	}
}

// CloseIdleConnections lets [http.Client.CloseIdleConnections] reach the wrapped transport.
func (t *Transport) CloseIdleConnections() {
	if closer, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}
