package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/metrics"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/policies"
)

const (
	// minRest keeps a clock that is set back from making the loop spin; maxRest is how long nothing is done at most.
	minRest = time.Second
	maxRest = time.Hour
)

// passes make one pass after the other, while this replica leads.
type passes struct {
	options   Options
	world     *world
	sources   *sourceBook
	observer  *engine.Observer
	sightings *sightings
	texts     texts
	files     files
	board     *board
	page      *metrics.Page
	log       *slog.Logger
	wake      signal
	engine    *engine.Engine
	compiled  compiled
	// pulse is when the running pass began, in nanoseconds of Unix time, 0 where none runs; last is when the last one ended.
	pulse, last atomic.Int64
	// began is when this replica began to lead.
	began time.Time
	next  time.Time
	since sinceReader
	// newSources are those that a pass waits for.
	newSources newSources
	// told is what was logged last.
	told *ownership.Tally
	// speaker says of what a pass of engine finds what statuses should be.
	speaker speaker
	// remediator and materializer act on what a pass finds.
	remediator   *remediator
	materializer *materializer
}

// compiled are the policies as they were compiled last.
type compiled struct {
	key      string
	policies *engine.Policies
	problems []ownership.Problem
}

// NeedLeaderElection says that only the leader makes passes.
func (*passes) NeedLeaderElection() bool { return true }

// Start makes passes until ctx ends.
func (p *passes) Start(ctx context.Context) error {
	p.began, p.engine = p.options.Now(), engine.New()
	p.remediator.expect()
	for {
		p.pass(ctx)
		if !p.wake.wait(ctx, p.rest(), p.options.Quiet, p.options.Patience) {
			return p.page.Clear() // a replica that does not lead says nothing of areas
		}
	}
}

// rest is how long nothing need be done if nothing changes.
func (p *passes) rest() time.Duration {
	rest := maxRest
	if !p.next.IsZero() {
		rest = min(rest, max(p.next.Sub(p.options.Now()), minRest))
	}
	return rest
}

// pass makes one pass and says what came of it. Where it fails, what was said before stays.
func (p *passes) pass(ctx context.Context) {
	began := p.options.Now()
	p.pulse.Store(began.UnixNano())
	defer p.pulse.Store(0)
	switch err := p.judge(ctx, began); {
	case err == nil, ctx.Err() != nil: // or the process is ending
	case errors.Is(err, errNotYet):
		p.next = began.Add(minRest)
	case errors.Is(err, context.DeadlineExceeded):
		p.log.Error("the pass was given up, since it took too long; what was found before stays", "after", p.options.PassTimeout)
		p.next = began.Add(retryAfter)
	default:
		p.log.Error("the pass failed; what was found before stays", "error", err)
		p.next = began.Add(retryAfter)
	}
}

// retryAfter is how long a pass that failed is not tried again unless something changes.
const retryAfter = 30 * time.Second

// errNotYet says that sources are still being observed for the first time.
var errNotYet = errors.New("not all sources were observed yet")

func (p *passes) judge(ctx context.Context, now time.Time) (err error) {
	ctx, cancel := context.WithTimeout(ctx, p.options.PassTimeout)
	defer cancel()
	defer func() {
		if reason := recover(); reason != nil {
			p.log.Error("the pass panicked: report this as a fault of Remit", "panic", fmt.Sprint(reason), "stack", string(debug.Stack()))
			p.speaker = speaker{} // it may not have heard of what the engine remembers
			err = errors.New("it panicked")
		}
	}()
	declared, err := p.world.read(ctx)
	if err != nil {
		return err
	}
	input, sighted, err := p.input(ctx, declared, now)
	if err != nil {
		return err
	}
	outcome, err := p.engine.Pass(ctx, input)
	if err != nil {
		return err
	}
	said := p.speaker.say(declared, outcome, sighted, now)
	wanted := p.materializer.wanted(ctx, declared, outcome, said)
	p.board.say(said)
	took := p.options.Now().Sub(now)
	if err := p.page.Set(outcome.Result, p.since.of(ctx, outcome.Result, now), took); err != nil {
		p.log.Error("the metrics could not be rendered; the old ones stay", "error", err)
	}
	p.next = earliest(outcome.Next, p.observer.Stale())
	more, err := p.materializer.act(ctx, wanted)
	err = errors.Join(err, p.remediator.act(ctx, declared, outcome, now))
	if more {
		p.wake.set()
	}
	if err != nil && ctx.Err() == nil {
		p.log.Error("not all could be done that was planned; it is tried again", "error", err)
	}
	if err != nil {
		p.next = earliest(p.next, now.Add(retryAfter))
	}
	p.next = earliest(p.next, p.remediator.again)
	p.last.Store(p.options.Now().UnixNano())
	p.tell(outcome.Result, took)
	return nil
}

