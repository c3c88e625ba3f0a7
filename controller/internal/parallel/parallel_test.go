package parallel

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

func TestEach(t *testing.T) {
	for name, n := range map[string]int{"none": 0, "one": 1, "many": 1000} {
		t.Run(name, func(t *testing.T) {
			calls := make([]atomic.Int32, n)
			Each(n, func(i int) { calls[i].Add(1) })
			for i := range calls {
				if got := calls[i].Load(); got != 1 {
					t.Errorf("%d: called %d times", i, got)
				}
			}
		})
	}
}

// Each goroutine has what is its own.
func TestWorkers(t *testing.T) {
	var sums []*int // unguarded: the race detector would tell if two shared one
	Workers(100, func() func(int) {
		sum := new(int)
		sums = append(sums, sum)
		return func(i int) { *sum += i }
	})
	all := 0
	for _, sum := range sums {
		all += *sum
	}
	if want := 99 * 100 / 2; all != want || len(sums) != min(runtime.GOMAXPROCS(0), 100) {
		t.Errorf("%d workers, sum %d, want %d", len(sums), all, want)
	}
}

func TestPanic(t *testing.T) {
	var calls atomic.Int32
	defer func() {
		text, is := recover().(string)
		if !is || !strings.HasPrefix(text, "item 7") || !strings.Contains(text, "TestPanic") {
			t.Errorf("the panic and its stack go on in the caller: %s", text)
		}
		if got := calls.Load(); runtime.GOMAXPROCS(0) > 1 && got != 99 {
			t.Errorf("the others go on: %d calls", got)
		}
	}()
	Each(100, func(i int) {
		if i == 7 {
			panic("item 7")
		}
		calls.Add(1)
	})
	t.Error("it does not go on")
}
