package snapshot

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// Repository is one repository with its CODEOWNERS rules matched to its files.
type Repository struct {
	Facts *ownership.Repository
	// Source is the source that sees it, without what else it sees.
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

	// elsewhere says why another source may decide over it that is asked first.
	elsewhere string
	// unseen says why another source may show more approvers.
	unseen    string
	division  *division
	approvals []*Approvals
	byRules   ownership.Coverage        // by CODEOWNERS alone
	named     map[ownership.Holder]bool // by some rule
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

// Unknown says why it is unknown who owns the repository's files, and in which source; empty means that it is known.
func (r *Repository) Unknown() string {
	return cmp.Or(r.Facts.Why(), r.Facts.Files.Why(), r.Facts.Codeowners.Why(), r.elsewhere)
}

// Location is a line of the repository's CODEOWNERS.
func (r *Repository) Location(line int) ownership.Location {
	return ownership.Location{Repository: r.ID(), File: r.Facts.Codeowners.Path, Line: line}
}

// addRepositories indexes the repositories of all sources. Where several see one, the first by name that decides
// over approvers counts, and the others are kept beside it.
func (s *Snapshot) addRepositories(before *Snapshot, filesOnly bool) {
	approver, _ := s.Role(ownership.Approver)
	known := before.known()
	byID := map[string][]*Repository{}
	for i := range s.Sources {
		settings := s.Sources[i].settings()
		for j := range s.Sources[i].Observation.Repositories {
			facts := &s.Sources[i].Observation.Repositories[j]
			elsewhere := ""
			if len(s.Sources) > 1 && !filesOnly {
				elsewhere = s.unreadBefore(i, facts.ID, approver)
			}
			repository := known[seen{settings.Name, facts.ID}]
			if repository == nil || repository.elsewhere != elsewhere || !sameSettings(*repository.Source, settings) || !repository.Facts.Same(facts) || s.affected.names(repository) {
				copied := *facts // the facts of the other repositories need not live as long as this one
				repository = s.newRepository(&settings, &copied, elsewhere)
			}
			byID[facts.ID] = append(byID[facts.ID], repository)
		}
	}
	for id, repositories := range byID {
		first := firstOf(repositories, approver)
		unseen := s.unseen(id, approver, filesOnly)
		for _, other := range first.Others {
			if why := other.Unknown(); unseen == "" && why != "" && other.decides(approver) {
				unseen = why
			}
		}
		if first.unseen != unseen {
			copied := *first
			copied.unseen, copied.division = unseen, nil
			first = &copied
		}
		s.repositories[id] = first
	}
	s.Repositories = slices.SortedFunc(maps.Values(s.repositories), func(a, b *Repository) int { return strings.Compare(a.ID(), b.ID()) })
}

// seen is which source saw which repository.
type seen struct{ source, id string }

// known are the repositories of a snapshot, those that only stand beside others included.
func (s *Snapshot) known() map[seen]*Repository {
	if s == nil {
		return nil
	}
	known := map[seen]*Repository{}
	for _, repository := range s.Repositories {
		for _, each := range append([]*Repository{repository}, repository.Others...) {
			known[seen{each.Source.Name, each.ID()}] = each
		}
	}
	return known
}

// firstOf is the repository that counts of those that several sources see, with the others beside it.
func firstOf(repositories []*Repository, approver ownership.RoleDefinition) *Repository {
	at := max(0, slices.IndexFunc(repositories, func(r *Repository) bool { return r.decides(approver) }))
	first, others := repositories[at], slices.Delete(slices.Clone(repositories), at, at+1)
	if slices.Equal(first.Others, others) {
		return first
	}
	copied := *first // it may be in use in the snapshot before
	copied.Others, copied.division = others, nil
	return &copied
}

func (r *Repository) decides(role ownership.RoleDefinition) bool {
	return r.Source.Authority.Decides(r.Source.Kind, role, r.ID())
}

// newRepository parses the CODEOWNERS file and matches it to all files.
func (s *Snapshot) newRepository(source *Source, facts *ownership.Repository, elsewhere string) *Repository {
	r := &Repository{Facts: facts, Source: source, elsewhere: elsewhere}
	r.match(s.People)
	r.byRules = r.Coverage
	return r
}

func (r *Repository) match(people *People) {
	files := len(r.Facts.Files.Paths)
	if r.Unknown() != "" {
		r.Coverage = ownership.Coverage{Total: files, Undetermined: files, Unknown: r.Unknown()}
		return
	}
	r.Matches = make([]int32, files)
	if r.Facts.Codeowners.Path == "" {
		for i := range r.Matches {
			r.Matches[i] = -1
		}
		r.Coverage = ownership.Coverage{Total: files, Unmatched: files}
		return
	}
	r.File = codeowners.Parse(r.Facts.Codeowners.Text)
	if r.Facts.Codeowners.Link {
		r.File = codeowners.Linked()
	}
	r.addRules(people)
	for i, match := range r.File.Compile().MatchAll(r.Facts.Files.Paths) {
		r.Matches[i] = int32(match.Rule) //nolint:gosec // a file has fewer rules than bytes, and under 3 MB
		r.Coverage = r.Coverage.Add(r.count(match.Rule, 1))
	}
}

func (r *Repository) addRules(people *People) {
	r.named = map[ownership.Holder]bool{}
	for _, rule := range r.File.Rules() {
		added := Rule{Line: rule.Line, Pattern: rule.Pattern, CatchAll: codeowners.IsCatchAll(rule.Pattern)}
		for _, owner := range rule.Owners {
			holder := people.Holder(owner.Text)
			r.named[holder] = true
			added.Owners = append(added.Owners, holder)
			added.Named = added.Named || people.unsettled != "" || !people.isPlaceholder(holder)
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
