package engine

import (
	"context"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy/store"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Input is all that a pass needs.
type Input struct {
	// Now is the moment of the snapshot.
	Now       time.Time
	Manifests *manifest.Set
	// Sources and Statuses are what an Observer saw.
	Sources  []snapshot.Source
	Statuses []ownership.SourceStatus
	Policies *Policies
	// Problems are those of the manifests and of compiling policies.
	Problems []ownership.Problem
	// FilesOnly says that there are no manifests: each repository is an area, and only files count.
	FilesOnly bool
	// Workers is how many subjects are judged side by side; 0 means as many as there are processors.
	Workers int
	// Deadline is how long a policy may take for one subject; 0 means policy.DefaultDeadline.
	Deadline time.Duration
	// Kept is what policies declared in an earlier pass, for those that cannot tell now. An Engine that has made a pass
	// remembers it by itself, and looks at this no more.
	Kept Kept
}

// Outcome is what a pass gives: the result that is shown, and what it was made of.
type Outcome struct {
	Result   *ownership.Result
	Snapshot *snapshot.Snapshot
	// Areas are what was compared, in the order of Result.Areas.
	Areas []drift.Area
	// Changed says, by place in Areas, whose result may be another than in the Engine's outcome before; nil where that is
	// the same for all.
	Changed []bool
	// Next is the next moment at which time alone changes something; zero where there is none.
	Next time.Time
	// Asked is how many policies were run, each on one subject.
	Asked int

	memory *memory
}

// Engine makes one pass after the other, and remembers of each what the next need not find out again. It is for one
// goroutine at a time.
type Engine struct {
	// memory is what the pass before left; nil where there was none, or it was given up.
	memory *memory
	// kept is what policies declared as of the last pass that came to its end; nil where none has.
	kept Kept
}

// New makes an Engine that remembers nothing yet.
func New() *Engine { return &Engine{} }

// Pass judges one snapshot, and nothing else than a pass by itself would that is given what policies declared last, whatever
// the Engine remembers. The error is that of the context; whatever else is wrong stands in the Result.
//
// A pass that is given up, at the end of its context or by a panic, is as if it had not been: what policies declared before it
// stays, and all else is found out anew by the next.
func (e *Engine) Pass(ctx context.Context, in Input) (*Outcome, error) {
	before := e.memory
	e.memory = nil // a pass that is given up leaves half of its marks in what is remembered
	if e.kept != nil {
		in.Kept = e.kept
	}
	p, err := begin(in, before)
	if err != nil {
		return nil, err
	}
	if p.idle() {
		return e.conclude(p), nil
	}
	if err := p.declare(ctx); err != nil {
		return nil, err
	}
	p.compare()
	if err := p.judge(ctx); err != nil {
		return nil, err
	}
	p.record()
	return e.conclude(p), nil
}

// Pass judges one snapshot by itself.
func Pass(ctx context.Context, in Input) (*Outcome, error) { return New().Pass(ctx, in) }

// conclude remembers the pass and gives what came of it.
func (e *Engine) conclude(p *pass) *Outcome {
	result := *p.result
	result.At, result.Sources = p.in.Now, p.in.Statuses
	result.Problems = problems(p.in, p.snapshot, p.failed)
	p.result = &result
	p.facts.store.Settle()
	memory := p.memory
	memory.in = Input{Now: p.in.Now, Manifests: p.in.Manifests, Policies: p.in.Policies, FilesOnly: p.in.FilesOnly}
	e.memory, e.kept = &memory, memory.kept
	return &Outcome{Result: &result, Snapshot: p.snapshot, Areas: p.areas, Changed: p.changed, Next: p.next(), Asked: p.asked, memory: &memory}
}

// memory is what one pass leaves to the next.
type memory struct {
	in       Input // without what sources saw
	snapshot *snapshot.Snapshot
	facts    *facts
	reads    *readTable
	// declaring and judging are what policies said in the two stages.
	declaring, judging *book
	// plain is what manifests alone declare, barrier what is declared after all layers.
	plain, barrier *barrier
	// unsure says, by area, why what policies declare may not be whole; keeping, for which of them what was declared last stands.
	unsure  map[ownership.AreaID]string
	keeping map[ownership.AreaID]bool
	// orphaned is, by name, what policies declared last that are lost; kept what all declared when they last could tell.
	orphaned map[string]orphan
	kept     Kept
	areas    []drift.Area
	// held are the areas, by place, that each holder is declared or observed in.
	held map[ownership.Holder][]int32
	// unknownHolds says why it may not be known whole what people hold.
	unknownHolds string
	unknownAreas []store.Unknown
	// failed are the failures of policies, and their warnings.
	failed []ownership.Problem
	result *ownership.Result
}

// pass is one pass on its way.
type pass struct {
	memory
	in     Input
	before *memory // nil for the first one
	// changed are the areas, by place, that were compared anew; people those of whom something else is known.
	changed []bool
	people  map[ownership.Holder]bool
	// gone says that a subject is no more.
	gone  bool
	asked int
	took  map[string]time.Duration
}

// begin builds the snapshot and puts what it says.
func begin(in Input, before *memory) (*pass, error) {
	p := &pass{in: in, before: before, took: map[string]time.Duration{}}
	var earlier *snapshot.Snapshot
	if before != nil {
		p.memory, earlier = *before, before.snapshot
	} else {
		facts, err := newFacts()
		if err != nil {
			return nil, err
		}
		p.facts, p.reads, p.declaring, p.judging = facts, newReadTable(), newBook(true), newBook(false)
	}
	p.snapshot = snapshot.Next(earlier, snapshot.Input{Now: in.Now, Manifests: in.Manifests, Sources: in.Sources, FilesOnly: in.FilesOnly})
	if !p.samePolicies() {
		p.orphaned = p.orphans()
		p.declaring.open(in.Policies.set)
		p.judging.open(in.Policies.set)
	}
	p.people = p.facts.people(p.snapshot, earlier)
	p.facts.repositories(p.snapshot, earlier)
	p.facts.clock(p.snapshot, earlier)
	return p, p.facts.err
}

func (p *pass) samePolicies() bool { return p.before != nil && p.before.in.Policies == p.in.Policies }

// sameFrame says whether areas, manifests and what policies apply to are as before.
func (p *pass) sameFrame() bool {
	return p.before != nil && p.snapshot.SameFrame(p.before.snapshot) && p.samePolicies()
}

// idle says whether nothing has changed that a policy, a comparison or an exemption could rest on.
func (p *pass) idle() bool {
	return p.sameFrame() && p.snapshot.People == p.before.snapshot.People && !p.facts.store.Replaced() &&
		slices.Equal(p.snapshot.Areas, p.before.snapshot.Areas) && slices.Equal(p.snapshot.Repositories, p.before.snapshot.Repositories) &&
		!p.in.Policies.due(p.before.in.Now, p.in.Now) && !p.judging.restless() && !p.declaring.restless()
}

// next is the next moment at which time alone changes something: an assignment begins or ends, somebody leaves, an
// exemption expires, or the hour or day changes which a policy has read.
func (p *pass) next() time.Time {
	next := p.snapshot.NextMoment()
	for _, moment := range []time.Time{p.in.Policies.nextExpiry(p.in.Now), p.reads.nextTick(p.in.Now)} {
		if !moment.IsZero() && (next.IsZero() || moment.Before(next)) {
			next = moment
		}
	}
	return next
}
