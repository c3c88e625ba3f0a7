// Package parallel does work side by side, on as many processors as there are. It is for work that waits for nothing: what asks
// a network has limits of its own.
package parallel

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Each calls do(i) for each i of [0, n), once, and returns when all calls have. Which goroutine makes which call, and in which
// order, is not said. A panic ends that goroutine's share, and goes on here once the others are done, with the stack that it
// had: who catches panics of a pass catches these too.
func Each(n int, do func(i int)) {
	Workers(n, func() func(int) { return do })
}

// Workers is Each for work that needs something of its own in each goroutine: worker is called for each of them, one after the
// other, and gives the function that does its share.
func Workers(n int, worker func() (do func(i int))) {
	var next atomic.Int64
	var group sync.WaitGroup
	var caught atomic.Pointer[string]
	for range min(runtime.GOMAXPROCS(0), n) {
		do := worker()
		group.Go(func() {
			defer func() {
				if reason := recover(); reason != nil {
					text := fmt.Sprintf("%v\n\n%s", reason, debug.Stack())
					caught.CompareAndSwap(nil, &text)
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	group.Wait()
	if text := caught.Load(); text != nil {
		panic(*text)
	}
}
