package git

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

const (
	defaultHistoryDays = 180
	treeHead           = "head"
	treeWorktree       = "worktree"
)

// Source observes one checkout, or a folder of checkouts. It is safe for concurrent use.
type Source struct {
	name string
	// field is where the specification stands in a manifest, for problems with it.
	field string
	spec  v1alpha1.GitSource
	// path is where spec.Path leads.
	path string
	// preferWorktree: see PreferWorktree.
	preferWorktree bool
	// fetched says that the path is what Remit itself has fetched: see Remote.
	fetched bool

	mutex sync.Mutex
	// known are the facts of each checkout as last read, by folder.
	known map[string]remembered
}

// New makes a source of a specification. dir is the folder of the manifest, which a relative path starts from.
func New(name string, spec v1alpha1.GitSource, dir string) *Source {
	path := spec.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return &Source{name: name, field: "spec.git", spec: spec, path: filepath.Clean(path), known: map[string]remembered{}}
}

// Name is the name of the OwnershipSource.
func (s *Source) Name() string { return s.name }

// Kind is SourceGit.
func (s *Source) Kind() ownership.SourceKind { return ownership.SourceGit }

// Root is the checkout or folder that is observed.
func (s *Source) Root() string { return s.path }

// Observe reads every checkout. It always gives an observation: a repository that cannot be read is
// listed as unknown, and so is the whole where the path cannot be read. A checkout whose commit has not
// changed since the last look is not read again.
func (s *Source) Observe(ctx context.Context, now time.Time) ownership.Observation {
	o := ownership.Observation{Source: s.name, Kind: ownership.SourceGit, At: now}
	seen := s.lookAtAll(now, func(r *repository, l *look) { s.read(ctx, r, l, now) })
	o.Unknown, o.Problems, o.AllRepositories = seen.unknown, seen.problems, seen.complete
	for _, look := range seen.looks {
		o.Repositories = append(o.Repositories, look.repository)
	}
	s.forget(seen.roots)
	return o
}

func (s *Source) problem(field, message, remedy string) ownership.Problem {
	return ownership.Problem{Location: ownership.Location{File: s.spec.Path}, Field: s.field + "." + field, Message: message, Remedy: remedy}
}

// historyStart is the start of the window of the log; ok is false where the log is switched off.
func (s *Source) historyStart(now time.Time) (start time.Time, ok bool) {
	days := HistoryDays(s.spec.HistoryDays)
	return now.AddDate(0, 0, -int(days)), days > 0
}

// HistoryDays is how far back the log is read, in days, where a specification says so much of it.
func HistoryDays(given *int32) int32 {
	if given == nil {
		return defaultHistoryDays
	}
	return *given
}

func (s *Source) recall(root string) (remembered, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	r, found := s.known[root]
	return r, found
}

func (s *Source) remember(root string, r remembered) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.known[root] = r
}

// forget drops what is known of checkouts that are gone.
func (s *Source) forget(present []string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for root := range s.known {
		if !slices.Contains(present, root) {
			delete(s.known, root)
		}
	}
}
