package resilhttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
	"github.com/resil/resil/bindings/go/resilhttp"
)

// virtual is a clock whose sleeps take no time.
type virtual struct{ now atomic.Int64 }

func (v *virtual) Now() time.Duration { return time.Duration(v.now.Load()) }

func (v *virtual) Sleep(ctx context.Context, d time.Duration) error {
	v.now.Add(int64(d))
	return context.Cause(ctx)
}

const document = `
kind: Resiliency
spec:
  policies:
    timeouts: {quick: 100ms}
    retries:
      twice: {policy: constant, duration: 1s, maxRetries: 2, matching: {httpStatusCodes: "429,500-599"}}
    circuitBreakers:
      cb: {maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 3}
      hour: {timeout: 1h, trip: consecutiveFailures > 0}
  targets:
    apps:
      retried: {retry: twice}
      broken: {circuitBreaker: cb}
      down: {circuitBreaker: hour}
      timed: {timeout: quick}
      timedtwice: {timeout: quick, retry: twice}
`

// served is one server, a client that sends everything to `app`, and what the server saw.
type served struct {
	*http.Client
	url     string
	base    http.RoundTripper
	engine  *resil.Engine
	clock   *virtual
	lock    sync.Mutex
	bodies  []string
	remotes map[string]bool
}

func serve(t *testing.T, app string, handler func(n int, w http.ResponseWriter, r *http.Request), opts ...resilhttp.Option) *served {
	t.Helper()
	return serveOn(t, nil, http.DefaultTransport, app, handler, opts...)
}

// serveOn has a server that listens there, or on a port if that is nil.
func serveOn(t *testing.T, listener net.Listener, transport http.RoundTripper, app string,
	handler func(n int, w http.ResponseWriter, r *http.Request), opts ...resilhttp.Option) *served {
	t.Helper()
	s := &served{clock: &virtual{}, remotes: map[string]bool{}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.lock.Lock()
		s.bodies = append(s.bodies, string(body))
		s.remotes[r.RemoteAddr] = true
		n := len(s.bodies)
		s.lock.Unlock()
		handler(n, w, r)
	}))
	if listener != nil {
		server.Listener.Close()
		server.Listener = listener
	}
	server.Start()
	t.Cleanup(server.Close)
	engine, err := resil.LoadText(document, resil.WithClock(s.clock), resil.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	s.url, s.engine, s.base = server.URL, engine, transport
	s.Client = s.client(transport, app, opts...)
	return s
}

// client is another one, over another transport.
func (s *served) client(base http.RoundTripper, app string, opts ...resilhttp.Option) *http.Client {
	opts = append([]resilhttp.Option{resilhttp.WithApp(s.engine, app)}, opts...)
	return &http.Client{Transport: resilhttp.NewTransport(base, s.engine, opts...)}
}

func (s *served) calls(t *testing.T, app, method string) resil.Calls {
	t.Helper()
	one, err := s.engine.App(app, method).Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return one.Calls
}

// get returns status and body.
func (s *served) get(t *testing.T, path string) string {
	t.Helper()
	response, err := s.Get(s.url + path)
	return text(t, response, err)
}

func text(t *testing.T, response *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", response.StatusCode, body)
}

