package standalone

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/internal/folderlock"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
	"github.com/remit-dev/remit/controller/source"
	"github.com/remit-dev/remit/controller/target/worktree"
)

// lastFile is the plan that was shown last, so that it can be told what moved since.
const lastFile = "plan.json"

// PlanSettings say what to plan for.
type PlanSettings struct {
	Settings
	// Recorded is what a recording holds: then it alone is planned for, as of then, without a ledger. Else it is nil.
	Recorded *engine.Input
	// MaxMode is how far any change may go; empty means Enforce.
	MaxMode ownership.Mode
	// Cache is the folder of the ledger and the kill switch; empty is DefaultCache.
	Cache string
	// Stop says why all writes are stopped, by the environment; empty means that they are not.
	Stop string
	// LockWait is how long another run that makes a plan is waited for.
	LockWait time.Duration
	// Warn is told what is wrong with the cache.
	Warn func(message string, arguments ...any)
}

// Planner makes plans for checkouts, and makes what is planned:
//
//	Checker ──► engine.Outcome ─┐
//	ledger, stop (cache folder) ┴─► plan.Make ──► Planned ──► worktree.Target, a file at a time
//	   ▲                                                          │
//	   └──────────── what is about to be made, and was ◄──────────┘
type Planner struct {
	// checker is nil for a recording.
	checker  *Checker
	settings PlanSettings
	target   *worktree.Target
}

// NewPlanner finds the checkouts and reads the manifests for a first time. It looks at the files on disk, since it is
// these that are edited.
func NewPlanner(settings PlanSettings) (*Planner, error) {
	if settings.Warn == nil {
		settings.Warn = func(string, ...any) {}
	}
	p := &Planner{settings: settings, target: worktree.New()}
	if settings.Recorded != nil {
		p.settings.Cache = ""
		return p, nil
	}
	p.settings.onDisk = true
	if p.settings.Cache == "" {
		p.settings.Cache = DefaultCache(settings.Settings)
	}
	p.settings.Settings.cache = p.settings.Cache
	var err error
	p.checker, err = New(p.settings.Settings)
	return p, err
}

// preferWorktrees has checkouts looked at as they are on disk.
func preferWorktrees(sources []source.Declared) {
	for _, source := range sources {
		if checkouts, is := source.Made.(interface{ PreferWorktree() }); is {
			checkouts.PreferWorktree()
		}
	}
}

// Planned is a plan with what it was made of.
type Planned struct {
	ownership.Plan
	Outcome *engine.Outcome
	// Files are the files that are changed, in the order of the plan.
	Files []worktree.File
	// Open is the drift that the plan has no change for, made or held.
	Open []ownership.OpenDrift
	// Left counts the changes of repositories that were not asked for, LeftHeld those that are held.
	Left, LeftHeld int
	// Faults are the errors in manifests and policies. What they declare is not known whole then, and a plan must not be made.
	Faults []ownership.Problem

	ledger *ledgerBook
	until  func(ownership.Change) time.Time
}

// Plan makes a plan as of now, and changes nothing but the note of which plan was shown last.
func (p *Planner) Plan(ctx context.Context, now time.Time, progress Progress) (*Planned, error) {
	planned, err := p.plan(ctx, now, progress)
	if err == nil {
		p.remember(planned.Plan)
	}
	return planned, err
}

