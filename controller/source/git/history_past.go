package git

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/remit-dev/remit/controller/ownership"
)

// Past looks at a repository as it was at any of its commits: what Source would have seen then. It is for studies of
// what can be told from a history, and keeps in memory all that it has read of the log. It is not safe for concurrent
// use, and must be closed.
type Past struct {
	opened  *repository
	shallow map[plumbing.Hash]bool
	head    plumbing.Hash
	commits map[plumbing.Hash]*object.Commit
	diff    *rememberedDiff
}

// PastCommit is one commit of the log, merges included.
type PastCommit struct {
	ID      string
	Parents []string
	// Author is the address in lower case, AuthorName as written; When is the time of commit.
	Author, AuthorName string
	When               time.Time
	Message            string
}

// OpenPast opens the checkout or bare repository in a folder.
func OpenPast(dir string) (*Past, error) {
	place, err := findLayout(dir)
	if err != nil {
		return nil, err
	}
	r, err := openRepository(place)
	if err != nil {
		return nil, err
	}
	p := &Past{opened: r, commits: map[plumbing.Hash]*object.Commit{}}
	if p.head, err = r.head(); err == nil {
		p.shallow, err = r.shallowSet()
	}
	if err == nil && p.head.IsZero() {
		err = fmt.Errorf("%s has no commit", dir)
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return p, nil
}

// Close releases the files.
func (p *Past) Close() { p.opened.close() }

// Shallow says that the clone was cut somewhere.
func (p *Past) Shallow() bool { return len(p.shallow) > 0 }

// Log gives every commit that leads to HEAD, the newest first by time of commit, then by id.
func (p *Past) Log(ctx context.Context) ([]PastCommit, error) {
	seen := map[plumbing.Hash]bool{p.head: true}
	var all []*object.Commit
	for queue := []plumbing.Hash{p.head}; len(queue) > 0; {
		c, err := p.commit(queue[0])
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		queue, all = queue[1:], append(all, c)
		if p.shallow[c.Hash] {
			continue
		}
		for _, parent := range c.ParentHashes {
			if !seen[parent] {
				seen[parent] = true
				queue = append(queue, parent)
			}
		}
	}
	slices.SortFunc(all, func(a, b *object.Commit) int {
		if order := b.Committer.When.Compare(a.Committer.When); order != 0 {
			return order
		}
		return strings.Compare(a.Hash.String(), b.Hash.String())
	})
	log := make([]PastCommit, len(all))
	for i, c := range all {
		log[i] = PastCommit{
			ID: c.Hash.String(), Author: authorOf(c), AuthorName: strings.ToValidUTF8(c.Author.Name, "\uFFFD"),
			When: c.Committer.When.UTC(), Message: c.Message,
		}
		for _, parent := range c.ParentHashes {
			log[i].Parents = append(log[i].Parents, parent.String())
		}
	}
	return log, nil
}

// Changed lists the files that a commit added, removed or rewrote against its first parent, sorted. Where the clone is
// cut at it, there are none.
func (p *Past) Changed(id string) ([]string, error) {
	c, err := p.commit(plumbing.NewHash(id))
	if err != nil || p.shallow[c.Hash] {
		return nil, err
	}
	before := plumbing.ZeroHash
	if len(c.ParentHashes) > 0 {
		parent, err := p.commit(c.ParentHashes[0])
		if err != nil {
			return nil, err
		}
		before = parent.TreeHash
	}
	d, err := p.remembered().changes(before, c.TreeHash)
	if err != nil {
		return nil, err
	}
	paths := slices.Concat(d.added, d.removed, d.rewritten)
	slices.Sort(paths)
	return paths, nil
}

// At gives the files, the CODEOWNERS in force and the history as of a commit, itself included; the history begins at a
// time.
func (p *Past) At(ctx context.Context, id string, since time.Time) (ownership.Repository, error) {
	c, err := p.commit(plumbing.NewHash(id))
	if err != nil {
		return ownership.Repository{}, err
	}
	seen := ownership.Repository{Root: p.opened.layout.root, Head: id}
	list, err := p.opened.headFiles(ctx, c.TreeHash, isCodeownersPlace)
	if err != nil {
		return ownership.Repository{}, err
	}
	seen.Files.Paths = list.paths
	seen.Codeowners, _ = findCodeowners(list, func(_ string, entry treeEntry, limit int64) ([]byte, error) {
		return p.opened.blob(entry.id, limit)
	})
	p.remembered().diff.ctx = ctx
	reader := historyReader{
		ctx: ctx, repository: p.opened, shallow: p.shallow, since: since, diff: p.remembered(), commit: p.commit,
		atHead: func(path string) bool {
			_, found := slices.BinarySearch(list.paths, path)
			return found
		},
	}
	seen.History = reader.read(c)
	return seen, nil
}

// Text reads at most limit bytes of a file as it is in a commit; found is false where it has no such file.
func (p *Past) Text(id, path string, limit int64) (text []byte, found bool, err error) {
	c, err := p.commit(plumbing.NewHash(id))
	if err != nil {
		return nil, false, err
	}
	folder := c.TreeHash
	for {
		name, rest, nested := strings.Cut(path, "/")
		entries, err := p.opened.tree(folder)
		if err != nil {
			return nil, false, err
		}
		i := slices.IndexFunc(entries, func(e treeEntry) bool { return e.name == name })
		switch {
		case i < 0:
			return nil, false, nil
		case nested && entries[i].kind == folderEntry:
			folder, path = entries[i].id, rest
		case !nested && entries[i].kind == fileEntry:
			text, err := p.opened.blob(entries[i].id, limit)
			return text, err == nil, err
		default:
			return nil, false, nil
		}
	}
}

func (p *Past) commit(id plumbing.Hash) (*object.Commit, error) {
	if c, seen := p.commits[id]; seen {
		return c, nil
	}
	c, err := p.opened.commit(id)
	if err == nil {
		p.commits[id] = c
	}
	return c, err
}

func (p *Past) remembered() *rememberedDiff {
	if p.diff == nil {
		// The walk of a study is over many histories, so what one walk may read is not what bounds it.
		diff := newTreeDiff(context.Background(), p.opened)
		diff.similar.left = 128 * maxAlikeRead
		p.diff = &rememberedDiff{diff: diff, seen: map[[2]plumbing.Hash]difference{}}
	}
	return p.diff
}
