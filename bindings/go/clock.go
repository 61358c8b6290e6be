//go:build cgo

package resil

import (
	"context"
	"math"
	"time"
)

// Clock is time as the engine sees it. The default reads the system's monotonic clock and sleeps with a timer.
type Clock interface {
	// Now is the time since some fixed start; it must not go backwards.
	Now() time.Duration
	// Sleep waits for d, or until ctx ends and then returns [context.Cause] of it.
	Sleep(ctx context.Context, d time.Duration) error
}

// GoClock is a Clock that reads package time, for use inside a bubble of [testing/synctest], whose time it follows.
func GoClock() Clock { return goClock{time.Now()} }

type goClock struct{ start time.Time }

func (c goClock) Now() time.Duration { return time.Since(c.start) }

func (c goClock) Sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, nil, d) }

// processStart makes monotonic times out of package time's.
var processStart = time.Now()

func sinceStart() int64 { return int64(time.Since(processStart)) }

func sinceStartOf(t time.Time) int64 { return int64(t.Sub(processStart)) }

// noLimit is a moment that never comes.
const noLimit = math.MaxInt64

func sleep(ctx context.Context, clock Clock, d time.Duration) error {
	if clock != nil {
		return clock.Sleep(ctx, d)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