func (p *Planner) plan(ctx context.Context, now time.Time, progress Progress) (*Planned, error) {
	input, err := p.observe(ctx, now, progress)
	if err != nil {
		return nil, err
	}
	outcome, err := engine.Pass(ctx, input)
	if err != nil {
		return nil, err
	}
	now = input.Now
	ledger := openLedger(p.settings.Cache, now, p.settings.Warn)
	in := plan.Input{
		Now: now, Snapshot: outcome.Snapshot, Areas: outcome.Areas, Drift: outcome.Result.Drift(), MaxMode: p.settings.MaxMode,
		Targets: []string{ownership.TargetCodeowners}, Ledger: ledger.entries, LedgerUnknown: ledger.unknown, Stopped: stopped(p.settings.Cache, p.settings.Stop),
	}
	planned := &Planned{Plan: plan.Make(in), Outcome: outcome, Faults: faults(input), ledger: ledger, until: outcome.Until(input.Manifests)}
	planned.Open = openDrift(planned.Plan, outcome.Result.Areas)
	if p.checker != nil && len(p.checker.given) > 0 {
		planned.narrow(p.given(outcome))
	}
	planned.Files = worktree.Files(planned.Plan, func(id string) *ownership.Repository {
		if repository := outcome.Snapshot.Repository(id); repository != nil {
			return repository.Facts
		}
		return nil
	})
	return planned, nil
}

// observe gives what a pass needs: as it is now, or as it was recorded.
func (p *Planner) observe(ctx context.Context, now time.Time, progress Progress) (engine.Input, error) {
	if p.settings.Recorded != nil {
		return *p.settings.Recorded, nil
	}
	if progress == nil {
		progress = func(string, int, int) {}
	}
	input, err := p.checker.Observe(ctx, now, progress)
	progress("planning", 0, 0)
	return input, err
}

// faults are the errors, not the warnings, in what is declared.
func faults(input engine.Input) []ownership.Problem {
	return slices.DeleteFunc(slices.Clone(input.Problems), func(problem ownership.Problem) bool { return problem.Warning })
}

// given are the IDs of the repositories whose checkouts were given by their paths.
func (p *Planner) given(outcome *engine.Outcome) map[string]bool {
	roots := map[string]bool{}
	for _, source := range p.checker.given {
		if checkout, is := source.Source.(checkout); is {
			roots[checkout.root] = true
		}
	}
	ids := map[string]bool{}
	for _, repository := range outcome.Snapshot.Repositories {
		if roots[repository.Facts.Root] {
			ids[repository.ID()] = true
		}
	}
	return ids
}

// narrow leaves out what is not about the repositories. The rest is a plan of its own.
func (p *Planned) narrow(repositories map[string]bool) {
	changes, held := len(p.Changes), len(p.Held)
	p.Changes = slices.DeleteFunc(p.Changes, func(c ownership.Change) bool { return !repositories[c.Repository] })
	p.Held = slices.DeleteFunc(p.Held, func(c ownership.HeldChange) bool { return !repositories[c.Repository] })
	p.Preconditions = slices.DeleteFunc(p.Preconditions, func(c ownership.Precondition) bool { return !repositories[c.Repository] })
	p.Left, p.LeftHeld = changes-len(p.Changes), held-len(p.Held)
	p.Hash = plan.Hash(p.Changes, p.Preconditions)
	in := map[ownership.AreaID]bool{}
	for _, area := range p.Outcome.Areas {
		in[area.ID] = slices.ContainsFunc(area.Repositories, func(id string) bool { return repositories[id] })
	}
	p.Open = slices.DeleteFunc(p.Open, func(open ownership.OpenDrift) bool { return !in[open.Area] })
}

// openDrift is the drift of areas, sorted by ID, that no change is about, whether it is made or held.
func openDrift(made ownership.Plan, areas []ownership.AreaResult) []ownership.OpenDrift {
	type closed struct {
		area   ownership.AreaID
		role   ownership.Role
		holder ownership.Holder
	}
	about := map[closed]bool{}
	note := func(change *ownership.Change) {
		for _, holder := range change.Holders {
			about[closed{change.Area, change.Role, holder}] = true
			for _, area := range change.Areas {
				about[closed{area, change.Role, holder}] = true
			}
		}
	}
	for i := range made.Changes {
		note(&made.Changes[i])
	}
	for i := range made.Held {
		note(&made.Held[i].Change)
	}
	var open []ownership.OpenDrift
	for _, area := range areas {
		for _, drift := range area.Drift {
			if !about[closed{area.ID, drift.Role, drift.Holder}] {
				open = append(open, ownership.OpenDrift{Area: area.ID, Drift: drift})
			}
		}
	}
	return open
}

