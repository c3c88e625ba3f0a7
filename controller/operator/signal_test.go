package operator

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// How long the loop waits: for a signal, and then for quiet, or for as long as it has patience. The clock is the test's own.
func TestWait(t *testing.T) {
	const rest, quiet, patience = 60 * time.Second, time.Second, 5 * time.Second
	every := func(between, until time.Duration) (times []time.Duration) {
		for at := between; at <= until; at += between {
			times = append(times, at)
		}
		return times
	}
	for name, test := range map[string]struct {
		reason  string
		signals []time.Duration // when they come, from the start
		end     time.Duration   // when ctx ends; 0 is never
		want    time.Duration   // when the wait is over
		goesOn  bool
	}{
		"none":                   {"what is due without one is done", nil, 0, rest, true},
		"one":                    {"until it is quiet", []time.Duration{10 * time.Second}, 0, 11 * time.Second, true},
		"at once":                {"one that came before", []time.Duration{0}, 0, quiet, true},
		"two at once":            {"they are one", []time.Duration{10 * time.Second, 10 * time.Second}, 0, 11 * time.Second, true},
		"another while quiet":    {"quiet begins anew", []time.Duration{10 * time.Second, 10*time.Second + 700*time.Millisecond}, 0, 11*time.Second + 700*time.Millisecond, true},
		"another after quiet":    {"it is for the next pass", []time.Duration{10 * time.Second, 12 * time.Second}, 0, 11 * time.Second, true},
		"never quiet":            {"as long as patience, from the first one", every(300*time.Millisecond, 30*time.Second), 0, 300*time.Millisecond + patience, true},
		"quiet before the end":   {"patience is only the longest", every(500*time.Millisecond, 2*time.Second), 0, 3 * time.Second, true},
		"late":                   {"rest is over for the first signal alone", []time.Duration{rest - 100*time.Millisecond}, 0, rest + 900*time.Millisecond, true},
		"the end, without one":   {"", nil, 5 * time.Second, 5 * time.Second, false},
		"the end, while quiet":   {"", []time.Duration{10 * time.Second}, 10*time.Second + 500*time.Millisecond, 10*time.Second + 500*time.Millisecond, false},
		"the end, with patience": {"", every(300*time.Millisecond, 30*time.Second), 2*time.Second + time.Millisecond, 2*time.Second + time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.end > 0 {
					time.AfterFunc(test.end, cancel)
				}
				wake := newSignal()
				for _, at := range test.signals {
					if at == 0 {
						wake.set()
						continue
					}
					time.AfterFunc(at, wake.set)
				}
				began := time.Now()
				goesOn := wake.wait(ctx, rest, quiet, patience)
				if took := time.Since(began); took != test.want || goesOn != test.goesOn {
					t.Errorf("%s: it waited %s and goes on: %t; want %s, %t", test.reason, took, goesOn, test.want, test.goesOn)
				}
			})
		})
	}
}

// A signal that comes while nobody waits is kept, however many come; the one who sets it never waits.
func TestSignalIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := newSignal()
		for range 1000 {
			wake.set()
		}
		for i, want := range []time.Duration{time.Second, time.Minute} {
			began := time.Now()
			if !wake.wait(t.Context(), time.Minute, time.Second, 5*time.Second) || time.Since(began) != want {
				t.Errorf("wait %d took %s, want %s", i, time.Since(began), want)
			}
		}
	})
}
