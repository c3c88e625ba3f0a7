package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"

	"github.com/remit-dev/remit/controller/ownership"
)

// look is what one checkout gave.
type look struct {
	repository ownership.Repository
	problems   []ownership.Problem
	// named says that the ID is the repository's real one and not a guess for want of its configuration.
	named bool
	// failed says that something could not be read, so that the next look must try again.
	failed bool
}

// remembered are the facts of a checkout that depend on nothing but its commit. They are shared by all
// observations and never changed.
type remembered struct {
	head, shallow string
	look          look
}

// lookAt opens one checkout and reads it with read. Whatever goes wrong in it, a panic of the library included, makes
// this repository unknown and no other.
func (s *Source) lookAt(root string, inFolder bool, now time.Time, read func(*repository, *look)) (l look) {
	l.repository.Root = root
	l.name(s.nameOf(root, inFolder, settings{}, false))
	l.repository.Provenance = ownership.Provenance{Source: s.name, Location: root, At: now}
	defer func() {
		if reason := recover(); reason != nil {
			l.fail(fmt.Sprintf("the repository is damaged in a way that reading it failed: %v", reason))
		}
		l.stamp(s.name, now)
	}()
	place, err := findLayout(root)
	if err != nil {
		l.fail(err.Error())
		return l
	}
	configuration, err := readSettings(place)
	l.name(s.nameOf(root, inFolder, configuration, err == nil))
	if err != nil {
		l.fail(err.Error())
		return l
	}
	r, err := openRepository(place)
	if err != nil {
		l.fail(err.Error())
		return l
	}
	defer r.close()
	read(r, &l)
	return l
}

// read fills in files, CODEOWNERS and history.
func (s *Source) read(ctx context.Context, r *repository, l *look, now time.Time) {
	head, err := r.head()
	if err != nil {
		l.fail(err.Error())
		return
	}
	shallow, err := r.shallowSet()
	if err != nil {
		l.fail(err.Error())
		return
	}
	since, wanted := s.historyStart(now)
	key := remembered{head: head.String(), shallow: shallowKey(shallow)}
	worktree := s.wantsWorktree(r)
	if earlier, found := s.recall(r.layout.root); found && earlier.head == key.head && earlier.shallow == key.shallow {
		l.reuse(earlier.look, since)
		s.readDisk(ctx, r, l, worktree)
		return
	}
	fresh := look{repository: l.repository}
	switch {
	case head.IsZero():
		fresh.empty(wanted, since)
	default:
		commit, err := r.commit(head)
		if err != nil {
			l.fail(err.Error())
			return
		}
		fresh.repository.Head = head.String()
		s.readHead(ctx, r, commit, shallow, &fresh, now)
	}
	if !fresh.failed {
		key.look = fresh
		s.remember(r.layout.root, key)
	}
	l.reuse(fresh, since)
	l.failed = fresh.failed
	s.readDisk(ctx, r, l, worktree)
}

// readDisk reads the working tree where that is what counts, and else looks whether its CODEOWNERS is that of the commit.
func (s *Source) readDisk(ctx context.Context, r *repository, l *look, worktree bool) {
	if worktree {
		s.readWorktree(ctx, r, l)
		return
	}
	l.compareWorktree(r)
}

// readHead reads what the commit says.
func (s *Source) readHead(ctx context.Context, r *repository, commit *object.Commit, shallow map[plumbing.Hash]bool, l *look, now time.Time) {
	list, err := r.headFiles(ctx, commit.TreeHash, isCodeownersPlace)
	if err != nil {
		l.failFiles(err)
	} else {
		l.repository.Files.Paths = list.paths
		file, problems := findCodeowners(list, func(_ string, entry treeEntry, limit int64) ([]byte, error) {
			return r.blob(entry.id, limit)
		})
		l.setCodeowners(file, problems)
	}
	since, wanted := s.historyStart(now)
	if !wanted {
		l.repository.History.Unknown = "the log is not read: spec.git.historyDays is 0"
		return
	}
	reader := historyReader{ctx: ctx, repository: r, shallow: shallow, fetched: s.fetched, since: since, atHead: func(path string) bool {
		_, found := slices.BinarySearch(list.paths, path)
		return found
	}}
	l.repository.History = reader.read(commit)
	// A shallow clone gives the same again; a missing object or a cancelled look may not.
	l.failed = l.failed || reader.failed
}

