package git

import (
	"context"
	"fmt"
	"path"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxChanges bounds the files of one commit, at about 200 bytes each while the log is read. Only the
// import of one of the largest repositories comes near.
const maxChanges = 500_000

// change is one file that differs between two trees: added has no before, removed has no after.
type change struct {
	path          string
	before, after plumbing.Hash
}

// treeDiff compares two trees and enters only the folders that differ.
type treeDiff struct {
	ctx        context.Context
	repository *repository
	// names holds one copy of each path that the history speaks of, bytes in all.
	names map[string]string
	bytes int
	// compared counts the entries that were compared, of the present pair of trees.
	compared                  int
	added, removed, rewritten []change
	// similar pairs files that were moved and edited at once.
	similar *similarity
}

// compare fills in the changes from the tree before to the tree after; before is the zero hash for a
// first commit.
func (d *treeDiff) compare(before, after plumbing.Hash) error {
	d.added, d.removed, d.rewritten, d.compared = d.added[:0], d.removed[:0], d.rewritten[:0], 0
	return d.folders(before, after, nil, 0)
}

func (d *treeDiff) folders(before, after plumbing.Hash, prefix []byte, depth int) error {
	if before == after {
		return nil
	}
	if depth > maxDepth {
		return fmt.Errorf("folders are nested more than %d deep", maxDepth)
	}
	if err := d.ctx.Err(); err != nil {
		return err
	}
	old, err := d.entries(before)
	if err != nil {
		return err
	}
	current, err := d.entries(after)
	if err != nil {
		return err
	}
	if d.compared += len(old) + len(current); d.compared > maxEntries {
		return errManyEntries
	}
	// Both are sorted alike, so one pass sees each name once.
	for len(old) > 0 || len(current) > 0 {
		var a, b *treeEntry
		switch order := compareHeads(old, current); {
		case order < 0:
			a, old = &old[0], old[1:]
		case order > 0:
			b, current = &current[0], current[1:]
		default:
			a, b, old, current = &old[0], &current[0], old[1:], current[1:]
		}
		if err := d.entry(a, b, prefix, depth); err != nil {
			return err
		}
	}
	return nil
}

func (d *treeDiff) entries(id plumbing.Hash) ([]treeEntry, error) {
	if id.IsZero() {
		return nil, nil
	}
	return d.repository.tree(id)
}

// compareHeads orders the first entries of two lists; an empty list comes last.
func compareHeads(a, b []treeEntry) int {
	switch {
	case len(a) == 0:
		return 1
	case len(b) == 0:
		return -1
	}
	return compareEntries(a[0], b[0])
}

// entry records one name of which a is before and b after; one of them may be nil. They are both folders
// or both not, since the order of entries keeps a file apart from a folder of its name.
func (d *treeDiff) entry(a, b *treeEntry, prefix []byte, depth int) error {
	if a != nil && b != nil && a.id == b.id && a.kind == b.kind && a.executable == b.executable {
		return nil
	}
	named := a
	if named == nil {
		named = b
	}
	if len(prefix)+len(named.name) > maxPathBytes {
		return errLongPath
	}
	full := append(prefix, named.name...)
	if named.kind == folderEntry {
		return d.folders(idOf(a), idOf(b), append(full, '/'), depth+1)
	}
	c := change{before: fileID(a), after: fileID(b)}
	if c.before.IsZero() && c.after.IsZero() {
		return nil // a submodule moved on: no file changed
	}
	if len(d.added)+len(d.removed)+len(d.rewritten) == maxChanges {
		return fmt.Errorf("a commit changes more than %d files", maxChanges)
	}
	c.path = d.intern(full)
	if d.bytes > maxListBytes {
		return errManyPaths
	}
	switch {
	case c.before.IsZero():
		d.added = append(d.added, c)
	case c.after.IsZero():
		d.removed = append(d.removed, c)
	default:
		d.rewritten = append(d.rewritten, c)
	}
	return nil
}

func idOf(e *treeEntry) plumbing.Hash {
	if e == nil {
		return plumbing.ZeroHash
	}
	return e.id
}

// fileID is the content of a file or link; zero for what is none.
func fileID(e *treeEntry) plumbing.Hash {
	if e == nil || e.kind == submoduleEntry {
		return plumbing.ZeroHash
	}
	return e.id
}

func (d *treeDiff) intern(name []byte) string {
	if known, found := d.names[string(name)]; found {
		return known
	}
	fresh := string(name)
	d.bytes += len(name)
	d.names[fresh] = fresh
	return fresh
}

// renames pairs removed with added files: old name to new name. Files of equal content come first. Of several candidates
// the one that keeps its file name is taken, else the first in the order of paths; an empty file says nothing by its
// content, so it must keep its name. What is then left is compared by content (see similarity).
func (d *treeDiff) renames() map[string]string {
	if len(d.removed) == 0 || len(d.added) == 0 {
		return nil
	}
	pairs := map[string]string{}
	removed, added := d.equalPairs(pairs)
	d.similar.pair(d.ctx, removed, added, pairs)
	return pairs
}

// equalPairs adds the pairs of equal content, and gives the files that are left.
func (d *treeDiff) equalPairs(pairs map[string]string) (removed, added []change) {
	type key struct {
		content plumbing.Hash
		base    string
	}
	sameName, anyName := map[key][]int{}, map[plumbing.Hash][]int{}
	for i, c := range d.removed {
		sameName[key{c.before, path.Base(c.path)}] = append(sameName[key{c.before, path.Base(c.path)}], i)
		anyName[c.before] = append(anyName[c.before], i)
	}
	taken := make([]bool, len(d.removed))
	take := func(candidates []int, target string) bool {
		for _, i := range candidates {
			if !taken[i] {
				taken[i] = true
				pairs[d.removed[i].path] = target
				return true
			}
		}
		return false
	}
	var unpaired []change
	for _, c := range d.added {
		if !take(sameName[key{c.after, path.Base(c.path)}], c.path) {
			unpaired = append(unpaired, c)
		}
	}
	for _, c := range unpaired {
		if c.after == emptyBlob || !take(anyName[c.after], c.path) {
			added = append(added, c)
		}
	}
	for i, c := range d.removed {
		if !taken[i] {
			removed = append(removed, c)
		}
	}
	return removed, added
}
