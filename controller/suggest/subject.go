package suggest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Facts are what one pass found.
type Facts struct {
	Snapshot *snapshot.Snapshot
	// Areas are sorted by ID; States are theirs, in the same order.
	Areas  []drift.Area
	States []ownership.State
}

// Subject is what an owner is sought for: an area, or a folder of one of its repositories.
type Subject struct {
	Area  ownership.AreaID `json:"area"`
	State ownership.State  `json:"state"`
	// Repository and Folder are there where only a folder is meant; a folder ends with a slash, "/" is the root.
	Repository string `json:"repository,omitempty"`
	Folder     string `json:"folder,omitempty"`
	// Direct says that only files directly in the folder are meant: folders below it have owners, or stand for themselves.
	Direct bool `json:"direct,omitempty"`
	// Files are those whose history tells: the ones without an owner, or all where none is known to be without. Unowned
	// is how many are known to have no owner.
	Files   int `json:"files"`
	Unowned int `json:"unowned"`
	// Declared are the holders whom the area has already, by role; observed ones are not among them.
	Declared map[ownership.Role][]ownership.Holder `json:"declared,omitempty"`

	area  *snapshot.Area
	parts []part
}

// part is a subject's files in one repository.
type part struct {
	repository *snapshot.Repository
	files      []int
}

// Wanting are the subjects that lack an owner, the worst first: unowned areas before partly owned ones, those with more
// files without an owner first. An area that a repository stands for is taken folder by folder, as far as its folders
// are named.
func Wanting(facts Facts) []Subject {
	var subjects []Subject
	for i, area := range facts.Areas {
		if state := facts.States[i]; state != ownership.Unowned && state != ownership.Partial {
			continue
		}
		if area.Virtual {
			for _, folder := range area.UnownedFiles {
				subjects = append(subjects, newSubject(facts, i, folder.Repository, folder.Folder, true))
			}
			continue
		}
		subjects = append(subjects, newSubject(facts, i, "", "", false))
	}
	slices.SortStableFunc(subjects, func(a, b Subject) int {
		return cmp.Or(cmp.Compare(a.State.Rank(), b.State.Rank()), cmp.Compare(b.Unowned, a.Unowned))
	})
	return subjects
}

// Of is the subject for a whole area; found is false where there is no such area.
func Of(facts Facts, id ownership.AreaID) (subject Subject, found bool) {
	for i, area := range facts.Areas {
		if area.ID == id {
			return newSubject(facts, i, "", "", false), true
		}
	}
	return Subject{}, false
}

// In are the subjects for what lies in a folder of a repository, which ends with a slash, or for one file: one for each
// area that has files there.
func In(facts Facts, repository, folder string) []Subject {
	var subjects []Subject
	for i, area := range facts.Areas {
		if !slices.Contains(area.Repositories, repository) {
			continue
		}
		if subject := newSubject(facts, i, repository, folder, false); subject.Files > 0 {
			subjects = append(subjects, subject)
		}
	}
	return subjects
}

// newSubject finds the files. Where shallow is set, files below the folder count only if none of them has an owner: of
// the others, those that have none stand under a folder of their own.
func newSubject(facts Facts, index int, repository, folder string, shallow bool) Subject {
	area := facts.Areas[index].Area
	subject := Subject{Area: area.ID, State: facts.States[index], Repository: repository, Folder: folder, area: area}
	for role, declared := range facts.Areas[index].Declared.All() {
		if subject.Declared == nil {
			subject.Declared = map[ownership.Role][]ownership.Holder{}
		}
		for _, declaration := range declared {
			subject.Declared[role] = append(subject.Declared[role], declaration.Holder)
		}
	}
	var all, unowned []part
	for _, id := range area.Repositories {
		seen := facts.Snapshot.Repository(id)
		if seen == nil || repository != "" && id != repository {
			continue
		}
		files, without := seen.AreaFiles(area, folder)
		if shallow && len(files) != len(without) {
			subject.Direct = true
			without = slices.DeleteFunc(without, func(i int) bool {
				return strings.Contains(strings.TrimPrefix(seen.Facts.Files.Paths[i], strings.TrimPrefix(folder, "/")), "/")
			})
		}
		subject.Unowned += len(without)
		all, unowned = append(all, part{seen, files}), append(unowned, part{seen, without})
	}
	subject.parts = all
	if subject.Unowned > 0 {
		subject.parts = unowned
	}
	for _, part := range subject.parts {
		subject.Files += len(part.files)
	}
	return subject
}
