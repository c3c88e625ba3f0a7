package git

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/remit-dev/remit/controller/ownership"
)

const (
	// maxCommits and maxTouches bound a history: at 60 commits a day, 50,000 are more than two years.
	maxCommits = 50_000
	maxTouches = 5_000_000
	// maxLogged bounds the commits that are looked at for these: merges too, and those just before the window.
	maxLogged = 4 * maxCommits
	// maxIdentity bounds the name and address of an author, in bytes.
	maxIdentity = 4096
	// maxSkew is how many commits in a row may be older than the window before the walk stops: one wrong
	// clock must not hide what lies behind it.
	maxSkew = 8
)

var errTooMuch = fmt.Errorf("the window has more than %d commits or %d changed files; set spec.git.historyDays lower", maxCommits, maxTouches)

// emptyBlob is the id of a file without content.
var emptyBlob = plumbing.NewHash("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")

// historyReader walks the log from one commit, newest first.
type historyReader struct {
	ctx        context.Context
	repository *repository
	shallow    map[plumbing.Hash]bool
	// fetched says that Remit itself has fetched the repository.
	fetched bool
	// since is the start of the window.
	since time.Time
	// atHead says whether a path is a file of the commit that the walk starts at.
	atHead func(path string) bool

	history ownership.History
	// failed says that the walk ended at an error that another try may not meet.
	failed bool
	// trees are the root trees of the commits seen so far, by commit.
	trees map[plumbing.Hash]plumbing.Hash
	// diff compares trees; made by read where it is nil. commit reads a commit; nil reads it from the repository.
	diff    comparer
	commit  func(plumbing.Hash) (*object.Commit, error)
	touches int
	// renamed leads from an old name to the name at the start of the walk, for commits not yet visited;
	// everRenamed does so for all.
	renamed, everRenamed map[string]string
}

// read gives the commits of the window, newest first, without merges.
//
// The window goes by the time of commit, as in "git log --since". A shallow clone, a missing object or
// too many commits make the history unknown; what was read is given all the same, with From saying from
// when on it is complete.
func (h *historyReader) read(head *object.Commit) ownership.History {
	h.history.From = h.since
	h.renamed, h.everRenamed = map[string]string{}, map[string]string{}
	if h.commit == nil {
		h.commit = h.repository.loggedCommit
	}
	if h.diff == nil {
		h.diff = newTreeDiff(h.ctx, h.repository)
	}
	if len(head.Author.Name)+len(head.Author.Email) > maxIdentity {
		h.stop(head, identityTooLong(head))
		return h.history
	}
	queue := &commitQueue{head}
	h.trees = map[plumbing.Hash]plumbing.Hash{head.Hash: head.TreeHash}
	for skew := 0; queue.Len() > 0 && skew < maxSkew; {
		c := heap.Pop(queue).(*object.Commit)
		err := h.push(queue, c)
		if err == nil && !c.Committer.When.Before(h.since) {
			skew = 0
			err = h.visit(c)
		} else {
			skew++
		}
		if err != nil {
			h.stop(c, err)
			break
		}
	}
	h.settleNames()
	return h.history
}

// push queues a commit's parents, each once.
func (h *historyReader) push(queue *commitQueue, c *object.Commit) error {
	if h.shallow[c.Hash] {
		return nil
	}
	for _, id := range c.ParentHashes {
		if _, seen := h.trees[id]; seen {
			continue
		}
		if len(h.trees) == maxLogged {
			return errTooMuch
		}
		parent, err := h.commit(id)
		if err != nil {
			return err
		}
		h.trees[id] = parent.TreeHash
		heap.Push(queue, parent)
	}
	return nil
}

// loggedCommit reads a commit for the log, which holds many at a time: without its message and signature, of which each
// could fill the memory of many others.
func (r *repository) loggedCommit(id plumbing.Hash) (*object.Commit, error) {
	c, err := r.commit(id)
	if err != nil {
		return nil, err
	}
	if len(c.Author.Name)+len(c.Author.Email) > maxIdentity {
		return nil, identityTooLong(c)
	}
	return &object.Commit{
		Hash: c.Hash, Author: c.Author, Committer: object.Signature{When: c.Committer.When}, TreeHash: c.TreeHash, ParentHashes: c.ParentHashes,
	}, nil
}

func identityTooLong(c *object.Commit) error {
	return fmt.Errorf("commit %s has an author whose name and address are longer than %d bytes", c.Hash, maxIdentity)
}

// stop ends the walk at a commit that could not be read: the log is complete after it.
func (h *historyReader) stop(c *object.Commit, err error) {
	h.failed = !errors.Is(err, errTooMuch)
	h.completeAfter(c.Committer.When)
	h.history.Unknown = fmt.Sprintf("the log is known from %s on only: %v", h.history.From.Format(time.DateOnly), err)
}

// completeAfter moves From behind a commit's time; git keeps whole seconds.
func (h *historyReader) completeAfter(when time.Time) {
	if from := when.UTC().Add(time.Second); from.After(h.history.From) {
		h.history.From = from
	}
}

