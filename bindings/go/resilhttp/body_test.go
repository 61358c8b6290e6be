package resilhttp_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
	"github.com/resil/resil/bindings/go/resilhttp"
)

// The policy's timeout is for the response's header; a body may take longer.
func TestTimeoutDoesNotCutTheBody(t *testing.T) {
	handler := func(_ int, w http.ResponseWriter, _ *http.Request) {
		time.Sleep(99 * time.Millisecond)
		for range 4 {
			fmt.Fprint(w, "slow ")
			w.(http.Flusher).Flush()
			time.Sleep(60 * time.Millisecond)
		}
	}
	inBubble(t, "timed", handler, func(t *testing.T, s *served) {
		if got := s.get(t, "/orders"); got != "200 slow slow slow slow " {
			t.Fatal(got)
		}
	})
}

func hang(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestTimeoutEndsTheAttempt(t *testing.T) {
	inBubble(t, "timedtwice", hang, func(t *testing.T, s *served) {
		start := time.Now()
		_, err := s.Get(s.url + "/orders")
		var timeout *resil.TimeoutError
		if !errors.Is(err, resil.ErrTimeout) || !errors.Is(err, resil.ErrExhausted) || !errors.As(err, &timeout) ||
			timeout.Budget != 100*time.Millisecond {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 300*time.Millisecond || s.clock.Now() != 2*time.Second {
			t.Fatal(took, s.clock.Now())
		}
		if calls := s.calls(t, "timedtwice", "orders"); calls.Timeouts != 3 {
			t.Fatalf("%+v", calls)
		}
	})
}

func TestCallersContextIsACancellation(t *testing.T) {
	inBubble(t, "timedtwice", hang, func(t *testing.T, s *served) {
		for _, budget := range []time.Duration{30 * time.Millisecond, 100 * time.Millisecond} {
			ctx, cancel := context.WithTimeout(t.Context(), budget)
			request, _ := http.NewRequestWithContext(ctx, "GET", s.url+"/orders", nil)
			_, err := s.Do(request)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, resil.ErrTimeout) {
				t.Fatal(err)
			}
		}
		// So does the deadline that the client itself has.
		limited := &http.Client{Transport: s.Transport, Timeout: 50 * time.Millisecond}
		if _, err := limited.Get(s.url + "/orders"); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, resil.ErrTimeout) {
			t.Fatal(err)
		}
		if calls := s.calls(t, "timedtwice", "orders"); calls.Cancelled != 3 || calls.Failures != 0 {
			t.Fatalf("%+v", calls)
		}
	})
}