// tell logs what a pass found, if it is not what the last one found.
func (p *passes) tell(result *ownership.Result, took time.Duration) {
	if found := result.Tally(); p.told == nil || *p.told != found {
		p.told = &found
		p.log.Info("judged", append(found.Pairs(), "took", took.Round(time.Millisecond))...)
	}
}

// input puts together what a pass needs. After a start it waits until each source was looked at once, so that nothing
// that was known before is said to be unknown; but no longer than StartWait. Later it waits a moment for new ones.
func (p *passes) input(ctx context.Context, declared *declared, now time.Time) (engine.Input, map[string]sighting, error) {
	sighted := map[string]sighting{}
	var sources []snapshot.Source
	var statuses []ownership.SourceStatus
	var pending []string
	for _, object := range declared.set.Sources {
		settings := p.sources.of(&object.Value)
		seen := p.sightings.of(object, settings.Observed, now)
		if seen.pending {
			pending = append(pending, object.Value.Name)
		}
		sighted[object.Value.Name] = seen
		sources, statuses = append(sources, seen.source), append(statuses, seen.status)
	}
	starting := p.last.Load() == 0
	if len(pending) > 0 && starting && now.Sub(p.began) < p.options.StartWait || !starting && p.newSources.wait(pending, now) {
		return engine.Input{}, nil, errNotYet
	}
	p.compile(ctx, declared.set)
	if ctx.Err() != nil { // what could not be read in time says nothing of a policy
		return engine.Input{}, nil, ctx.Err()
	}
	return engine.Input{
		Now: now, Manifests: declared.set, Sources: sources, Statuses: statuses, Policies: p.compiled.policies,
		Problems: slices.Concat(declared.problems, p.compiled.problems),
	}, sighted, nil
}

// compile compiles the policies, if they, their texts or the roles have changed: policies that are the same are known to
// be by being the very same.
func (p *passes) compile(ctx context.Context, set *manifest.Set) {
	texts := map[string]read{}
	var key strings.Builder
	for _, object := range set.Policies {
		fmt.Fprintf(&key, "%s %s %d\n", object.Value.Name, object.Value.UID, object.Value.Generation)
		if read, is := p.text(ctx, object.Value.Spec); is {
			texts[object.Value.Name] = read
			fmt.Fprintf(&key, "%x %v\n", digestOf(read.text), read.err)
		}
	}
	for _, lost := range set.Lost {
		fmt.Fprintf(&key, "%s %s lost\n", lost.Kind, lost.Name)
	}
	if set.Roles != nil {
		fmt.Fprintf(&key, "%s %d\n", set.Roles.Value.UID, set.Roles.Value.Generation)
	}
	if p.compiled.policies != nil && p.compiled.key == key.String() {
		return
	}
	compiling := engine.PolicyInput{Manifests: set, Default: policies.Names()}
	compiling.Text = func(object manifest.Object[v1alpha1.ResponsibilityPolicy]) ([]byte, error) {
		return texts[object.Value.Name].text, texts[object.Value.Name].err
	}
	made, problems := engine.CompilePolicies(compiling)
	p.compiled = compiled{key: key.String(), policies: made, problems: problems}
}

// read is a policy's text that stands elsewhere, or why it cannot be read.
type read struct {
	text []byte
	err  error
}

// text reads a policy's text from its ConfigMap or file; it is neither where the text stands in the object, or in the library.
func (p *passes) text(ctx context.Context, spec v1alpha1.ResponsibilityPolicySpec) (found read, is bool) {
	switch {
	case spec.RegoConfigMap != nil:
		found.text, found.err = p.texts.read(ctx, *spec.RegoConfigMap, "spec.regoConfigMap")
	case spec.RegoFile != "":
		if found.text, found.err = p.files.read(spec.RegoFile); found.err != nil {
			found.err = filesProblem(found.err, "spec.regoFile")
		}
	default:
		return read{}, false
	}
	return found, true
}

// earliest is the earlier of two moments; a zero one is none.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
