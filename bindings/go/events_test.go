//go:build cgo

package resil_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
)

func plainLog(to *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// The quickstart's story: its lines, word for word.
func TestLogLines(t *testing.T) {
	var out bytes.Buffer
	clock := &virtual{}
	engine := load(t, policy("", "{policy: constant, duration: 5s, maxRetries: -1}", "{maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 5}"),
		resil.WithClock(clock), resil.WithLogger(plainLog(&out)))
	ep := engine.App("a", "orders").With(resil.WaitWhenOpen())
	attempts := 0
	err := ep.Run(t.Context(), func(context.Context) error {
		if attempts++; attempts < 8 {
			return errBoom
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	flips := `level=INFO msg="Circuit breaker \"a:orders\" changed state from open to half-open" endpoint="app[a, orders]"
level=INFO msg="Circuit breaker \"a:orders\" changed state from half-open to open" endpoint="app[a, orders]"
`
	want := `level=INFO msg="Error processing operation endpoint[a, a:orders]. Retrying..." endpoint="app[a, orders]"
level=INFO msg="Circuit breaker \"a:orders\" changed state from closed to open" endpoint="app[a, orders]"
` + flips + flips + `level=INFO msg="Circuit breaker \"a:orders\" changed state from open to half-open" endpoint="app[a, orders]"
level=INFO msg="Circuit breaker \"a:orders\" changed state from half-open to closed" endpoint="app[a, orders]"
level=INFO msg="Recovered processing operation endpoint[a, a:orders] after 8 attempts" endpoint="app[a, orders]"
`
	if out.String() != want {
		t.Fatalf("got\n%s\nwant\n%s", out.String(), want)
	}
	if got := snapshotOf(t, ep).Transitions; got != [3]uint64{1, 3, 3} {
		t.Fatal(got)
	}
}

const perType = "kind: Resiliency\nspec:\n  policies: {circuitBreakers: {b: " + tripAt3 + "}}\n" +
	"  targets: {actors: {T: {circuitBreaker: b, circuitBreakerScope: type}}}\n"

// The breaker that an actor type's actors share is the type's, of which the program never asked for an endpoint.
func TestBreakerOfAnActorType(t *testing.T) {
	var out bytes.Buffer
	engine := load(t, perType, resil.WithClock(&virtual{}), resil.WithLogger(plainLog(&out)))
	subscription := engine.Subscribe(10)
	for id := range 3 {
		engine.Actor("T", fmt.Sprint(id)).Run(t.Context(), fail)
	}
	if len(subscription.C) != 1 {
		t.Fatal(len(subscription.C))
	}
	event, shared := <-subscription.C, engine.Actor("T", "")
	if event.Kind != resil.EventBreaker || event.Endpoint == nil || event.Endpoint != shared || event.Endpoint.String() != "actor[T]" {
		t.Fatalf("%+v", event)
	}
	if stateOf(t, event.Endpoint) != resil.Open || snapshotOf(t, shared).Transitions != [3]uint64{0, 1, 0} {
		t.Fatalf("%+v", snapshotOf(t, shared))
	}
	const want = "level=INFO msg=\"Circuit breaker \\\"T\\\" changed state from closed to open\" endpoint=actor[T]\n"
	if out.String() != want {
		t.Fatal(out.String())
	}
}

func TestWarningsAreLogged(t *testing.T) {
	var out bytes.Buffer
	load(t, policy("", "", tripAt3)+"  surprise: 1\n", resil.WithLenient(), resil.WithLogger(plainLog(&out)))
	if !strings.Contains(out.String(), "level=WARN") || !strings.Contains(out.String(), "surprise") {
		t.Fatal(out.String())
	}
}

func TestEvents(t *testing.T) {
	clock := &virtual{}
	engine := load(t, policy("1s", twice, tripAt3), resil.WithClock(clock), resil.WithEveryRejection())
	ep := engine.App("a", "m")
	ep.Run(t.Context(), succeed)
	subscription := engine.Subscribe(32)
	for range 2 {
		op := ep.Operation()
		for op.Begin() == resil.Allow && op.End(resil.Timeout) == resil.Retry {
			op.Wait(t.Context())
		}
	}
	subscription.Close()
	subscription.Close()
	var got []string
	last := uint64(0)
	for event := range subscription.C {
		if event.Endpoint != ep || event.Seq <= last || event.Time > clock.Now() {
			t.Fatalf("%+v", event)
		}
		last = event.Seq
		switch event.Kind {
		case resil.EventTimedOut:
			got = append(got, event.Kind.String())
			if event.Delay != time.Second || event.Outcome != resil.Timeout {
				t.Fatalf("%+v", event)
			}
		case resil.EventRetry:
			got = append(got, event.Kind.String())
			if event.Delay != time.Second || event.Outcome != resil.Timeout || event.Attempts != len(got)/2 {
				t.Fatalf("%+v", event)
			}
		case resil.EventBreaker:
			got = append(got, event.From.String()+"-"+event.To.String())
		case resil.EventGaveUp:
			got = append(got, event.Kind.String()+": "+event.Reason.String())
		case resil.EventRejected:
			got = append(got, event.Kind.String()+": "+event.Reason.String())
		}
	}
	want := "timed out,retry,timed out,retry,closed-open,timed out,gave up: retries-exhausted,rejected: breaker-open"
	if strings.Join(got, ",") != want || subscription.Dropped() != 0 {
		t.Fatal(got, subscription.Dropped())
	}
	if text := fmt.Sprint(resil.EventKind(0), resil.EventBreaker, resil.EventWarning, resil.EventKind(99)); text != "unknown breaker warning unknown" {
		t.Fatal(text)
	}
}

// A subscriber that does not read costs events, never time; the count says how many.
func TestDroppedEventsAreCounted(t *testing.T) {
	engine := load(t, policy("", twice, ""), resil.WithClock(&virtual{}), resil.WithEventCapacity(16))
	ep := engine.App("a", "m")
	slow, fast := engine.Subscribe(1), engine.Subscribe(1000)
	for range 20 {
		ep.Run(t.Context(), fail)
	}
	// An operation of three attempts makes two retry events and one that it gave up.
	if len(fast.C) != 60 || fast.Dropped() != 0 || len(slow.C) != 1 || slow.Dropped() != 59 {
		t.Fatal(len(fast.C), fast.Dropped(), len(slow.C), slow.Dropped())
	}
	engine.Close()
	if _, open := <-slow.C; !open {
		t.Fatal("what was delivered must still be readable")
	}
	if _, open := <-slow.C; open {
		t.Fatal("Close must close the channel")
	}
}

// A handler may use the engine itself.
func TestHandlerThatCalls(t *testing.T) {
	handler := &callingHandler{}
	handler.engine = load(t, policy("", twice, tripAt3), resil.WithClock(&virtual{}), resil.WithLogger(slog.New(handler)))
	handler.ep = handler.engine.App("a", "log")
	handler.engine.App("a", "m").Run(t.Context(), fail)
	if handler.calls == 0 || stateOf(t, handler.ep) != resil.Open {
		t.Fatal(handler.calls, stateOf(t, handler.ep))
	}
}

type callingHandler struct {
	slog.Handler
	engine *resil.Engine
	ep     *resil.Endpoint
	calls  int
}

func (h *callingHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h *callingHandler) Handle(ctx context.Context, _ slog.Record) error {
	if h.calls++; h.calls < 10 {
		h.ep.Run(ctx, fail)
		h.engine.Subscribe(1).Close()
		if _, err := h.engine.Snapshot(); err != nil {
			return err
		}
	}
	return nil
}

// A handler that panics does so in the call whose event it was; the events after it are handed on all the same.
func TestHandlerThatPanics(t *testing.T) {
	handler := &panickingHandler{}
	engine := load(t, policy("", "", tripAt3), resil.WithClock(&virtual{}), resil.WithLogger(slog.New(handler)))
	ep := engine.App("a", "m")
	for range 2 {
		ep.Run(t.Context(), fail)
	}
	func() {
		defer func() {
			if recover() != "no disk" {
				t.Error("the handler's panic must go on")
			}
		}()
		ep.Run(t.Context(), fail)
	}()
	if handler.ready = true; stateOf(t, ep) != resil.Open {
		t.Fatal(stateOf(t, ep))
	}
	subscription := engine.Subscribe(10)
	for range 3 {
		engine.App("a", "n").Run(t.Context(), fail)
	}
	if len(subscription.C) != 1 {
		t.Fatal(len(subscription.C))
	}
}

type panickingHandler struct {
	slog.Handler
	ready bool
}

func (h *panickingHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h *panickingHandler) Handle(context.Context, slog.Record) error {
	if !h.ready {
		panic("no disk")
	}
	return nil
}
