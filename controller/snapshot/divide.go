package snapshot

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// division is how a repository falls to areas.
type division struct {
	frame    *frame
	catalogs *catalogs
	// owners are the areas by file; nil where no area claims it.
	owners []*AreaManifest
	// parts are by area: of each that gets a file or a problem of the repository, or ties for a file.
	parts    map[*AreaManifest]*part
	problems []ownership.Problem
}

// part is one area's part in one repository.
type part struct {
	coverage     ownership.Coverage
	observed     []ownership.Observed // approvers; Total is the area's to say
	unowned      []ownership.UnownedFolder
	problems     []CodeownersProblem
	contributors []Contributor // Of and Bot are the area's to say
	catalog      *areaCatalog  // nil where no catalog says anything
	// conflict says with which other area this one ties for a file.
	conflict string
	// unknown says why it is not known which files are the area's; empty where it is.
	unknown string
}

// divide lets the files of each repository fall to areas, unless both are as before.
func (s *Snapshot) divide(before *Snapshot) {
	approver, configured := s.Role(ownership.Approver)
	observable := configured && slices.Contains(approver.ObservableIn, ownership.SourceGit)
	for i, repository := range s.Repositories {
		if repository.division != nil && repository.division.frame == s.frame && repository.division.catalogs == s.catalogs {
			continue
		}
		divided := *repository // one that is taken over from before must not be changed
		divided.Coverage = divided.byRules
		s.matchApprovals(&divided)
		d := divider{
			repository: &divided, approver: approver, observable: observable, people: s.People,
			division: &division{frame: s.frame, catalogs: s.catalogs, parts: map[*AreaManifest]*part{}},
		}
		d.divide(s.frame.claims[repository.ID()])
		d.addCatalogs(s.catalogs)
		if s.SameFrame(before) && s.catalogs == before.catalogs {
			d.takeOver(before.repositories[repository.ID()])
		}
		divided.division = d.division
		s.Repositories[i] = &divided
		s.repositories[repository.ID()] = &divided
	}
	for _, repository := range s.Repositories {
		s.Problems = append(s.Problems, repository.division.problems...)
	}
}

// divider makes the division of one repository.
type divider struct {
	*division
	repository *Repository
	approver   ownership.RoleDefinition
	// observable says that git shows who is an approver.
	observable bool
	people     *People
}

func (d *divider) divide(claims []claim) {
	var ties ties
	d.owners, ties = fall(d.repository.ID(), d.repository.Facts.Files.Paths, claims)
	for area, conflict := range ties.conflicts {
		d.part(area).conflict = conflict
	}
	for area, why := range ties.unknown {
		d.part(area).unknown = why
	}
	if why := cmp.Or(d.repository.Facts.Why(), d.repository.Facts.Files.Why()); why != "" {
		for area, other := range mayTie(claims) {
			d.part(area).conflict = fmt.Sprintf("%s: %s may claim files of %s just as specifically: %s", ScopeUnknown, other.ID, d.repository.ID(), why)
		}
	}
	rules := d.count()
	for area, files := range rules {
		d.addCoverage(area, files)
	}
	if d.observable {
		d.addApprovers(rules)
	}
	d.addUnowned()
	d.addContributors()
	d.addProblems(claims)
}

// part is the area's part, made when it is first asked for.
func (d *divider) part(area *AreaManifest) *part {
	if d.parts[area] == nil {
		d.parts[area] = &part{}
	}
	return d.parts[area]
}

// mayBeOthers says why files that seem the area's may be another one's. Nothing is said of the area by them then.
func (d *divider) mayBeOthers(area *AreaManifest) string {
	return d.frame.unknownClaims(d.repository.ID(), area)
}

// takeOver keeps those parts of before that are the same.
func (d *divider) takeOver(before *Repository) {
	if before == nil || before.division == nil {
		return
	}
	for area, part := range d.parts {
		if earlier := before.division.parts[area]; earlier != nil && reflect.DeepEqual(earlier, part) {
			d.parts[area] = earlier
		}
	}
}

// count counts each area's files by deciding rule (-1: none).
func (d *divider) count() map[*AreaManifest]map[int32]int {
	counts := map[*AreaManifest]map[int32]int{}
	d.repository.Unclaimed = 0
	for i, area := range d.owners {
		if area == nil {
			d.repository.Unclaimed++
			continue
		}
		if counts[area] == nil {
			counts[area] = map[int32]int{}
		}
		rule := int32(-1)
		if d.repository.Matches != nil {
			rule = d.repository.Matches[i]
		}
		counts[area][rule]++
	}
	return counts
}

func (d *divider) addCoverage(area *AreaManifest, files map[int32]int) {
	part := d.part(area)
	if why := cmp.Or(d.repository.Unknown(), d.mayBeOthers(area)); why != "" {
		for _, count := range files {
			part.coverage.Total += count
		}
		part.coverage.Undetermined = part.coverage.Total
		part.coverage.Unknown = "repository " + d.repository.ID() + ": " + why
		return
	}
	for rule, count := range files {
		part.coverage = part.coverage.Add(d.repository.count(int(rule), count))
	}
}

