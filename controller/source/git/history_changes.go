package git

import (
	"context"

	"github.com/go-git/go-git/v5/plumbing"
)

// difference is what one commit changed, by path. A file that was moved is in added and removed too.
type difference struct {
	added, removed, rewritten []string
	// moved leads from old names to new ones.
	moved map[string]string
}

// comparer compares the trees of two commits.
type comparer interface {
	changes(before, after plumbing.Hash) (difference, error)
}

func newTreeDiff(ctx context.Context, r *repository) *treeDiff {
	return &treeDiff{ctx: ctx, repository: r, names: map[string]string{}, similar: newSimilarity(r)}
}

// changes compares two trees and follows what was moved.
func (d *treeDiff) changes(before, after plumbing.Hash) (difference, error) {
	if err := d.compare(before, after); err != nil {
		return difference{}, err
	}
	return difference{
		added: pathsOf(d.added), removed: pathsOf(d.removed), rewritten: pathsOf(d.rewritten), moved: d.renames(),
	}, nil
}

func pathsOf(changes []change) []string {
	if len(changes) == 0 {
		return nil
	}
	paths := make([]string, len(changes))
	for i, c := range changes {
		paths[i] = c.path
	}
	return paths
}

// rememberedDiff keeps what was compared, for those who walk over the same commits again and again. Its paths are those
// of the diff, of which each is held once.
type rememberedDiff struct {
	diff *treeDiff
	seen map[[2]plumbing.Hash]difference
}

func (r *rememberedDiff) changes(before, after plumbing.Hash) (difference, error) {
	key := [2]plumbing.Hash{before, after}
	if d, seen := r.seen[key]; seen {
		return d, nil
	}
	d, err := r.diff.changes(before, after)
	if err == nil {
		r.seen[key] = d
	}
	return d, err
}