// Apply makes a plan as of now, and then makes what it says, if accept gives no error for it. No other run does so with
// the same cache at the same time. The outcomes are in the order of the files; nil where nothing was tried.
func (p *Planner) Apply(ctx context.Context, now time.Time, progress Progress, accept func(*Planned) error) (*Planned, []worktree.Outcome, error) {
	unlock, err := p.lock(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	planned, err := p.plan(ctx, now, progress)
	if err != nil {
		return nil, nil, err
	}
	if err := accept(planned); err != nil {
		return planned, nil, err
	}
	for _, repository := range planned.Outcome.Snapshot.Repositories {
		if p.settings.Recorded == nil {
			p.target.Sweep(ctx, repository.Facts.Root)
		}
	}
	outcomes := make([]worktree.Outcome, 0, len(planned.Files))
	for _, file := range planned.Files {
		outcomes = append(outcomes, p.makeFile(ctx, now, planned, file))
	}
	return planned, outcomes, nil
}

// makeFile makes the changes of one file:
//
//  1. the ledger has them, on disk    a kill from here on counts them, made or not
//  2. the file is replaced
//  3. it was refused                  the ledger is as before
//
// What cannot be noted is not made, nor is anything once the kill switch is there.
func (p *Planner) makeFile(ctx context.Context, now time.Time, planned *Planned, file worktree.File) worktree.Outcome {
	if why := stopped(p.settings.Cache, p.settings.Stop); why != "" {
		return worktree.Outcome{
			Repository: file.Repository, File: file.Path, Status: worktree.Refused, Changes: file.Changes,
			Reason: "all writes are stopped: " + why, Remedy: "apply again when that is taken back",
		}
	}
	before := planned.ledger.entries
	after := plan.Record(before, now, planned.Hash, file.Changes, planned.until)
	if err := planned.ledger.write(after); err != nil {
		return worktree.Outcome{
			Repository: file.Repository, File: file.Path, Status: worktree.Refused, Changes: file.Changes,
			Reason: fmt.Sprintf("it cannot be noted in %s what is made: %v", p.settings.Cache, err),
			Remedy: "make that folder writable, or name another one with --cache DIR",
		}
	}
	outcome := p.target.Apply(ctx, file)
	if outcome.Status == worktree.Refused {
		if err := planned.ledger.write(before); err != nil {
			p.settings.Warn("a change that was refused stays in the ledger, and counts", "file", file.Repository+" "+file.Path, "error", err)
		}
	}
	return outcome
}

// lock keeps other runs from making a plan with the same cache. A folder that cannot be made or locked is not locked:
// what cannot be noted there is not made either.
func (p *Planner) lock(ctx context.Context) (unlock func(), err error) {
	nothing := func() {}
	if p.settings.Cache == "" {
		return nothing, nil
	}
	root, err := makeCache(p.settings.Cache)
	if err != nil {
		return nothing, nil
	}
	defer func() { _ = root.Close() }() // a folder: nothing is lost
	folder, err := root.Open(".")
	if err != nil {
		return nothing, nil
	}
	switch err := folderlock.Lock(ctx, folder, p.settings.LockWait); {
	case errors.Is(err, folderlock.ErrHeld):
		_ = folder.Close() // a folder: nothing is lost
		return nil, ownership.Problem{
			Message: "another run is making a plan with " + p.settings.Cache, Remedy: "wait until it is done, and try again",
		}
	case err != nil && !errors.Is(err, folderlock.ErrUnsupported):
		_ = folder.Close() // a folder: nothing is lost
		return nil, fmt.Errorf("locking %s: %w", p.settings.Cache, err)
	}
	return func() { _ = folder.Close() }, nil
}
