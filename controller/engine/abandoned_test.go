package engine

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// ending is a context that ends when it is asked for the nth time whether it has.
type ending struct {
	context.Context
	left   atomic.Int32
	cancel context.CancelFunc
}

func endsAfter(ctx context.Context, asked int) *ending {
	e := &ending{}
	e.Context, e.cancel = context.WithCancel(ctx)
	e.left.Store(int32(asked)) //nolint:gosec // a few dozen
	return e
}

func (e *ending) Err() error {
	if e.left.Add(-1) < 0 {
		e.cancel()
	}
	return e.Context.Err()
}

// abandoning is an engine that has made a pass in which policies could tell what they declare, and what may come next.
type abandoning struct {
	*testing.T
	engine *Engine
	loader *richLoader
	kept   Kept
}

func newAbandoning(t *testing.T, loader *richLoader) *abandoning {
	t.Helper()
	a := &abandoning{T: t, engine: New(), loader: loader}
	first, err := a.engine.Pass(t.Context(), a.loader.input(newDeclaringWorld()))
	if err != nil {
		t.Fatal(err)
	}
	a.kept = maps.Clone(first.Kept())
	if len(a.kept) != 2 {
		t.Fatalf("the policy declares of two areas: %v", a.kept)
	}
	return a
}

// input is that of another pass: who maintains is unknown, bob has the name, one file is called otherwise and one area is more.
func (a *abandoning) input(bob string) Input {
	w := newDeclaringWorld()
	w.web().Unknown, w.bob().Name = why, bob
	w.source("checkouts").Repositories[0].Files.Paths[0] = "README.txt"
	w.objects["Area/more"] = "  parent: duty\n  tier: low\n"
	return a.loader.input(w)
}

// goesOn makes a pass that nothing gets in the way of. It must be that of an engine which knows nothing but what was declared at first.
func (a *abandoning) goesOn(after string, in Input) {
	a.Helper()
	got, err := a.engine.Pass(a.Context(), in)
	if err != nil {
		a.Fatal(err)
	}
	in.Kept = a.kept
	want, err := Pass(a.Context(), in)
	if err != nil {
		a.Fatal(err)
	}
	var texts [2]string
	for i, outcome := range []*Outcome{want, got} {
		text, err := json.MarshalIndent(outcome.Result, "", " ")
		if err != nil {
			a.Fatal(err)
		}
		texts[i] = string(text)
	}
	if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
		a.Errorf("after %s (-want +got):\n%s", after, diff)
	}
	if s := standing(a.T, got); !s.Unknown || !s.Kept || len(s.Accountable) != 1 {
		a.Errorf("after %s it is forgotten what policies declared: %+v", after, s)
	}
}

// Wherever a pass is when it is given up, it is as if it had not been: what policies declared before it stays.
func TestGivenUpAnywhere(t *testing.T) {
	loader, met := newRichLoader(t), map[string]int{}
	for asked := 0; ; asked++ {
		a := newAbandoning(t, loader)
		in := a.input("1")
		_, err := a.engine.Pass(endsAfter(t.Context(), asked), in)
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("the error is not that of the context: %v", err)
		}
		stage, _, _ := strings.Cut(err.Error(), ":")
		met[stage]++
		a.goesOn(err.Error(), in)
	}
	if met["declaring"] == 0 || met["judging"] == 0 {
		t.Errorf("passes were given up while %v", met)
	}
}

// A policy runs until the pass is over its time, twice in a row.
func TestGivenUpAtADeadline(t *testing.T) {
	a := newAbandoning(t, newRichLoader(t))
	for range 2 {
		in := a.input("100000")
		in.Deadline = time.Hour
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if _, err := a.engine.Pass(ctx, in); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is not that of the context: %v", err)
		}
		cancel()
	}
	a.goesOn("the deadline", a.input("1"))
}

// A fault of the program leaves no more behind, in whichever stage it is met.
func TestGivenUpByAPanic(t *testing.T) {
	for name, policy := range map[string]string{"declaring": "declares", "judging": "holder"} {
		t.Run(name, func(t *testing.T) {
			a := newAbandoning(t, newRichLoader(t))
			in := a.input("1")
			faulty := *in.Policies
			faulty.settings = maps.Clone(faulty.settings)
			faulty.settings[policy] = settings{match: &v1alpha1.PolicyMatch{}} // without a selector
			wrong := in
			wrong.Policies = &faulty
			func() {
				defer func() {
					if recover() == nil {
						t.Error("there was no panic")
					}
				}()
				_, err := a.engine.Pass(t.Context(), wrong)
				t.Errorf("the pass came to its end: %v", err)
			}()
			a.goesOn("the panic", in)
		})
	}
}
