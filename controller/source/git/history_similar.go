package git

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// The bounds of comparing content. What lies beyond them is followed only where its content is equal.
const (
	// enoughAlike is how much of the larger of two files must be the same, in percent, for them to be one file that was
	// moved: git's own default (git-diff, --find-renames).
	enoughAlike = 50
	// maxAlikeBytes bounds one file's content, maxAlikeFiles those of one commit on either side. git compares up to
	// 1,000 with 1,000 (diff.renameLimit).
	maxAlikeBytes = 512 << 10
	maxAlikeFiles = 200
	// maxAlikeRead bounds the content that one walk over the log reads for this.
	maxAlikeRead = 512 << 20
	// pieceBytes is the longest piece that content is cut into, at each end of a line or else there, as git does.
	pieceBytes = 64
)

// similarity finds files that were moved and edited in one commit, by their content.
//
//	more than maxAlikeFiles unpaired on a side   only files that keep their name, where it is the only one of that name
//	sizes too different for enoughAlike          not read
//	a file of more than maxAlikeBytes            not read
//	content missing (a partial clone)            not a pair
//	several candidates                           the most alike; then the same file name; then the order of paths
type similarity struct {
	repository *repository
	// left is how many bytes may still be read.
	left int64
	// prints are those of the commit being compared.
	prints map[plumbing.Hash]*imprint
}

func newSimilarity(r *repository) *similarity {
	return &similarity{repository: r, left: maxAlikeRead}
}

// imprint is a file's content as a sum of pieces: how many bytes there are of each, sorted by piece.
type imprint struct {
	size   int64
	pieces []piece
}

type piece struct {
	hash  uint64
	bytes int64
}

// match is a removed and an added file, by their places in the lists, and how alike they are in percent.
type match struct {
	removed, added int
	alike          int64
	sameName       bool
}

// pair adds the pairs among the removed and added files that are alike enough.
func (s *similarity) pair(ctx context.Context, removed, added []change, pairs map[string]string) {
	if s == nil || len(removed) == 0 || len(added) == 0 {
		return
	}
	s.prints = map[plumbing.Hash]*imprint{}
	var matches []match
	for _, candidate := range candidates(removed, added) {
		if ctx.Err() != nil {
			return
		}
		candidate.alike = s.alike(removed[candidate.removed].before, added[candidate.added].after)
		if candidate.alike >= enoughAlike {
			matches = append(matches, candidate)
		}
	}
	slices.SortFunc(matches, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.alike, a.alike), compareTrueFirst(a.sameName, b.sameName),
			cmp.Compare(a.added, b.added), cmp.Compare(a.removed, b.removed))
	})
	goneFrom, goneTo := make([]bool, len(removed)), make([]bool, len(added))
	for _, m := range matches {
		if !goneFrom[m.removed] && !goneTo[m.added] {
			goneFrom[m.removed], goneTo[m.added] = true, true
			pairs[removed[m.removed].path] = added[m.added].path
		}
	}
}

func compareTrueFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// candidates are the pairs to compare: all, or where these are too many, the files whose name nobody else has.
func candidates(removed, added []change) []match {
	var all []match
	if len(removed) <= maxAlikeFiles && len(added) <= maxAlikeFiles {
		for i, r := range removed {
			for j, a := range added {
				all = append(all, match{removed: i, added: j, sameName: path.Base(r.path) == path.Base(a.path)})
			}
		}
		return all
	}
	from, to := onlyOnes(removed), onlyOnes(added)
	for name, i := range from {
		if j, found := to[name]; found && i >= 0 && j >= 0 {
			all = append(all, match{removed: i, added: j, sameName: true})
		}
	}
	slices.SortFunc(all, func(a, b match) int { return strings.Compare(added[a.added].path, added[b.added].path) })
	return all
}

// onlyOnes finds files by their name without folders; -1 stands for several.
func onlyOnes(changes []change) map[string]int {
	found := map[string]int{}
	for i, c := range changes {
		name := path.Base(c.path)
		if _, taken := found[name]; taken {
			i = -1
		}
		found[name] = i
	}
	return found
}

// alike says how much of the larger of two contents is in the other too, in percent.
func (s *similarity) alike(before, after plumbing.Hash) int64 {
	a, b := s.print(before), s.print(after)
	if a.size == 0 || b.size == 0 || min(a.size, b.size)*100 < max(a.size, b.size)*enoughAlike {
		return 0
	}
	if !s.fill(before, a) || !s.fill(after, b) {
		return 0
	}
	var same int64
	for i, j := 0, 0; i < len(a.pieces) && j < len(b.pieces); {
		switch order := cmp.Compare(a.pieces[i].hash, b.pieces[j].hash); {
		case order < 0:
			i++
		case order > 0:
			j++
		default:
			same += min(a.pieces[i].bytes, b.pieces[j].bytes)
			i, j = i+1, j+1
		}
	}
	return same * 100 / max(a.size, b.size)
}

// print finds how large a file is; its pieces come later. A file that cannot be read, or is too large, has size 0.
func (s *similarity) print(id plumbing.Hash) *imprint {
	if known, found := s.prints[id]; found {
		return known
	}
	p := &imprint{}
	s.prints[id] = p
	if size, err := s.repository.blobSize(id); err == nil && size <= maxAlikeBytes {
		p.size = size
	}
	return p
}

// fill cuts a file's content into pieces, once.
func (s *similarity) fill(id plumbing.Hash, p *imprint) bool {
	if p.pieces != nil {
		return true
	}
	if s.left -= p.size; s.left < 0 {
		return false
	}
	text, err := s.repository.blob(id, maxAlikeBytes)
	if err != nil || len(text) == 0 {
		p.size = 0
		return false
	}
	p.pieces = pieces(text)
	return true
}

func pieces(text []byte) []piece {
	all := make([]piece, 0, len(text)/32+1)
	for len(text) > 0 {
		end := min(len(text), pieceBytes)
		if line := bytes.IndexByte(text[:end], '\n'); line >= 0 {
			end = line + 1
		}
		all = append(all, piece{fnv1a(text[:end]), int64(end)})
		text = text[end:]
	}
	slices.SortFunc(all, func(a, b piece) int { return cmp.Compare(a.hash, b.hash) })
	merged := all[:1]
	for _, next := range all[1:] {
		if last := &merged[len(merged)-1]; last.hash == next.hash {
			last.bytes += next.bytes
		} else {
			merged = append(merged, next)
		}
	}
	return merged
}

// fnv1a is the 64-bit hash of Fowler, Noll and Vo: the same on every run, so that two looks at a log agree.
func fnv1a(text []byte) uint64 {
	hash := uint64(14695981039346656037)
	for _, b := range text {
		hash = (hash ^ uint64(b)) * 1099511628211
	}
	return hash
}

// blobSize is the size of a file's content, in bytes, without reading it where it is packed.
func (r *repository) blobSize(id plumbing.Hash) (int64, error) {
	var failed error
	for _, store := range r.stores {
		size, err := store.EncodedObjectSize(id)
		if err == nil {
			return size, nil
		}
		failed = err
	}
	return 0, failed
}
