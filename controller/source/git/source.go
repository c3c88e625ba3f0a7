package git

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
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
	spec v1alpha1.GitSource
	// path is where spec.Path leads.
	path string

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
	return &Source{name: name, spec: spec, path: filepath.Clean(path), known: map[string]remembered{}}
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
	if tree := s.spec.Tree; tree != "" && tree != treeHead && tree != treeWorktree {
		o.Unknown = fmt.Sprintf("tree: %q is neither %q nor %q", tree, treeHead, treeWorktree)
		o.Problems = []ownership.Problem{s.problem("spec.git.tree", o.Unknown, "set it to head or worktree")}
		return o
	}
	found, err := discover(s.path)
	if err != nil {
		o.Unknown = fmt.Sprintf("%s cannot be read: %v", s.path, err)
		o.Problems = []ownership.Problem{s.problem("spec.git.path", o.Unknown, "set it to a git checkout or a folder of checkouts")}
		return o
	}
	o.Problems = found.problems
	if found.folder && s.spec.Repository != "" {
		o.Problems = append(o.Problems, s.problem("spec.git.repository",
			fmt.Sprintf("it names one checkout, but %s is a folder of checkouts", s.path), "remove it, or set path to the checkout"))
	}
	looks := s.lookAtAll(ctx, found, now)
	complete := found.folder && found.whole
	first := map[string]string{}
	for _, look := range looks {
		o.Problems = append(o.Problems, look.problems...)
		complete = complete && look.named
		id := look.repository.ID
		if earlier, taken := first[id]; taken {
			o.Problems = append(o.Problems, ownership.Problem{
				Location: ownership.Location{Repository: id, File: look.repository.Root},
				Message:  fmt.Sprintf("%s is named %s too; this checkout is left out", earlier, id),
				Remedy:   "remove one of them, or give it another origin remote",
			})
			continue
		}
		first[id] = look.repository.Root
		o.Repositories = append(o.Repositories, look.repository)
	}
	slices.SortFunc(o.Repositories, func(a, b ownership.Repository) int { return strings.Compare(a.ID, b.ID) })
	o.AllRepositories = complete
	s.forget(found.checkouts)
	return o
}

func (s *Source) problem(field, message, remedy string) ownership.Problem {
	return ownership.Problem{Location: ownership.Location{File: s.spec.Path}, Field: field, Message: message, Remedy: remedy}
}

// lookAtAll reads the checkouts in parallel and gives them in the order in which they were found.
func (s *Source) lookAtAll(ctx context.Context, found discovery, now time.Time) []look {
	looks := make([]look, len(found.checkouts))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(found.checkouts)) {
		workers.Go(func() {
			for i := range next {
				looks[i] = s.lookAt(ctx, found.checkouts[i], found.folder, now)
			}
		})
	}
	for i := range found.checkouts {
		next <- i
	}
	close(next)
	workers.Wait()
	return looks
}

// historyStart is the start of the window of the log; ok is false where the log is switched off.
func (s *Source) historyStart(now time.Time) (start time.Time, ok bool) {
	days := int32(defaultHistoryDays)
	if s.spec.HistoryDays != nil {
		days = *s.spec.HistoryDays
	}
	return now.AddDate(0, 0, -int(days)), days > 0
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
