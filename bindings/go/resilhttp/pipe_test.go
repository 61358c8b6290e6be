package resilhttp_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/resil/resil/bindings/go/resilhttp"
)

// inBubble is for what depends on time: there it stands still while anything runs, so that no machine is too slow for the test.
func inBubble(t *testing.T, app string, handler func(n int, w http.ResponseWriter, r *http.Request), test func(t *testing.T, s *served),
	opts ...resilhttp.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		pipes := &pipes{dialed: make(chan net.Conn), closed: make(chan struct{})}
		transport := &http.Transport{DialContext: pipes.dial}
		s := serveOn(t, pipes, transport, app, handler, opts...)
		t.Cleanup(transport.CloseIdleConnections)
		test(t, s)
	})
}

// pipes is a network inside the process, since a bubble's time can't pass while a goroutine waits for the system's.
type pipes struct {
	dialed chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.dialed <- server:
		return client, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.dialed:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }
