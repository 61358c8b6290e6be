// Package deadline asks contexts what their Err, which a timer sets, tells only a moment later.
package deadline

import (
	"context"
	"time"
)

// Within: ctx ends before the budget of an attempt does, or with it, since the engine cuts budgets to the context's deadline.
// Then the attempt needs no timer of its own, which might fire first and make a failure of a cancellation.
func Within(ctx context.Context, budget time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) <= budget+time.Millisecond
}

// Ended: ctx is done, or will be as soon as its timer gets to run. Whoever has a timer of his own for the same moment, as
// [net/http.Client], drivers of databases and gRPC servers do, may have been first.
func Ended(ctx context.Context) bool {
	if ctx.Err() != nil {
		return true
	}
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) <= 0
}