// visit records one commit of the window.
func (h *historyReader) visit(c *object.Commit) error {
	if err := h.ctx.Err(); err != nil {
		return err
	}
	if h.shallow[c.Hash] {
		// Its parents are not here, so what it changed is not known: without this it would look as if one
		// person had written everything.
		h.completeAfter(c.Committer.When)
		from := h.history.From.Format(time.RFC3339)
		h.history.Unknown = fmt.Sprintf("the clone is shallow: the log is known from %s on only; fetch the rest with: git fetch --unshallow", from)
		if h.fetched {
			h.history.Unknown = fmt.Sprintf("the log is known from %s on only: the server cuts it there", from)
		}
		return nil
	}
	if len(c.ParentHashes) > 1 {
		return nil
	}
	if len(h.history.Commits) == maxCommits || h.touches > maxTouches {
		return errTooMuch
	}
	before := plumbing.ZeroHash
	if len(c.ParentHashes) == 1 {
		before = h.trees[c.ParentHashes[0]]
	}
	d, err := h.diff.changes(before, c.TreeHash)
	if err != nil {
		return err
	}
	when := c.Author.When
	if when.After(c.Committer.When) {
		when = c.Committer.When // nobody writes a change after it was committed
	}
	if !when.Before(h.since) {
		paths := h.touched(d)
		h.touches += len(paths)
		h.history.Commits = append(h.history.Commits, ownership.Commit{
			ID:         c.Hash.String(),
			Author:     authorOf(c),
			AuthorName: strings.ToValidUTF8(c.Author.Name, "\uFFFD"),
			When:       when.UTC(),
			Paths:      paths,
			Created:    h.created(d),
		})
	}
	h.follow(d)
	return nil
}

// authorOf is the author's address in lower case.
func authorOf(c *object.Commit) string {
	return strings.ToLower(strings.ToValidUTF8(strings.TrimSpace(c.Author.Email), "\uFFFD"))
}

// touched gives the files that the compared commit changed, by the names that they have at the start of
// the walk. A file that was moved away counts once, under its new name.
func (h *historyReader) touched(d difference) []string {
	paths := make([]string, 0, len(d.added)+len(d.removed)+len(d.rewritten))
	for _, names := range [][]string{d.added, d.rewritten, d.removed} {
		for _, name := range names {
			if _, away := d.moved[name]; away {
				continue
			}
			paths = append(paths, h.currentName(name))
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// created gives the files that the compared commit made, by the names that they have at the start of the walk.
func (h *historyReader) created(d difference) []string {
	if len(d.added) == 0 {
		return nil
	}
	moved := make(map[string]bool, len(d.moved))
	for _, to := range d.moved {
		moved[to] = true
	}
	var names []string
	for _, name := range d.added {
		if !moved[name] {
			names = append(names, h.currentName(name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (h *historyReader) currentName(name string) string {
	if current, found := h.renamed[name]; found {
		return current
	}
	return name
}

// follow prepares the names for the commits before the compared one.
//
//	added b                  before it, b was another file, if any: forget where b leads
//	a moved to b             before it, a was what is now called as b is
func (h *historyReader) follow(d difference) {
	targets := make(map[string]string, len(d.moved))
	for from, to := range d.moved {
		targets[from] = h.currentName(to)
	}
	for _, name := range d.added {
		delete(h.renamed, name)
	}
	for from, to := range targets {
		h.renamed[from] = to
		if _, known := h.everRenamed[from]; !known {
			h.everRenamed[from] = to
		}
	}
}

// settleNames catches work on an old name that a parallel branch did after the move: the name is no file
// any more, and a move of it is known.
func (h *historyReader) settleNames() {
	for i := range h.history.Commits {
		c := &h.history.Commits[i]
		c.Paths, c.Created = h.settled(c.Paths), h.settled(c.Created)
	}
}

// settled gives the names at the start of the walk; the list is changed.
func (h *historyReader) settled(names []string) []string {
	moved := false
	for i, name := range names {
		if current, found := h.everRenamed[name]; found && !h.atHead(name) {
			names[i], moved = current, true
		}
	}
	if moved {
		slices.Sort(names)
		names = slices.Compact(names)
	}
	return names
}

// trimHistory is the history as of a later start of the window.
func trimHistory(history ownership.History, since time.Time) ownership.History {
	if !since.After(history.From) {
		return history
	}
	history.From = since
	kept := make([]ownership.Commit, 0, len(history.Commits))
	for _, c := range history.Commits {
		if !c.When.Before(since) {
			kept = append(kept, c)
		}
	}
	history.Commits = kept
	return history
}

// shallowSet reads where a shallow clone was cut.
func (r *repository) shallowSet() (map[plumbing.Hash]bool, error) {
	ids, err := r.refs.Shallow()
	if err != nil {
		return nil, fmt.Errorf("read the list of shallow commits: %w", err)
	}
	set := make(map[plumbing.Hash]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set, nil
}

// commitQueue is a heap of commits, the newest by time of commit first, ties by id.
type commitQueue []*object.Commit

func (q commitQueue) Len() int { return len(q) }
func (q commitQueue) Less(i, j int) bool {
	if order := q[i].Committer.When.Compare(q[j].Committer.When); order != 0 {
		return order > 0
	}
	return q[i].Hash.String() < q[j].Hash.String()
}
func (q commitQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push is for container/heap.
func (q *commitQueue) Push(c any) { *q = append(*q, c.(*object.Commit)) }

// Pop is for container/heap.
func (q *commitQueue) Pop() any {
	last := (*q)[len(*q)-1]
	(*q)[len(*q)-1] = nil
	*q = (*q)[:len(*q)-1]
	return last
}