// The context of an attempt with a timeout lives until its body is read or closed, and no longer.
func TestContextIsReleasedWithTheBody(t *testing.T) {
	for name, finish := range map[string]func(io.ReadCloser){
		"close": func(body io.ReadCloser) { body.Close() },
		"read":  func(body io.ReadCloser) { io.Copy(io.Discard, body) },
	} {
		t.Run(name, func(t *testing.T) {
			fine := func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "fine") }
			inBubble(t, "timed", fine, func(t *testing.T, s *served) {
				var ctx context.Context
				client := s.client(roundTripper(func(r *http.Request) (*http.Response, error) {
					ctx = r.Context()
					return s.base.RoundTrip(r)
				}), "timed")
				response, err := client.Get(s.url + "/orders")
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Hour)
				if ctx.Err() != nil {
					t.Fatal("the body can't be read any more:", context.Cause(ctx))
				}
				finish(response.Body)
				if ctx.Err() == nil {
					t.Fatal("the attempt's context leaks")
				}
			})
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A switch of protocols is a success, and its body stays one that can be written to.
func TestSwitchedProtocol(t *testing.T) {
	echo := func(_ int, w http.ResponseWriter, r *http.Request) {
		conn, stream, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		stream.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		stream.Flush()
		line, _ := stream.ReadString('\n')
		stream.WriteString(strings.ToUpper(line))
		stream.Flush()
	}
	inBubble(t, "timed", echo, func(t *testing.T, s *served) {
		request, _ := http.NewRequest("GET", s.url+"/echo", nil)
		request.Header.Set("Connection", "Upgrade")
		request.Header.Set("Upgrade", "echo")
		response, err := s.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		duplex, ok := response.Body.(io.ReadWriter)
		if !ok || response.StatusCode != 101 {
			t.Fatal(response.Status)
		}
		fmt.Fprintln(duplex, "hello")
		if line, err := bufio.NewReader(duplex).ReadString('\n'); line != "HELLO\n" {
			t.Fatal(line, err)
		}
		if calls := s.calls(t, "timed", "echo"); calls.Successes != 1 {
			t.Fatalf("%+v", calls)
		}
	})
}

func TestConnectionErrorsAreRetried(t *testing.T) {
	s := serve(t, "retried", failing(0))
	attempts := 0
	client := s.client(roundTripper(func(r *http.Request) (*http.Response, error) {
		if attempts++; attempts < 3 {
			r.Body.Close()
			return nil, errors.New("connection refused")
		}
		return s.base.RoundTrip(r)
	}), "retried")
	response, err := client.Post(s.url+"/orders", "text/plain", strings.NewReader("order"))
	if got := text(t, response, err); got != "200 fine" || fmt.Sprint(s.bodies) != "[order]" {
		t.Fatal(got, s.bodies)
	}
}

// Whatever its size, the response of an attempt that is retried is closed, and the one that is returned is left open.
func TestResponsesOfRetriedAttemptsAreClosed(t *testing.T) {
	s := serve(t, "retried", failing(0))
	for _, length := range []int64{0, 100, 1 << 20, -1} {
		var bodies []*closing
		client := s.client(roundTripper(func(r *http.Request) (*http.Response, error) {
			bodies = append(bodies, &closing{Reader: strings.NewReader(strings.Repeat("x", int(max(length, 10))))})
			return &http.Response{StatusCode: 503, Body: bodies[len(bodies)-1], ContentLength: length, Request: r}, nil
		}), "retried")
		response, err := client.Get("http://a/orders")
		if err != nil || len(bodies) != 3 || !bodies[0].closed || !bodies[1].closed || bodies[2].closed {
			t.Fatal(length, err, bodies)
		}
		response.Body.Close()
	}
}

// A body that can't be had again after all, and a transport that panics.
func TestTrouble(t *testing.T) {
	s := serve(t, "retried", failing(99))
	request, _ := http.NewRequest("POST", s.url+"/orders", strings.NewReader("x"))
	noBody := errors.New("no body")
	request.GetBody = func() (io.ReadCloser, error) { return nil, noBody }
	if _, err := s.Do(request); !errors.Is(err, noBody) || len(s.bodies) != 1 {
		t.Fatal(err, s.bodies)
	}
	broken := serve(t, "broken", failing(0))
	base := roundTripper(func(*http.Request) (*http.Response, error) { panic("kaboom") })
	transport := resilhttp.NewTransport(base, broken.engine, resilhttp.WithApp(broken.engine, "broken"))
	for range 3 {
		func() {
			defer func() {
				if recover() != "kaboom" {
					t.Fatal("the panic must go on")
				}
			}()
			transport.RoundTrip(request)
		}()
	}
	if state, _ := broken.engine.App("broken", "orders").State(); state != resil.Open {
		t.Fatal(state)
	}
}

func TestDefaultTarget(t *testing.T) {
	s := serve(t, "unused", failing(99))
	engine, err := resil.LoadText(strings.Replace(document, "retried:", "127.0.0.1:", 1), resil.WithClock(s.clock), resil.WithLogger(nil),
		resil.WithMaxEndpoints(2))
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	client := &http.Client{Transport: resilhttp.NewTransport(nil, engine)}
	for _, path := range []string{"/orders/1", "/", "/orders/2", "/orders/3"} {
		response, err := client.Get(s.url + path)
		text(t, response, err)
	}
	if len(s.bodies) != 12 {
		t.Fatal("the app's policy must apply to every path, also when there is no room for more endpoints:", len(s.bodies))
	}
	snapshot, _ := engine.Snapshot()
	if len(snapshot.Endpoints) != 2 || snapshot.Endpoints[0].Name != "127.0.0.1" || snapshot.Endpoints[0].Method != "orders/1" ||
		snapshot.Endpoints[1].Method != "" {
		t.Fatalf("%+v", snapshot.Endpoints)
	}
	unguarded := &http.Client{Transport: resilhttp.NewTransport(nil, engine,
		resilhttp.WithTarget(func(*http.Request) *resil.Endpoint { return nil }))}
	response, err := unguarded.Get(s.url)
	if text(t, response, err); len(s.bodies) != 13 {
		t.Fatal(len(s.bodies))
	}
	unguarded.CloseIdleConnections()
}