// addApprovers turns the deciding rules into observed approvers, with the files that each extends to.
func (d *divider) addApprovers(rules map[*AreaManifest]map[int32]int) {
	for area, files := range rules {
		if d.mayBeOthers(area) != "" {
			continue
		}
		approvers := approvers{role: d.approver, seen: map[approverKey]*ownership.Observed{}}
		for rule, count := range files {
			if rule >= 0 && d.repository.Matches != nil {
				approvers.add(d.repository, rule, count)
			}
		}
		for _, other := range d.repository.Others {
			approvers.addOther(other, area, d)
		}
		part := d.part(area)
		part.observed = approvers.list(part.coverage.Total)
	}
}

// approvers gathers who approves changes of an area's files.
type approvers struct {
	role ownership.RoleDefinition
	seen map[approverKey]*ownership.Observed
}

type approverKey struct{ source, holder string }

func (a approvers) add(repository *Repository, rule int32, files int) {
	owners := repository.Rules[rule].Owners
	for i, holder := range owners {
		if slices.Contains(owners[:i], holder) { // named twice, or by login and by address
			continue
		}
		key := approverKey{repository.Source.Name, string(holder)}
		if a.seen[key] == nil {
			a.seen[key] = &ownership.Observed{Holder: holder, Source: repository.Source.Name, Authoritative: repository.decides(a.role)}
		}
		a.seen[key].Files += files
		a.seen[key].Locations = append(a.seen[key].Locations, repository.Location(repository.Rules[rule].Line))
	}
}

// addOther adds what another source says of the same repository, for the files that are the area's here too.
func (a approvers) addOther(other *Repository, area *AreaManifest, d *divider) {
	if other.Matches == nil {
		return
	}
	counts := map[int32]int{}
	for i, path := range other.Facts.Files.Paths {
		at, found := slices.BinarySearch(d.repository.Facts.Files.Paths, path)
		if found && d.owners[at] == area && other.Matches[i] >= 0 {
			counts[other.Matches[i]]++
		}
	}
	for rule, files := range counts {
		a.add(other, rule, files)
	}
}

// list gives the approvers, in order, of a part with so many files.
func (a approvers) list(files int) []ownership.Observed {
	observed := make([]ownership.Observed, 0, len(a.seen))
	for _, approver := range a.seen {
		slices.SortFunc(approver.Locations, ownership.Location.Compare)
		approver.Locations, approver.Total = slices.Compact(approver.Locations), files
		observed = append(observed, *approver)
	}
	slices.SortFunc(observed, compareObserved)
	return observed
}

// addProblems gives each problem of the CODEOWNERS file to the area that claims the folder which the rule is
// about, or else to the one that claims the file itself, or else to the first that claims anything here. That a whole
// file is not in force is said to everyone besides: whichever policies judge the area, its owners look declared and
// are not.
func (d *divider) addProblems(claims []claim) {
	problems := d.repository.problems()
	if len(problems) == 0 {
		return
	}
	paths := make([]string, 0, 2*len(problems))
	for _, problem := range problems {
		prefix := literalPrefix(problem.Pattern)
		paths = append(paths, prefix, prefix+"/-")
	}
	found := claimed(claims, paths)
	fallback := d.fallback(claims)
	for i, problem := range problems {
		area := fallback
		if by := cmp.Or(found[2*i], found[2*i+1]); by != nil {
			area = by.area
		}
		if area != nil && d.mayBeOthers(area) != "" {
			area = nil
		}
		if area == nil || problem.Line == 0 && problem.Kind == codeowners.Invalid {
			d.problems = append(d.problems, ownership.Problem{
				Location: d.repository.Location(problem.Line), Message: problem.Message, Remedy: problem.Remedy, Warning: true,
			})
		}
		if area != nil {
			d.part(area).problems = append(d.part(area).problems, problem)
		}
	}
}

// fallback is the area that gets what nobody else claims.
func (d *divider) fallback(claims []claim) *AreaManifest {
	paths := d.repository.Facts.Files.Paths
	if i, found := slices.BinarySearch(paths, d.repository.Facts.Codeowners.Path); found && d.owners[i] != nil {
		return d.owners[i]
	}
	if len(claims) > 0 {
		return claims[0].area
	}
	return nil
}

// addContributors counts, for each area and author, the recent commits that touched a file of the area. A file that
// is no more belongs to no area.
func (d *divider) addContributors() {
	authors := map[string]ownership.Holder{}
	for _, commit := range d.repository.Facts.History.Commits {
		author, known := authors[commit.Author]
		if !known {
			author = d.people.Author(commit.Author)
			authors[commit.Author] = author
		}
		touched := map[*AreaManifest]bool{}
		for _, path := range commit.Paths {
			at, found := slices.BinarySearch(d.repository.Facts.Files.Paths, path)
			if !found || d.owners[at] == nil || touched[d.owners[at]] || d.mayBeOthers(d.owners[at]) != "" {
				continue
			}
			touched[d.owners[at]] = true
			part := d.part(d.owners[at])
			part.contributors = addWork(part.contributors, Contributor{Holder: author, Commits: 1, Last: commit.When})
		}
	}
	for _, part := range d.parts {
		slices.SortFunc(part.contributors, func(a, b Contributor) int { return strings.Compare(string(a.Holder), string(b.Holder)) })
	}
}
