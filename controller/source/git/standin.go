package git

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// StandIn has the checkouts in these folders, which have no link in them, stand in for those that are found in the same
// folders, or else by the same names: their files on disk are read (of a bare repository the commit at HEAD), and they take
// the names of those. It is to be called before the first Read.
func (r *Reader) StandIn(roots []string) {
	r.standIns = nil
	for _, root := range roots {
		reader := NewReader(r.source.name, r.source.field, v1alpha1.GitSource{Path: root}, "")
		reader.source.PreferWorktree()
		r.standIns = append(r.standIns, reader)
	}
}

// standIn puts the one checkout of another reader where it belongs in a reading; nowhere, if that has no such checkout.
func (r *Reading) standIn(ctx context.Context, other *Reader, now time.Time, visit func(*Tree) error) {
	seen := other.Read(ctx, now, func(tree *Tree) error {
		at := r.place(tree.Root, tree.Repository)
		if at < 0 {
			return nil
		}
		tree.Repository = r.Trees[at].Repository
		return visit(tree)
	})
	for _, tree := range seen.Trees {
		at := r.place(tree.Root, tree.Repository)
		if at < 0 {
			continue
		}
		name := r.Trees[at].Repository
		// What was wrong there was wrong with the one that is replaced.
		r.Problems = slices.DeleteFunc(r.Problems, func(problem ownership.Problem) bool { return problem.Repository == name })
		for _, problem := range seen.Problems {
			if !problem.Warning { // which is that it has no name of its own
				problem.Repository = name
				r.Problems = append(r.Problems, problem)
			}
		}
		tree.Repository = name
		r.Trees[at] = tree
		r.Roots = append(r.Roots, tree.Root)
	}
}

// place is where a checkout stands in the reading: the one in the same folder, or else the one of the same name; -1 for none.
func (r *Reading) place(root, name string) int {
	if at := slices.IndexFunc(r.Trees, func(tree TreeReading) bool { return WithoutLinks(tree.Root) == root }); at >= 0 {
		return at
	}
	return slices.IndexFunc(r.Trees, func(tree TreeReading) bool { return tree.Repository == name })
}

// WithoutLinks is the absolute path of a folder without a link in it; empty where there is none.
func WithoutLinks(folder string) string {
	if folder == "" {
		return ""
	}
	folder, err := filepath.EvalSymlinks(folder)
	if err == nil {
		folder, err = filepath.Abs(folder)
	}
	if err != nil {
		return ""
	}
	return folder
}
