package bench

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
)

// Goroutines: healthy calls on one breaker from several goroutines at once. cpu-ns/call is the time that a call takes of a
// processor, by the clock: what the goroutines that run at once spend on it together.
func BenchmarkGoroutines(b *testing.B) {
	ep, v05, v2 := endpoint(b, never), old(oldNever), current(currentNever)
	for _, goroutines := range []int{1, 2, 4, 8} {
		together(b, "resil", goroutines, func(calls int) {
			for range calls {
				resil.Do(ctx, ep, works)
			}
		})
		together(b, "gobreaker-v0.5", goroutines, func(calls int) {
			for range calls {
				v05.Execute(worksBoxed)
			}
		})
		together(b, "gobreaker-v2", goroutines, func(calls int) {
			for range calls {
				v2.Execute(worksPlain)
			}
		})
	}
}

func together(b *testing.B, lib string, goroutines int, run func(calls int)) {
	b.Run(fmt.Sprintf("goroutines=%d/lib=%s", goroutines, lib), func(b *testing.B) {
		var wait sync.WaitGroup
		start := time.Now()
		for i := range goroutines {
			wait.Go(func() { run((b.N + i) / goroutines) }) // b.N in all
		}
		wait.Wait()
		busy := min(goroutines, runtime.GOMAXPROCS(0))
		b.ReportMetric(float64(time.Since(start).Nanoseconds())*float64(busy)/float64(b.N), "cpu-ns/call")
	})
}
