package resilhttp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/resil/resil/bindings/go"
	"github.com/resil/resil/bindings/go/internal/deadline"
)

// attempt is one try of a request.
type attempt struct {
	op     *resil.Operation
	req    *http.Request
	cancel context.CancelCauseFunc // nil: the attempt has no timeout, or the caller's context ends first
	timer  *time.Timer
	late   bool // the timer fired first
	unsent bool // no request could be made
}

// make sends the request. A panic of the transport ends the attempt on its way up.
func (a *attempt) make(base http.RoundTripper) (response *http.Response, err error) {
	ctx := a.req.Context()
	if budget := a.op.Timeout(); budget > 0 && !deadline.Within(ctx, budget) {
		ctx, a.cancel = context.WithCancelCause(ctx)
		// Not context.WithTimeout: it would go on running while the caller reads the body.
		a.timer = time.AfterFunc(budget, func() { a.cancel(resil.ErrTimeout) })
	}
	request, err := a.request(ctx)
	if err != nil {
		a.unsent = true
		return nil, err
	}
	returned := false
	defer func() {
		if !returned {
			a.op.NoRetry()
			a.op.End(resil.Failure)
			a.release()
		}
	}()
	response, err = base.RoundTrip(request)
	returned = true
	if a.timer != nil && !a.timer.Stop() {
		a.late = true
		if response != nil {
			response.Body.Close()
		}
		if response != nil || err == nil {
			response, err = nil, context.Cause(ctx)
		}
	}
	return response, err
}

// request is the request to send. The first attempt has the caller's body, later ones a copy.
func (a *attempt) request(ctx context.Context) (*http.Request, error) {
	request := a.req
	if ctx != request.Context() {
		request = request.WithContext(ctx)
	}
	if a.op.Attempt() == 1 || !hasBody(a.req) {
		return request, nil
	}
	body, err := a.req.GetBody()
	if err != nil {
		return nil, err
	}
	if request == a.req {
		request = request.WithContext(ctx)
	}
	request.Body = body
	return request, nil
}

func hasBody(r *http.Request) bool { return r.Body != nil && r.Body != http.NoBody }

// end tells the engine what became of the attempt.
func (a *attempt) end(response *http.Response, err error) resil.Verdict {
	if hasBody(a.req) && a.req.GetBody == nil {
		a.op.NoRetry()
	}
	switch {
	case err == nil:
		return a.op.EndAfter(outcome(response.StatusCode), RetryAfter(response))
	case a.unsent, deadline.Ended(a.req.Context()):
		return a.op.End(resil.Cancelled)
	case a.late:
		return a.op.End(resil.Timeout)
	}
	return a.op.End(resil.Failure)
}

// outcome is the status's, but that a switch of protocols, which is below 200, is what the caller asked for.
func outcome(status int) resil.Outcome {
	if status == http.StatusSwitchingProtocols {
		return resil.Success
	}
	return resil.HTTPStatus(status)
}

// answer is what the caller of a finished operation gets.
func (a *attempt) answer(response *http.Response, err error) (*http.Response, error) {
	if err != nil {
		a.release()
		return nil, a.explain(err)
	}
	if a.cancel != nil {
		response.Body = releasing(response.Body, a.release)
	}
	return response, nil
}

func (a *attempt) explain(err error) error {
	if a.late {
		err = &resil.TimeoutError{Budget: a.op.Timeout(), Last: err}
	}
	return a.op.Err(err)
}

// discard drops the response of an attempt that will be retried, and returns why it failed.
func (a *attempt) discard(response *http.Response, err error) error {
	defer a.release()
	if err != nil {
		if a.late {
			return &resil.TimeoutError{Budget: a.op.Timeout(), Last: err}
		}
		return err
	}
	failure := ErrorOf(response)
	drain(response.Body, response.ContentLength)
	return failure
}

// drain reads what little may be left of a body, so that its connection can be used again.
func drain(body io.ReadCloser, length int64) {
	const most = 2 << 10
	if length <= most {
		// A server that is slow to send it isn't worth waiting for.
		slow := time.AfterFunc(time.Second, func() { body.Close() })
		io.CopyN(io.Discard, body, most)
		slow.Stop()
	}
	body.Close()
}

// release frees the attempt's context.
func (a *attempt) release() {
	if a.cancel != nil {
		a.timer.Stop()
		a.cancel(errReleased)
	}
}

var errReleased = errors.New("resilhttp: the attempt is over")
