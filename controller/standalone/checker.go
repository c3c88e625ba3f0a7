package standalone

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source"
)

// Settings say what to check. At least one of the two must be given.
type Settings struct {
	// Manifests is a folder of manifests, or one file of them; empty means that there are none, and each checkout
	// is judged by its files alone.
	Manifests string
	// Checkouts are paths in git checkouts. With manifests, each takes the place of the repository of the same
	// folder, or else name, that their sources see.
	Checkouts []string
	// HistoryDays is how far back the logs of Checkouts are read; 0 is as far as a source reads if it says nothing.
	HistoryDays int32
	// onDisk looks at the files on disk of every checkout, whatever its source says.
	onDisk bool
	// cache is the cache folder; empty means DefaultCache.
	cache string
	// http says how servers are asked; the zero value allows no private addresses.
	http safehttp.Options
}

// Progress is told how far a check has come: what is being done, and how much of it is done.
type Progress func(step string, done, total int)

// Checker checks the same thing again and again. It is for one goroutine at a time.
type Checker struct {
	settings Settings
	loader   *manifest.Loader
	observer *engine.Observer
	engine   *engine.Engine
	next     time.Time
	// given are the checkouts of the settings.
	given []engine.Observed
	// loaded is what the manifests said last.
	loaded loaded
	// declared are the sources of the manifests, kept from one check to the next with what they remember.
	declared []source.Declared
	clones   clones
}

// New finds the checkouts and reads the manifests for a first time. It fails where one of them cannot be read at all;
// whatever is wrong in them is reported by Check.
func New(settings Settings) (*Checker, error) {
	if settings.Manifests == "" && len(settings.Checkouts) == 0 {
		return nil, ownership.Problem{Message: "there is nothing to check", Remedy: "name a checkout, or a folder of manifests with --manifests DIR"}
	}
	loader, err := manifest.NewLoader()
	if err != nil {
		return nil, err
	}
	c := &Checker{settings: settings, loader: loader, observer: engine.NewObserver(), engine: engine.New(), clones: newClones(settings)}
	if c.given, err = findCheckouts(settings); err != nil {
		return nil, err
	}
	return c, c.load()
}

// Check makes one pass as of now. progress may be nil. It fails where the manifests cannot be read at all, or ctx ends.
func (c *Checker) Check(ctx context.Context, now time.Time, progress Progress) (*engine.Outcome, error) {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	input, err := c.Observe(ctx, now, progress)
	if err != nil {
		return nil, err
	}
	progress("judging", 0, 0)
	outcome, err := c.engine.Pass(ctx, input)
	if err != nil {
		return nil, err
	}
	c.next = earlier(outcome.Next, c.observer.Stale())
	return outcome, nil
}

// Next is the next moment at which time alone may change what a check finds; zero where there is none.
func (c *Checker) Next() time.Time { return c.next }

// earlier is the earlier of two moments; a zero one is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Observe reads the manifests and looks at all sources: it gives everything that a pass needs.
func (c *Checker) Observe(ctx context.Context, now time.Time, progress Progress) (engine.Input, error) {
	if err := c.load(); err != nil {
		return engine.Input{}, err
	}
	sources := slices.Clone(c.given)
	for _, source := range c.declared {
		sources = append(sources, source.Observed)
	}
	step := newSteps(progress, "observing", len(sources))
	seen, statuses := c.observer.Observe(ctx, sources, now, func(string) { step() })
	if err := ctx.Err(); err != nil {
		return engine.Input{}, fmt.Errorf("observing: %w", err)
	}
	problems := c.loaded.problems
	if c.settings.Manifests != "" && len(c.given) > 0 {
		seen = standIn(seen, len(c.given))
		problems = slices.Concat(problems, c.strangers(seen[:len(c.given)]))
	}
	return engine.Input{
		Now: now, Manifests: c.loaded.set, Sources: seen, Statuses: statuses,
		Policies: c.loaded.policies, Problems: problems, FilesOnly: c.settings.Manifests == "",
	}, nil
}

// Interval is how often to check again: as often as the source that asks for it most.
func (c *Checker) Interval() time.Duration {
	interval := source.DefaultInterval
	for i, source := range c.declared {
		if i == 0 || source.Interval < interval {
			interval = source.Interval
		}
	}
	return interval
}

// Watch names the folders and files whose change calls for a new check.
func (c *Checker) Watch() []string {
	paths := slices.Clone(c.loaded.folders)
	for _, source := range c.given {
		paths = append(paths, source.Watch()...)
	}
	for _, source := range c.declared {
		if !source.Observed.Suspended {
			paths = append(paths, source.Observed.Watch()...)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}