// readWorktree replaces the files and CODEOWNERS of the commit by those on disk.
func (s *Source) readWorktree(ctx context.Context, r *repository, l *look) {
	l.repository.Head = ""
	l.repository.Files, l.repository.Codeowners = ownership.FileList{}, ownership.CodeownersFile{}
	l.problems = slices.DeleteFunc(slices.Clone(l.problems), func(p ownership.Problem) bool { return p.File != "" && isCodeownersPlace(p.File) })
	if r.layout.bare {
		l.failFiles(errors.New("the repository is bare, so it has no working tree; set spec.git.tree to head"))
		return
	}
	root, err := os.OpenRoot(r.layout.root)
	if err != nil {
		l.failFiles(err)
		return
	}
	defer func() { _ = root.Close() }() // opened for reading
	list, err := r.worktreeFiles(ctx, root, isCodeownersPlace)
	if err != nil {
		l.failFiles(err)
		return
	}
	l.repository.Files.Paths = list.paths
	l.setCodeowners(findCodeowners(list, func(path string, entry treeEntry, limit int64) ([]byte, error) {
		return r.readTracked(root, path, entry, limit)
	}))
}

// head gives the commit that is checked out; the zero hash where there is no commit yet.
func (r *repository) head() (plumbing.Hash, error) {
	ref, err := storer.ResolveReference(r.refs, plumbing.HEAD)
	if err == nil && ref.Hash().IsZero() { // the library reads anything else that way
		return plumbing.ZeroHash, fmt.Errorf("%s holds neither a branch nor a commit", ref.Name())
	}
	if err == nil {
		return ref.Hash(), nil
	}
	if !errors.Is(err, plumbing.ErrReferenceNotFound) {
		return plumbing.ZeroHash, fmt.Errorf("read HEAD: %w", err)
	}
	// A branch without a commit is how a new repository starts, but also what a lost branch looks like.
	others, err := r.refs.IterReferences()
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("read the branches: %w", err)
	}
	defer others.Close()
	err = others.ForEach(func(other *plumbing.Reference) error {
		if other.Type() == plumbing.HashReference {
			return fmt.Errorf("HEAD names a branch that does not exist, though %s does; check out a branch", other.Name().Short())
		}
		return nil
	})
	return plumbing.ZeroHash, err
}

func shallowKey(shallow map[plumbing.Hash]bool) string {
	ids := make([]string, 0, len(shallow))
	for id := range shallow {
		ids = append(ids, id.String())
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// fallbackID is the name of a checkout of which nothing but its folder is known.
func (s *Source) fallbackID(root string) string {
	if s.spec.Organization != "" {
		return strings.ToLower(s.spec.Organization) + "/" + folderName(root)
	}
	return "local/" + folderName(root)
}

// nameOf names a checkout.
//
//	spec.repository, one checkout    that
//	spec.organization                ORGANIZATION/folder
//	an origin remote with a name     as the remote
//	otherwise                        local/folder, with a warning
//	the configuration is unreadable  local/folder, not certain
func (s *Source) nameOf(root string, inFolder bool, found settings, readable bool) (id string, certain bool, problem *ownership.Problem) {
	switch remote := remoteID(found.origin); {
	case s.spec.Repository != "" && !inFolder:
		return strings.ToLower(s.spec.Repository), true, nil
	case s.spec.Organization != "":
		return s.fallbackID(root), true, nil
	case remote != "":
		return remote, true, nil
	case !readable:
		return s.fallbackID(root), false, nil
	}
	id = s.fallbackID(root)
	return id, true, &ownership.Problem{
		Location: ownership.Location{File: filepath.Join(root, ".git", "config")},
		Message:  "the checkout has no origin remote that names an organisation, so it is called " + id,
		Remedy:   fmt.Sprintf("set %[1]s.organization, or %[1]s.repository for a single checkout", s.field),
		Warning:  true,
	}
}
