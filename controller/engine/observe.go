package engine

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Source is one system in which ownership is observed.
type Source interface {
	// Name is the OwnershipSource's name, Kind its provider.
	Name() string
	Kind() ownership.SourceKind
	// Observe reads the source. It does not fail: what could not be read is marked as unknown, on the whole
	// or on its part.
	Observe(ctx context.Context, now time.Time) ownership.Observation
	// Watch names the files and folders whose change calls for a new look.
	Watch() []string
}

// Observed is a source with its settings.
type Observed struct {
	Source
	Authority snapshot.Authority
	Discover  bool
	// Mode is how far Remit may go in changing what the source observes; empty means Observe.
	Mode ownership.Mode
	// Names are patterns of path.Match for what its repositories are called; nil means that they may be called anything.
	Names []string
	// MaxStaleness is how old facts may be before they count as unknown.
	MaxStaleness time.Duration
	// Suspended sources are not observed; their facts are unknown.
	Suspended bool
}

// Settings are what a snapshot must know of the source beside what it says.
func (o Observed) Settings() snapshot.Source {
	return snapshot.Source{
		Name: o.Name(), Kind: o.Kind(), Authority: o.Authority, Discover: o.Discover, Mode: o.Mode, Names: o.Names,
	}
}

// Forget drops what was remembered of a source that is gone.
func (o *Observer) Forget(name string) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	delete(o.last, name)
	delete(o.stale, name)
}

// Observer looks at sources, and keeps what each said last. It is safe for concurrent use.
type Observer struct {
	mutex sync.Mutex
	last  map[string]remembered
	// stale is by source: when facts of before that stand in for ones of now are too old; zero where none do.
	stale map[string]time.Time
}

// remembered is the last observation of a source that succeeded.
type remembered struct {
	observation ownership.Observation
	at          time.Time
}

// NewObserver makes an Observer that remembers nothing yet.
func NewObserver() *Observer {
	return &Observer{last: map[string]remembered{}, stale: map[string]time.Time{}}
}

// Observe looks at all sources side by side and gives what they say, in the order given. Where a source or a
// repository cannot be read now but could be no longer than its MaxStaleness ago, the facts of then stand in.
func (o *Observer) Observe(ctx context.Context, sources []Observed, now time.Time, done func(source string)) ([]snapshot.Source, []ownership.SourceStatus) {
	seen := make([]snapshot.Source, len(sources))
	statuses := make([]ownership.SourceStatus, len(sources))
	var group sync.WaitGroup
	for i, source := range sources {
		group.Go(func() {
			seen[i], statuses[i] = o.Look(ctx, source, now)
			if done != nil {
				done(source.Name())
			}
		})
	}
	group.Wait()
	return seen, statuses
}

// Look looks at one source, as Observe does at several.
func (o *Observer) Look(ctx context.Context, source Observed, now time.Time) (snapshot.Source, ownership.SourceStatus) {
	status := ownership.SourceStatus{Name: source.Name(), Kind: source.Kind(), At: now}
	observation := ownership.Observation{Source: source.Name(), Kind: source.Kind(), At: now, Unknown: "the source is suspended"}
	if !source.Suspended {
		observation = source.Observe(ctx, now)
	}
	status.Unknown = observation.Unknown
	for _, repository := range observation.Repositories { // as of now: facts of before do not make the source work
		if !repository.Known() && status.Unknown == "" {
			status.Unknown = fmt.Sprintf("repository %s: %s", repository.ID, repository.Unknown)
		}
	}
	status.Unknown = cmp.Or(status.Unknown, unreadCatalog(observation), observation.WorkloadsUnknown, unreadNamespaces(observation))
	observation, status.LastSuccess = o.remember(source, observation, now)
	status.Repositories, status.People, status.Teams = len(observation.Repositories)+len(observation.Catalogs), len(observation.People), len(observation.Teams)
	status.Namespaces = len(observation.Namespaces)
	seen := source.Settings()
	seen.Observation = observation
	return seen, status
}

// remember keeps an observation that succeeded, and puts a remembered one in the place of one that failed:
//
//	now                            before, not older than MaxStaleness    facts used
//	read                           any                                    those of now
//	failed                         read                                   those of then
//	failed, but brings facts of    none, or older                         those, if they are not older either
//	  before itself, from a cache
//	failed                         none, or older                         unknown
//
// The same goes for each repository of a source that was read.
func (o *Observer) remember(source Observed, now ownership.Observation, at time.Time) (ownership.Observation, time.Time) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	delete(o.stale, source.Name())
	before, has := o.last[source.Name()]
	fresh := has && at.Sub(before.at) <= source.MaxStaleness
	if now.Unknown != "" {
		if fresh && !source.Suspended {
			o.goesStale(source, before.at)
			then := before.observation
			then.Problems = now.Problems
			return then, before.at
		}
		if then := cached(now); !then.IsZero() && at.Sub(then) <= source.MaxStaleness {
			o.goesStale(source, then)
			now.Unknown = ""
			return now, then
		}
		now.Repositories = nil
		return now, before.at
	}
	if fresh {
		now.Repositories = recall(now.Repositories, before.observation.Repositories, source.MaxStaleness, at)
		now.Catalogs = recallCatalogs(now.Catalogs, before.observation.Catalogs, source.MaxStaleness, at)
	}
	for _, repository := range now.Repositories {
		if repository.Known() && repository.At.Before(at) {
			o.goesStale(source, repository.At)
		}
	}
	for _, catalog := range now.Catalogs {
		if catalog.Known() && catalog.At.Before(at) {
			o.goesStale(source, catalog.At)
		}
	}
	o.last[source.Name()] = remembered{now, at}
	return now, at
}

// cached is the time of the facts that an observation which failed brings along; zero where it brings none.
func cached(failed ownership.Observation) time.Time {
	var first time.Time
	for _, repository := range failed.Repositories {
		if first.IsZero() || repository.At.Before(first) {
			first = repository.At
		}
	}
	return first
}

// goesStale notes that facts of a time stand in, which are too old when they are older than MaxStaleness.
func (o *Observer) goesStale(source Observed, of time.Time) {
	at := of.Add(source.MaxStaleness + time.Nanosecond)
	if known := o.stale[source.Name()]; known.IsZero() || at.Before(known) {
		o.stale[source.Name()] = at
	}
}

// Stale is the first moment at which facts of before, which stand in for ones that could not be read, are too old; zero
// where none stand in.
func (o *Observer) Stale() time.Time {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	var first time.Time
	for _, at := range o.stale {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

// recall puts earlier facts of a repository, if fresh enough, in the place of ones that could not be read.
func recall(now, before []ownership.Repository, maxStaleness time.Duration, at time.Time) []ownership.Repository {
	earlier := map[string]ownership.Repository{}
	for _, repository := range before {
		earlier[repository.ID] = repository
	}
	recalled := make([]ownership.Repository, len(now))
	for i, repository := range now {
		recalled[i] = repository
		if then, has := earlier[repository.ID]; has && !repository.Known() && then.Known() && at.Sub(then.At) <= maxStaleness {
			recalled[i] = then
		}
	}
	return recalled
}
