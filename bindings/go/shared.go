//go:build cgo

package resil

import (
	"sync/atomic"
	"unsafe"
)

// shared is what an endpoint and all that [Endpoint.With] derived from it have in common: what was decided without the engine.
type shared struct {
	healthy    tally // calls
	rejections tally
	rejection  atomic.Pointer[rejection]
	base       *Endpoint
}

// tally counts. Most endpoints are quiet, so it begins as one number; a busy one gets a cache line for each of many groups of
// goroutines, so that they do not pass one line around.
type tally struct {
	first atomic.Int64
	wide  atomic.Pointer[[stripes]stripe]
}

type stripe struct {
	count atomic.Int64
	_     [56]byte
}

const (
	stripeBits = 6
	stripes    = 1 << stripeBits
	busyFrom   = 4096
)

func (t *tally) add() {
	if wide := t.wide.Load(); wide != nil {
		var here byte
		own(wide, unsafe.Pointer(&here)).Add(1)
		return
	}
	t.addFirst()
}

//go:noinline
func (t *tally) addFirst() {
	if t.first.Add(1) == busyFrom {
		t.wide.CompareAndSwap(nil, new([stripes]stripe))
	}
}

// own picks by where something lies on the goroutine's stack: free to ask for, and different for goroutines that run at once.
// Stacks come in rows of equal size; the multiplier spreads what is at equal distances.
func own(wide *[stripes]stripe, onStack unsafe.Pointer) *atomic.Int64 {
	stack := uint64(uintptr(onStack)) >> 11
	return &wide[stack*0x9E3779B97F4A7C15>>(64-stripeBits)].count
}

// sum is what was counted. What is counted meanwhile may be in it or not.
func (t *tally) sum() int64 {
	count := t.first.Load()
	if wide := t.wide.Load(); wide != nil {
		for i := range wide {
			count += wide[i].count.Load()
		}
	}
	return count
}

// take is sum, and what it returns is not counted again.
func (t *tally) take() int64 {
	count := t.first.Swap(0)
	if wide := t.wide.Load(); wide != nil {
		for i := range wide {
			count += wide[i].count.Swap(0)
		}
	}
	return count
}
