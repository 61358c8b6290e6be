package resilgrpc_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resil/resil/bindings/go"
	"github.com/resil/resil/bindings/go/resilgrpc"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/durationpb"
)

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
    timeouts: {quick: 50ms}
    retries:
      always: {policy: constant, duration: 1s}
      twice: {policy: constant, duration: 1s, maxRetries: 2, matching: {gRPCStatusCodes: "4,14"}}
    circuitBreakers:
      cb: {timeout: 5s, trip: consecutiveFailures >= 3}
      hour: {timeout: 1h, trip: consecutiveFailures > 0}
      second: {timeout: 5s, trip: consecutiveFailures >= 2}
  targets:
    apps:
      retried: {retry: twice}
      broken: {circuitBreaker: cb}
      down: {circuitBreaker: hour}
      tripping: {retry: always, circuitBreaker: second}
      timed: {timeout: quick, retry: twice}
`

const method = "grpc.health.v1.Health/Check"

type health struct {
	grpc_health_v1.UnimplementedHealthServer
	calls  atomic.Int64 // the server goes on after the client gave up
	answer func(ctx context.Context, n int) error
}

func (h *health) Check(ctx context.Context, _ *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	if err := h.answer(ctx, int(h.calls.Add(1))); err != nil {
		return nil, err
	}
	return &grpc_health_v1.HealthCheckResponse{Status: grpc_health_v1.HealthCheckResponse_SERVING}, nil
}

type world struct {
	server *health
	clock  *virtual
	engine *resil.Engine
	client grpc_health_v1.HealthClient
}

func (w *world) check(ctx context.Context) error {
	_, err := w.client.Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	return err
}

func serve(t *testing.T, app string, answer func(ctx context.Context, n int) error, opts ...resilgrpc.Option) *world {
	t.Helper()
	w := &world{server: &health{answer: answer}, clock: &virtual{}}
	engine, err := resil.LoadText(document, resil.WithClock(w.clock), resil.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	listener := bufconn.Listen(1 << 16)
	server := grpc.NewServer()
	grpc_health_v1.RegisterHealthServer(server, w.server)
	go server.Serve(listener)
	conn, err := grpc.NewClient("passthrough:///"+app+":50001",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithUnaryInterceptor(resilgrpc.UnaryClientInterceptor(engine, opts...)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		server.Stop()
		engine.Close()
	})
	w.engine, w.client = engine, grpc_health_v1.NewHealthClient(conn)
	return w
}

func unavailable(times int) func(context.Context, int) error {
	return func(_ context.Context, n int) error {
		if n <= times {
			return status.Error(codes.Unavailable, "not now")
		}
		return nil
	}
}

func TestRetries(t *testing.T) {
	w := serve(t, "retried", unavailable(2))
	if err := w.check(t.Context()); err != nil || w.server.calls.Load() != 3 || w.clock.Now() != 2*time.Second {
		t.Fatal(err, w.server.calls.Load(), w.clock.Now())
	}
	one, err := w.engine.App("retried", method).Snapshot()
	if err != nil || one.Calls.Recovered != 1 {
		t.Fatalf("%+v, %v", one, err)
	}
	w = serve(t, "retried", unavailable(99))
	err = w.check(t.Context())
	if status.Code(err) != codes.Unavailable || !errors.Is(err, resil.ErrExhausted) || w.server.calls.Load() != 3 {
		t.Fatal(err, w.server.calls.Load())
	}
}

func TestCodeThatIsNotListedIsNotRetried(t *testing.T) {
	denied := status.Error(codes.PermissionDenied, "no")
	w := serve(t, "retried", func(context.Context, int) error { return denied })
	if err := w.check(t.Context()); !errors.Is(err, denied) || status.Code(err) != codes.PermissionDenied || w.server.calls.Load() != 1 {
		t.Fatal(err, w.server.calls.Load())
	}
}

func TestOpenBreakerIsUnavailable(t *testing.T) {
	w := serve(t, "broken", unavailable(99))
	for range 3 {
		w.check(t.Context())
	}
	err := w.check(t.Context())
	var rejected *resil.RejectedError
	if status.Code(err) != codes.Unavailable || !errors.Is(err, resil.ErrOpen) || !errors.As(err, &rejected) || w.server.calls.Load() != 3 {
		t.Fatal(err, w.server.calls.Load())
	}
	w = serve(t, "broken", unavailable(3), resilgrpc.WithCallOptions(resil.WaitWhenOpen()))
	for range 3 {
		w.check(t.Context())
	}
	if err := w.check(t.Context()); err != nil || w.clock.Now() < 5*time.Second {
		t.Fatal(err, w.clock.Now())
	}
	w = serve(t, "down", unavailable(99), resilgrpc.WithCallOptions(resil.WaitWhenOpen()))
	w.check(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = w.check(ctx)
	if !errors.Is(err, resil.ErrOpen) || status.Code(err) != codes.Unavailable || w.clock.Now() != 0 || w.server.calls.Load() != 1 {
		t.Fatal("no wait goes past the call's deadline:", err, w.clock.Now(), w.server.calls.Load())
	}
}

func TestRetryInfoLengthensTheDelay(t *testing.T) {
	detailed, err := status.New(codes.Unavailable, "later").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	w := serve(t, "retried", func(_ context.Context, n int) error {
		if n == 1 {
			return detailed.Err()
		}
		return nil
	})
	if err := w.check(t.Context()); err != nil || w.clock.Now() != time.Minute {
		t.Fatal(err, w.clock.Now())
	}
	// Not retried, the error is the server's own.
	w = serve(t, "broken", func(context.Context, int) error { return detailed.Err() })
	if err := w.check(t.Context()); err.Error() != detailed.Err().Error() || len(status.Convert(err).Details()) != 1 {
		t.Fatal(err)
	}
}

func TestCancellation(t *testing.T) {
	arrived := make(chan struct{})
	w := serve(t, "retried", func(ctx context.Context, _ int) error {
		close(arrived)
		<-ctx.Done()
		return status.FromContextError(ctx.Err()).Err()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if err := w.check(ctx); status.Code(err) != codes.Canceled {
		t.Fatal(err)
	}
	one, _ := w.engine.App("retried", method).Snapshot()
	if one.Calls != (resil.Calls{Cancelled: 1}) {
		t.Fatalf("%+v", one.Calls)
	}
}

// What a failed attempt said is not how the call ended, if it ended before the next.
func TestStatusBetweenAttempts(t *testing.T) {
	w := serve(t, "tripping", func(context.Context, int) error { return status.Error(codes.Internal, "not now") })
	err := w.check(t.Context())
	if status.Code(err) != codes.Unavailable || !errors.Is(err, resil.ErrOpen) || w.server.calls.Load() != 2 {
		t.Fatal(err, w.server.calls.Load())
	}
	synctest.Test(t, func(t *testing.T) {
		engine, err := resil.LoadText(document, resil.WithClock(resil.GoClock()), resil.WithLogger(nil))
		if err != nil {
			t.Fatal(err)
		}
		defer engine.Close()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		intercept := resilgrpc.UnaryClientInterceptor(engine, resilgrpc.WithApp(engine, "retried"))
		err = intercept(ctx, "/"+method, nil, nil, nil, func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error {
			return status.Error(codes.Unavailable, "not now")
		})
		if status.Code(err) != codes.Canceled || !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	})
}

// Whose deadline it was does not depend on who noticed it first, the client or the server.
func TestDeadlines(t *testing.T) {
	for name, invoke := range map[string]grpc.UnaryInvoker{
		"client": func(ctx context.Context, _ string, _, _ any, _ *grpc.ClientConn, _ ...grpc.CallOption) error {
			<-ctx.Done()
			return status.FromContextError(ctx.Err()).Err()
		},
		"server": func(ctx context.Context, _ string, _, _ any, _ *grpc.ClientConn, _ ...grpc.CallOption) error {
			deadline, _ := ctx.Deadline()
			time.Sleep(time.Until(deadline))
			return status.Error(codes.DeadlineExceeded, "too late")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { testDeadlines(t, invoke) })
		})
	}
}

func testDeadlines(t *testing.T, invoke grpc.UnaryInvoker) {
	engine, err := resil.LoadText(document, resil.WithClock(resil.GoClock()), resil.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	intercept := resilgrpc.UnaryClientInterceptor(engine, resilgrpc.WithApp(engine, "timed"))
	start := time.Now()
	err = intercept(t.Context(), "/"+method, nil, nil, nil, invoke)
	if status.Code(err) != codes.DeadlineExceeded || !errors.Is(err, resil.ErrTimeout) || time.Since(start) != 2150*time.Millisecond {
		t.Fatal(err, time.Since(start))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := intercept(ctx, "/"+method, nil, nil, nil, invoke); status.Code(err) != codes.DeadlineExceeded || errors.Is(err, resil.ErrTimeout) {
		t.Fatal(err)
	}
	one, _ := engine.App("timed", method).Snapshot()
	if one.Calls.Timeouts != 3 || one.Calls.Failures != 3 || one.Calls.Cancelled != 1 {
		t.Fatalf("%+v", one.Calls)
	}
}

func TestTargets(t *testing.T) {
	for target, want := range map[string]string{
		"order-processor": "order-processor", "order-processor:50001": "order-processor", "dns:///order-processor:50001": "order-processor",
		"dns://8.8.8.8/order-processor:50001": "order-processor", "dns:order-processor:50001": "order-processor",
		"[::1]:50001": "::1", "unix:///run/orders.sock": "run/orders.sock", "passthrough:///a": "a",
	} {
		if got := resilgrpc.AppOf(target); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	w := serve(t, "elsewhere", unavailable(1))
	if err := w.check(t.Context()); status.Code(err) != codes.Unavailable || w.server.calls.Load() != 1 {
		t.Fatal(err)
	}
	engine := w.engine
	engine.Close()
	if err := w.check(t.Context()); status.Code(err) != codes.Unavailable || !errors.Is(err, resil.ErrClosed) {
		t.Fatal(err)
	}
	w = serve(t, "elsewhere", unavailable(1), resilgrpc.WithTarget(
		func(context.Context, *grpc.ClientConn, string) *resil.Endpoint { return nil }))
	if err := w.check(t.Context()); status.Code(err) != codes.Unavailable {
		t.Fatal(err)
	}
}

func TestWithApp(t *testing.T) {
	engine, err := resil.LoadText(document, resil.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	intercept := resilgrpc.UnaryClientInterceptor(engine, resilgrpc.WithApp(engine, "broken"))
	for range 3 {
		intercept(t.Context(), "/"+method, nil, nil, nil, func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error {
			return errors.New("not even a status")
		})
	}
	if state, _ := engine.App("broken", method).State(); state != resil.Open {
		t.Fatal(state)
	}
}