func failing(times int) func(int, http.ResponseWriter, *http.Request) {
	return func(n int, w http.ResponseWriter, r *http.Request) {
		if n <= times {
			http.Error(w, "not now", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "fine")
	}
}

func TestRetriesReplayTheBodyOnOneConnection(t *testing.T) {
	s := serve(t, "retried", failing(2))
	response, err := s.Post(s.url+"/orders", "text/plain", strings.NewReader("order 1"))
	if got := text(t, response, err); got != "200 fine" {
		t.Fatal(got)
	}
	if fmt.Sprint(s.bodies) != "[order 1 order 1 order 1]" || s.clock.Now() != 2*time.Second {
		t.Fatal(s.bodies, s.clock.Now())
	}
	if len(s.remotes) != 1 {
		t.Fatal("responses that are not wanted must be drained, so that their connection can be used again:", s.remotes)
	}
	if calls := s.calls(t, "retried", "orders"); calls.Successes != 1 || calls.Failures != 2 || calls.Recovered != 1 {
		t.Fatalf("%+v", calls)
	}
}

func TestLastResponseIsReturned(t *testing.T) {
	s := serve(t, "retried", failing(99))
	response, err := s.Get(s.url + "/orders")
	if got := text(t, response, err); got != "503 not now\n" || len(s.bodies) != 3 {
		t.Fatal(got, s.bodies)
	}
}

func TestStatusThatIsNotListedIsNotRetried(t *testing.T) {
	s := serve(t, "retried", func(_ int, w http.ResponseWriter, _ *http.Request) { http.Error(w, "who?", 404) })
	response, err := s.Get(s.url + "/orders")
	if got := text(t, response, err); got != "404 who?\n" || len(s.bodies) != 1 {
		t.Fatal(got, s.bodies)
	}
}

// A body that can't be had again is sent once; the policy's retries do not apply.
func TestBodyWithoutGetBodyIsSentOnce(t *testing.T) {
	s := serve(t, "retried", failing(99))
	response, err := s.Post(s.url+"/orders", "text/plain", io.MultiReader(strings.NewReader("stream")))
	if got := text(t, response, err); got != "503 not now\n" || fmt.Sprint(s.bodies) != "[stream]" {
		t.Fatal(got, s.bodies)
	}
	if calls := s.calls(t, "retried", "orders"); calls.Retries != 0 || calls.GaveUp != 1 {
		t.Fatalf("%+v", calls)
	}
}

func TestRetryAfter(t *testing.T) {
	s := serve(t, "retried", func(n int, w http.ResponseWriter, r *http.Request) {
		if n == 1 {
			w.Header().Set("Retry-After", "120")
		}
		failing(1)(n, w, r)
	})
	response, err := s.Get(s.url + "/orders")
	if got := text(t, response, err); got != "200 fine" || s.clock.Now() != 2*time.Minute {
		t.Fatal(got, s.clock.Now())
	}
	for value, want := range map[string]bool{"": false, "soon": false, "-3": false, "Thu, 01 Jan 1970 00:00:00 GMT": false,
		"99999999999": false, time.Now().Add(time.Hour).UTC().Format(http.TimeFormat): true, "7": true} {
		if got := resilhttp.RetryAfter(&http.Response{Header: http.Header{"Retry-After": {value}}}); (got > 0) != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}

func TestOpenBreaker(t *testing.T) {
	s := serve(t, "broken", failing(3))
	for range 3 {
		if got := s.get(t, "/orders"); got != "503 not now\n" {
			t.Fatal(got)
		}
	}
	body := &closing{Reader: strings.NewReader("x")}
	_, err := s.Post(s.url+"/orders", "text/plain", body)
	var rejected *resil.RejectedError
	if !errors.Is(err, resil.ErrOpen) || !errors.As(err, &rejected) || rejected.RetryAfter == 0 || len(s.bodies) != 3 {
		t.Fatal(err, s.bodies)
	}
	if !body.closed {
		t.Fatal("RoundTrip must close the body even if it sends nothing")
	}
	// Another method of the app has a breaker of its own.
	if got := s.get(t, "/refunds"); got != "200 fine" {
		t.Fatal(got)
	}
	// Waiting is an option: the probe goes through.
	waiting := serve(t, "broken", failing(3), resilhttp.WithCallOptions(resil.WaitWhenOpen()))
	for range 3 {
		waiting.get(t, "/orders")
	}
	if got := waiting.get(t, "/orders"); got != "200 fine" || waiting.clock.Now() < 5*time.Second {
		t.Fatal(got, waiting.clock.Now())
	}
	// But not past the request's deadline.
	down := serve(t, "down", failing(99), resilhttp.WithCallOptions(resil.WaitWhenOpen()))
	down.get(t, "/orders")
	down.Timeout = time.Minute
	if _, err := down.Client.Get(down.url + "/orders"); !errors.Is(err, resil.ErrOpen) || down.clock.Now() != 0 || len(down.bodies) != 1 {
		t.Fatal(err, down.clock.Now(), down.bodies)
	}
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}
