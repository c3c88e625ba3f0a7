package snapshot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// maxUnownedFolders bounds the folders that are named for one area; the totals are in its coverage.
const maxUnownedFolders = 50

// addUnowned names, for each area, the folders of this repository whose files nobody owns: the topmost folder in
// which no file has an owner stands for all below it, and single files for their folder.
func (d *divider) addUnowned() {
	r := d.repository
	if r.Matches == nil {
		return
	}
	owned := map[string]bool{} // folders with at least one owned file, at any depth
	for i, path := range r.Facts.Files.Paths {
		if r.hasOwner(i) {
			for folder := parent(path); !owned[folder]; folder = parent(folder) {
				owned[folder] = true
			}
		}
	}
	type place struct {
		area   *AreaManifest
		folder string
	}
	folders := map[place]*ownership.UnownedFolder{}
	for i, path := range r.Facts.Files.Paths {
		if r.hasOwner(i) || d.owners[i] == nil || d.mayBeOthers(d.owners[i]) != "" {
			continue
		}
		at := place{d.owners[i], topmost(path, owned)}
		if folders[at] == nil {
			folders[at] = &ownership.UnownedFolder{Repository: r.ID(), Folder: at.folder}
		}
		folders[at].Files++
		if r.Matches[i] >= 0 && !r.Rules[r.Matches[i]].Named {
			folders[at].Explicit++
		}
	}
	for at, folder := range folders {
		part := d.part(at.area)
		part.unowned = append(part.unowned, *folder)
	}
	for _, part := range d.parts {
		part.unowned = largest(part.unowned)
	}
}

// largest sorts folders and keeps as many as are named for one area.
func largest(folders []ownership.UnownedFolder) []ownership.UnownedFolder {
	slices.SortFunc(folders, compareUnowned)
	return slices.Clip(folders[:min(len(folders), maxUnownedFolders)])
}

// topmost is the highest folder above the path in which nothing is owned, or else the folder of the path.
func topmost(path string, owned map[string]bool) string {
	best := parent(path)
	for folder := best; !owned[folder]; folder = parent(folder) {
		best = folder
		if folder == "/" {
			break
		}
	}
	return best
}

// parent is the folder that a path is in, with a slash at its end; "/" is the root, and its own parent.
func parent(path string) string {
	at := strings.LastIndexByte(strings.TrimSuffix(path, "/"), '/')
	if at < 0 {
		return "/"
	}
	return path[:at+1]
}

func compareUnowned(a, b ownership.UnownedFolder) int {
	return cmp.Or(cmp.Compare(b.Files, a.Files), strings.Compare(a.Repository, b.Repository), strings.Compare(a.Folder, b.Folder))
}

// problems are the problems of the repository's CODEOWNERS file, in order of lines; a repository without one has
// the problem "missing".
func (r *Repository) problems() []CodeownersProblem {
	if r.Unknown() != "" {
		return nil
	}
	if r.File == nil {
		return []CodeownersProblem{{Repository: r.ID(), Problem: codeowners.Problem{
			Kind: "missing", Message: r.ID() + " has no CODEOWNERS file", Remedy: "add .github/CODEOWNERS",
		}}}
	}
	var problems []CodeownersProblem
	for _, problem := range codeowners.Lint(r.File, r.Facts.Files.Paths) {
		problems = append(problems, CodeownersProblem{Repository: r.ID(), File: r.Facts.Codeowners.Path, Problem: problem})
	}
	return problems
}
