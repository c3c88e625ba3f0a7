package operator

import (
	"fmt"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/grant"
	"github.com/remit-dev/remit/controller/metrics"
)

// BenchmarkChangedFact measures each part of what follows on a changed fact with 10,000 areas: a team of 300 is emptied, or
// filled again. It is what `make bench-cluster` measures from outside, without the API server.
func BenchmarkChangedFact(b *testing.B) {
	m, page := newMany(b, 10_000, 300), newPage(b)
	var stages [4]time.Duration
	stage := func(n int, do func()) {
		began := time.Now()
		do()
		stages[n] += time.Since(began)
	}
	now, running, board := time.Now(), engine.New(), newBoard()
	var speaker speaker
	pass := func(n int) {
		var input engine.Input
		var outcome *engine.Outcome
		stage(0, func() { input = m.input(now, 7*(n%2)) })
		stage(1, func() {
			var err error
			if outcome, err = running.Pass(b.Context(), input); err != nil {
				b.Fatal(err)
			}
		})
		stage(2, func() { board.say(speaker.say(&m.declared, outcome, nil, now)) })
		stage(3, func() {
			if err := page.Set(outcome.Result, nil, 0); err != nil {
				b.Fatal(err)
			}
		})
	}
	pass(0)
	clear(stages[:])
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		pass(n)
	}
	for i, name := range []string{"people", "engine", "statuses", "metrics"} {
		b.ReportMetric(float64(stages[i].Microseconds())/1000/float64(n), name+"-ms/op")
	}
}

// BenchmarkChangedObject measures what follows on a changed object with 10,000 areas before the pass: all objects are put
// together, and the grants applied.
func BenchmarkChangedObject(b *testing.B) {
	m := newMany(b, 10_000, 300)
	b.Run("assembled", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.declared.objects.Assemble()
		}
	})
	b.Run("granted", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			grant.Apply(m.declared.set, grant.Input{OwnNamespace: DefaultNamespace})
		}
	})
	b.Run("passed", func(b *testing.B) {
		b.ReportAllocs()
		now, running := time.Now(), engine.New()
		for b.Loop() {
			m.declared.objects.Areas[17].Generation++
			m.declared.objects.Areas[17].Spec.Description = fmt.Sprint(m.declared.objects.Areas[17].Generation)
			b.StopTimer()
			m.assemble()
			input := m.input(now)
			b.StartTimer()
			if _, err := running.Pass(b.Context(), input); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func newPage(b *testing.B) *metrics.Page {
	b.Helper()
	page, err := metrics.New(metrics.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return page
}
