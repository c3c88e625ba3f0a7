package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// Reader reads checkouts for a source that finds its facts in their files: it finds and names them as Source does.
// It is safe for concurrent use.
type Reader struct {
	source *Source
	// standIns read one checkout each: see StandIn.
	standIns []*Reader
	// remote brings what is read up to date first; nil where it is on disk.
	remote *Remote
}

// NewRemoteReader makes a reader of the repository at an address. What a source of the same settings has fetched into the same
// cache folder is not fetched again; that source's HistoryDays should be these, since the longer log of two is fetched.
func NewRemoteReader(name, field string, settings RemoteSettings) *Reader {
	remote := NewRemote(name, settings)
	remote.field = field
	return &Reader{remote: remote, source: remote.sourceAt("")}
}

// NewReader makes a reader of the checkouts that a specification names; its history and areas do not matter here. dir is
// the folder of the manifest, which a relative path starts from, and field is where the specification stands in it,
// such as "spec.catalog".
func NewReader(name, field string, spec v1alpha1.GitSource, dir string) *Reader {
	source := New(name, spec, dir)
	source.field = field
	return &Reader{source: source}
}

// PreferWorktree is Source's.
func (r *Reader) PreferWorktree() { r.source.PreferWorktree() }

// Root is the checkout or folder that is read; empty where it is fetched.
func (r *Reader) Root() string {
	if r.remote != nil {
		return ""
	}
	return r.source.path
}

// Watch gives the folders in which something changes when a reading would; of a working tree those of the files that
// read gives for the checkout in a folder, and the folders above these.
func (r *Reader) Watch(read func(root string) []string) []string {
	if r.remote != nil {
		return r.remote.Watch()
	}
	return r.source.watch(func(root string) []string { return foldersOf(root, read(root)) })
}

// Reading is what came of reading checkouts.
type Reading struct {
	// Trees are the checkouts that were opened or failed to, sorted by repository.
	Trees []TreeReading
	// Roots are the folders of all checkouts there are.
	Roots    []string
	Problems []ownership.Problem
	// Unlisted says why there may be checkouts that are not listed; empty means that there are none.
	Unlisted string
	// Unknown says why the path cannot be read at all; empty means that it can be.
	Unknown string
}

// TreeReading is one checkout: its name, its folder on disk, and why it could not be read, if so.
type TreeReading struct {
	Repository string
	Root       string
	ownership.Provenance
}

// Read opens every checkout and hands its tree to visit, several at a time. The tree is lent for the call. An error, and
// a panic, make that repository unknown and no other.
func (r *Reader) Read(ctx context.Context, now time.Time, visit func(*Tree) error) Reading {
	source := r.source
	if r.remote != nil {
		kept, failed := r.remote.fetch(ctx, now, r.remote.since(now), "")
		if failed != nil {
			return Reading{Unknown: failed.Reason, Problems: []ownership.Problem{r.remote.problem(failed)}}
		}
		source = r.remote.sourceAt(kept.Folder)
	}
	reading := source.reading(now, visit)
	if r.remote != nil {
		reading.Problems = r.remote.ownProblems(reading.Problems, source.path)
	}
	for _, other := range r.standIns {
		reading.standIn(ctx, other, now, visit)
	}
	return reading
}

func (s *Source) reading(now time.Time, visit func(*Tree) error) Reading {
	seen := s.lookAtAll(now, func(opened *repository, l *look) {
		if err := s.visit(opened, l, visit); err != nil {
			l.fail(err.Error())
		}
	})
	reading := Reading{Roots: seen.roots, Problems: seen.problems, Unlisted: seen.unlisted, Unknown: seen.unknown}
	for _, look := range seen.looks {
		reading.Trees = append(reading.Trees, TreeReading{look.repository.ID, look.repository.Root, look.repository.Provenance})
	}
	return reading
}

func (s *Source) visit(r *repository, l *look, visit func(*Tree) error) (err error) {
	tree := &Tree{Repository: l.repository.ID, Root: l.repository.Root, opened: r}
	if s.wantsWorktree(r) {
		if r.layout.bare {
			return fmt.Errorf("the repository is bare, so it has no working tree; set %s.tree to head", s.field)
		}
		if tree.disk, err = os.OpenRoot(r.layout.root); err != nil {
			return err
		}
		defer func() { _ = tree.disk.Close() }() // opened for reading
		return visit(tree)
	}
	head, err := r.head()
	if err != nil {
		return err
	}
	if !head.IsZero() {
		tree.Head = head.String()
	}
	return visit(tree)
}

// Tree is the files of one checkout.
type Tree struct {
	Repository string
	// Root is its folder on disk.
	Root string
	// Head is the commit whose files these are, in hexadecimal; empty for the files on disk, and where there is no
	// commit yet.
	Head string

	opened *repository
	// disk is nil where the files are those of the commit.
	disk   *os.Root
	places map[string]treeEntry
}

// OnDisk says that the files are those of the working tree, which change without a commit.
func (t *Tree) OnDisk() bool { return t.disk != nil }

// Files lists the files, sorted bytewise. Those that are wanted can be read then.
func (t *Tree) Files(ctx context.Context, wanted func(path string) bool) ([]string, error) {
	var list fileList
	switch {
	case t.disk != nil:
		found, err := t.opened.worktreeFiles(ctx, t.disk, wanted)
		if err != nil {
			return nil, fmt.Errorf("the files cannot be listed: %w", err)
		}
		list = found
	case t.Head != "":
		commit, err := t.opened.commit(plumbing.NewHash(t.Head))
		if err != nil {
			return nil, err
		}
		if list, err = t.opened.headFiles(ctx, commit.TreeHash, wanted); err != nil {
			return nil, fmt.Errorf("the files cannot be listed: %w", err)
		}
	}
	t.places = list.places
	return list.paths, nil
}

// ErrLink says that a file is a symbolic link, which is not followed.
var ErrLink = errors.New("it is a symbolic link, which is not followed")

// Text reads at most limit bytes of a file that was wanted.
func (t *Tree) Text(path string, limit int64) ([]byte, error) {
	entry, found := t.places[path]
	switch {
	case !found:
		return nil, fmt.Errorf("%s is not among the files that were asked for", path)
	case entry.kind == linkEntry:
		return nil, ErrLink
	case t.disk != nil:
		return t.opened.readTracked(t.disk, path, entry, limit)
	}
	return t.opened.blob(entry.id, limit)
}
