package snapshot

import (
	"sort"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// Repository is one repository with its CODEOWNERS rules matched to its files.
type Repository struct {
	Facts  *ownership.Repository
	Source *Source
	// File is the parsed CODEOWNERS; nil where the repository has none or it is unknown.
	File  *codeowners.File
	Rules []Rule
	// Matches has the index into Rules for each of Facts.Files.Paths; -1 where no rule matches. It is nil where
	// the files or the CODEOWNERS are unknown.
	Matches []int32
	// Others are the same repository as other sources see it.
	Others []*Repository
	// Coverage sums up all files, Unclaimed counts those that no area claims.
	Coverage  ownership.Coverage
	Unclaimed int

	owners    []*Area // by file; nil where no area claims it
	approvals []*Approvals
}

// Rule is one CODEOWNERS rule with its owners resolved.
type Rule struct {
	Line     int
	Pattern  string
	CatchAll bool
	Owners   []ownership.Holder
	// Named says that at least one owner is no placeholder, Effective that at least one is not known to be invalid,
	// Certain that at least one is known to be valid or cannot be checked.
	Named     bool
	Effective bool
	Certain   bool
}

// ID is the repository's name, "organisation/name".
func (r *Repository) ID() string { return r.Facts.ID }

// Unknown says why it is unknown who owns the repository's files; empty means that it is known.
func (r *Repository) Unknown() string {
	for _, fact := range []ownership.Provenance{r.Facts.Provenance, r.Facts.Files.Provenance, r.Facts.Codeowners.Provenance} {
		if !fact.Known() {
			return fact.Unknown
		}
	}
	return ""
}

// Location is a line of the repository's CODEOWNERS.
func (r *Repository) Location(line int) ownership.Location {
	return ownership.Location{Repository: r.ID(), File: r.Facts.Codeowners.Path, Line: line}
}

// addRepositories indexes the repositories of all sources. Where several see one, the first by name that decides
// over approvers counts, and the others are kept beside it.
func (s *Snapshot) addRepositories() {
	approver, _ := s.Role(ownership.Approver)
	for i := range s.Sources {
		source := &s.Sources[i]
		for j := range source.Observation.Repositories {
			s.addRepository(s.newRepository(source, &source.Observation.Repositories[j]), approver)
		}
	}
	for _, repository := range s.repositories {
		s.Repositories = append(s.Repositories, repository)
	}
	sort.Slice(s.Repositories, func(i, j int) bool { return s.Repositories[i].ID() < s.Repositories[j].ID() })
}

func (s *Snapshot) addRepository(added *Repository, approver ownership.RoleDefinition) {
	first := s.repositories[added.ID()]
	switch {
	case first == nil:
		s.repositories[added.ID()] = added
	case added.decides(approver) && !first.decides(approver):
		added.Others, first.Others = append(first.Others, first), nil
		s.repositories[added.ID()] = added
	default:
		first.Others = append(first.Others, added)
	}
}

func (r *Repository) decides(role ownership.RoleDefinition) bool {
	return r.Source.Authority.Decides(r.Source.Kind, role, r.ID())
}

// newRepository parses the CODEOWNERS file and matches it to all files.
func (s *Snapshot) newRepository(source *Source, facts *ownership.Repository) *Repository {
	r := &Repository{Facts: facts, Source: source}
	if r.Unknown() != "" {
		r.Coverage = ownership.Coverage{Total: len(facts.Files.Paths), Undetermined: len(facts.Files.Paths), Unknown: r.Unknown()}
		return r
	}
	r.Matches = make([]int32, len(facts.Files.Paths))
	if facts.Codeowners.Path == "" {
		for i := range r.Matches {
			r.Matches[i] = -1
		}
		r.Coverage = ownership.Coverage{Total: len(r.Matches), Unmatched: len(r.Matches)}
		return r
	}
	r.File = codeowners.Parse(facts.Codeowners.Text)
	r.addRules(s.People)
	for i, match := range r.File.Compile().MatchAll(facts.Files.Paths) {
		r.Matches[i] = int32(match.Rule) //nolint:gosec // a file has fewer rules than bytes, and under 3 MB
		r.Coverage = r.Coverage.Add(r.count(match.Rule, 1))
	}
	return r
}

func (r *Repository) addRules(people *People) {
	for _, rule := range r.File.Rules() {
		added := Rule{Line: rule.Line, Pattern: rule.Pattern, CatchAll: codeowners.IsCatchAll(rule.Pattern)}
		for _, owner := range rule.Owners {
			holder := people.Holder(owner.Text)
			added.Owners = append(added.Owners, holder)
			added.Named = added.Named || !people.isPlaceholder(holder)
			access := people.Access(holder, r.ID()).Status
			added.Effective = added.Effective || access != Dead
			added.Certain = added.Certain || access == Alive || access == Unchecked
		}
		r.Rules = append(r.Rules, added)
	}
}

// count is the coverage of a number of files that one rule decides over; the rule is -1 where none does.
func (r *Repository) count(rule, files int) ownership.Coverage {
	c := ownership.Coverage{Total: files}
	switch {
	case rule < 0:
		c.Unmatched = files
	case !r.Rules[rule].Named:
		c.Unowned = files
	default:
		c.Owned = files
		if r.Rules[rule].CatchAll {
			c.CatchAll = files
		}
		if r.Rules[rule].Effective {
			c.Effective = files
		}
		if r.Rules[rule].Effective && !r.Rules[rule].Certain {
			c.Doubtful = files
		}
	}
	return c
}

// hasOwner says whether the file at an index has an owner who is not known to be invalid.
func (r *Repository) hasOwner(file int) bool {
	rule := r.Matches[file]
	return rule >= 0 && r.Rules[rule].Effective || r.approved(file)
}
