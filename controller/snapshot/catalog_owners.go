package snapshot

import (
	"cmp"
	"encoding/binary"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// Approvals is one source's OWNERS files of a repository, matched to the repository's files.
type Approvals struct {
	Source *Source
	// Decisions are the different answers; Matches has the index of each file's. A nil Matches is 0 for all.
	Decisions []Approval
	Matches   []int32
	// decides says that the source decides who approves in the repository.
	decides bool
}

// Approval is who may approve some files, by OWNERS.
type Approval struct {
	// Approvers are who is known to; Emeritus are who did.
	Approvers []Approver
	Emeritus  []Approver
	// Unknown says why there may be more; empty means that there are none.
	Unknown string
	// CatchAll says that only the OWNERS at the root names anybody, and for all files. Exempt says that the files need
	// nobody's approval, so that nobody is named.
	CatchAll bool
	Exempt   bool
	// Effective says that at least one approver is not known to be invalid, Certain that at least one is known to be valid
	// or cannot be checked.
	Effective bool
	Certain   bool
}

// Approver is one holder with the lines that name it.
type Approver struct {
	Holder    ownership.Holder
	Locations []ownership.Location
}

// approvalShare is an area's part in a repository's approvals: the number of its files by decision.
type approvalShare struct {
	approvals *Approvals
	files     map[int32]int
}

// matchApprovals matches the OWNERS files of each source to the repository's files.
func (s *Snapshot) matchApprovals(repository *Repository) {
	repository.approvals = nil
	definition, observable := s.observableInCatalog(ownership.Approver)
	if !observable {
		return
	}
	listed := s.catalogs.byRepository[repository.ID()]
	for _, source := range s.catalogs.sources {
		if !source.reads(ownership.Approver) {
			continue
		}
		approvals := &Approvals{Source: source, decides: source.Authority.Decides(source.Kind, definition, repository.ID())}
		if why := source.unknownCatalog(repository.ID(), listed); why != "" {
			approvals.Decisions = []Approval{{Unknown: why}}
			repository.approvals = append(repository.approvals, approvals)
			continue
		}
		for _, c := range listed {
			if c.source == source && len(c.facts.Owners) > 0 {
				matcher := newOwnersMatcher(c.facts, s.People)
				approvals.Matches = matcher.matchAll(repository.Facts.Files.Paths)
				approvals.Decisions = matcher.decisions
				repository.approvals = append(repository.approvals, approvals)
			}
		}
	}
}

func (a *Approvals) match(file int) int32 {
	if a.Matches == nil {
		return 0
	}
	return a.Matches[file]
}

// ownersMatcher finds who approves each file. Files of the same rules share one decision.
type ownersMatcher struct {
	repository string
	people     *People
	files      []ownership.OwnersFile
	// folders has the index of each folder's OWNERS file; chains those that matter for a folder, the nearest first.
	folders map[string]int
	chains  map[string][]int
	// patterns are the compiled filters of each file's rules; nil for one without a pattern.
	patterns [][]*regexp.Regexp

	decisions []Approval
	known     map[string]int32
}

func newOwnersMatcher(facts *ownership.Catalog, people *People) *ownersMatcher {
	m := &ownersMatcher{
		repository: facts.Repository, people: people, files: facts.Owners,
		folders: map[string]int{}, chains: map[string][]int{}, patterns: make([][]*regexp.Regexp, len(facts.Owners)), known: map[string]int32{},
	}
	for i, file := range m.files {
		m.folders[file.Folder] = i
		for _, rule := range file.Rules {
			var pattern *regexp.Regexp
			if rule.Pattern != "" {
				// The source has left out what cannot be compiled; were it otherwise, the rule must not seem to match all.
				compiled, err := regexp.Compile(rule.Pattern)
				if err != nil {
					compiled = regexp.MustCompile(`[^\x00-\x{10FFFF}]`)
				}
				pattern = compiled
			}
			m.patterns[i] = append(m.patterns[i], pattern)
		}
	}
	return m
}

func (m *ownersMatcher) matchAll(files []string) []int32 {
	matches := make([]int32, len(files))
	for i, file := range files {
		matches[i] = m.match(file)
	}
	return matches
}

// chain are the OWNERS files of a folder and those above it, the nearest first.
func (m *ownersMatcher) chain(folder string) []int {
	if chain, known := m.chains[folder]; known {
		return chain
	}
	var chain []int
	if at, found := m.folders[folder]; found {
		chain = append(chain, at)
	}
	if folder != "" {
		chain = append(chain, m.chain(strings.Trim(path.Dir("/"+folder), "/"))...)
	}
	m.chains[folder] = chain
	return chain
}

// match finds the decision for a file, going up from its folder:
//
//	an OWNERS file that is unknown             who was found so far, and unknown; it may cut off those above
//	a rule whose filter matches, or has none   its approvers come on top
//	no_parent_owners, and anybody found        those above do not count
//	the nearest that names approvers lets folders below pass, and the file is in one
//	                                           exempt: nobody
//
// Source: kubernetes.dev, "OWNERS Files"; the order of what is cut off is that of Prow.
func (m *ownersMatcher) match(file string) int32 {
	folder := strings.Trim(path.Dir("/"+file), "/")
	var applied []ruleAt
	found, exempt, unknown := false, false, -1
	for _, at := range m.chain(folder) {
		owners := &m.files[at]
		if !owners.Known() {
			unknown = at
			break
		}
		relative := strings.TrimPrefix(strings.TrimPrefix(file, owners.Folder), "/")
		for i, rule := range owners.Rules {
			if pattern := m.patterns[at][i]; pattern != nil && !pattern.MatchString(relative) {
				continue
			}
			if !found && len(rule.Approvers) > 0 {
				exempt = owners.AutoApprove && folder != owners.Folder
			}
			found = found || len(rule.Approvers) > 0
			applied = append(applied, ruleAt{at, i})
		}
		if owners.NoParentOwners && found {
			break
		}
	}
	return m.decide(applied, exempt, unknown)
}

// ruleAt is a rule by the indexes of its file and of itself.
type ruleAt struct{ file, rule int }

// decide gives the number of the decision that is made of the rules.
func (m *ownersMatcher) decide(applied []ruleAt, exempt bool, unknown int) int32 {
	key := binary.AppendVarint(nil, int64(unknown))
	if exempt {
		key = append(key, 'x')
	}
	for _, rule := range applied {
		key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(rule.file)), uint64(rule.rule)) //nolint:gosec // indexes are not negative
	}
	if number, known := m.known[string(key)]; known {
		return number
	}
	decision := Approval{Exempt: exempt, CatchAll: true}
	if unknown >= 0 {
		decision.Unknown = "repository " + m.repository + ": " + m.files[unknown].Why()
	}
	for _, at := range applied {
		owners := &m.files[at.file]
		rule := &owners.Rules[at.rule]
		decision.Emeritus = m.add(decision.Emeritus, owners.Path, rule.Emeritus)
		if exempt || len(rule.Approvers) == 0 {
			continue
		}
		decision.Approvers = m.add(decision.Approvers, owners.Path, rule.Approvers)
		decision.CatchAll = decision.CatchAll && owners.Folder == "" && rule.Pattern == ""
	}
	for _, approver := range decision.Approvers {
		access := m.people.Access(approver.Holder, m.repository).Status
		decision.Effective = decision.Effective || access != Dead
		decision.Certain = decision.Certain || access == Alive || access == Unchecked
	}
	number := int32(len(m.decisions)) //nolint:gosec // there are no more decisions than files
	m.decisions = append(m.decisions, decision)
	m.known[string(key)] = number
	return number
}

func (m *ownersMatcher) add(approvers []Approver, file string, entries []ownership.OwnersEntry) []Approver {
	for _, entry := range entries {
		holder := m.people.Holder("@" + entry.Login)
		i := slices.IndexFunc(approvers, func(a Approver) bool { return a.Holder == holder })
		if i < 0 {
			i = len(approvers)
			approvers = append(approvers, Approver{Holder: holder})
		}
		approvers[i].Locations = append(approvers[i].Locations, ownership.Location{Repository: m.repository, File: file, Line: entry.Line})
	}
	return approvers
}

// approved says whether an OWNERS file that decides names somebody for a file who is not known to be invalid, or may.
func (r *Repository) approved(file int) bool {
	for _, approvals := range r.approvals {
		if decision := &approvals.Decisions[approvals.match(file)]; approvals.decides && (decision.Effective || decision.Unknown != "") {
			return true
		}
	}
	return false
}

// addApprovals counts each area's files by decision, and what that changes of the coverage by CODEOWNERS.
func (d *divider) addApprovals() {
	for _, approvals := range d.repository.approvals {
		shares := map[*AreaManifest]map[int32]int{}
		for i, area := range d.owners {
			if area == nil || d.mayBeOthers(area) != "" {
				continue
			}
			if shares[area] == nil {
				shares[area] = map[int32]int{}
			}
			shares[area][approvals.match(i)]++
		}
		for area, files := range shares {
			catalog := d.part(area).inCatalog()
			catalog.approvals = append(catalog.approvals, approvalShare{approvals, files})
		}
	}
	if len(d.repository.approvals) == 0 || d.repository.Matches == nil {
		return
	}
	for i, area := range d.owners {
		change := d.repository.approvalChange(i)
		if change == (ownership.Coverage{}) {
			continue
		}
		d.repository.Coverage = d.repository.Coverage.Add(change)
		if area != nil && d.mayBeOthers(area) == "" {
			catalog := d.part(area).inCatalog()
			catalog.coverage = catalog.coverage.Add(change)
		}
	}
}

// approvalChange is what OWNERS files that decide change of a file's coverage by CODEOWNERS:
//
//	CODEOWNERS or OWNERS name somebody valid   owned and effective
//	neither, and an OWNERS file is unknown     undetermined
//	either names somebody                      owned, not effective
//	either says that nobody is needed          explicitly unowned
//	else                                       unmatched
func (r *Repository) approvalChange(file int) ownership.Coverage {
	before := r.count(int(r.Matches[file]), 1)
	named, effective, certain := before.Owned > 0, before.Effective > 0, before.Effective > before.Doubtful
	catchAll, exempt, unknown := before.Owned == 0 || before.CatchAll > 0, before.Unowned > 0, ""
	for _, approvals := range r.approvals {
		if !approvals.decides {
			continue
		}
		decision := &approvals.Decisions[approvals.match(file)]
		if len(decision.Approvers) > 0 {
			named, catchAll = true, catchAll && decision.CatchAll
		}
		effective, certain = effective || decision.Effective, certain || decision.Certain
		exempt, unknown = exempt || decision.Exempt, cmp.Or(unknown, decision.Unknown)
	}
	after := ownership.Coverage{Total: 1}
	switch {
	case effective:
		after.Owned, after.Effective = 1, 1
		if !certain {
			after.Doubtful = 1
		}
	case unknown != "":
		after.Undetermined, after.Unknown = 1, unknown
	case named:
		after.Owned = 1
	case exempt:
		after.Unowned = 1
	default:
		after.Unmatched = 1
	}
	if after.Owned > 0 && catchAll {
		after.CatchAll = 1
	}
	return ownership.Coverage{
		Owned: after.Owned - before.Owned, CatchAll: after.CatchAll - before.CatchAll, Effective: after.Effective - before.Effective,
		Doubtful: after.Doubtful - before.Doubtful, Unowned: after.Unowned - before.Unowned, Unmatched: after.Unmatched - before.Unmatched,
		Undetermined: after.Undetermined, Unknown: after.Unknown,
	}
}

// observeOwnersFiles turns the decisions over an area's files into observed approvers, with the files that each extends
// to, and into those who are emeritus.
func (s *Snapshot) observeOwnersFiles(area *Area) {
	approvers, emeritus := tally{}, tally{}
	for _, share := range area.catalog.approvals {
		name, decides := share.approvals.Source.Name, share.approvals.decides
		for number, files := range share.files {
			decision := &share.approvals.Decisions[number]
			if decision.Unknown != "" {
				area.setUnknown(ownership.Approver, leastUnknown(area.UnknownRoles[ownership.Approver], decision.Unknown))
			}
			for _, approver := range decision.Approvers {
				approvers.add(name, approver.Holder, files, decides, approver.Locations...)
			}
			for _, former := range decision.Emeritus {
				emeritus.add(name, former.Holder, files, decides, former.Locations...)
			}
		}
	}
	maps.DeleteFunc(emeritus, func(key sourceHolder, _ *ownership.Observed) bool { return approvers[key] != nil })
	total := func(string) int { return area.Coverage.Total }
	area.addObserved(ownership.Approver, approvers, total)
	area.Emeritus = emeritus.addTo(nil, total)
}

// leastUnknown is the reason that comes first in order, so that it does not hang on the order of files.
func leastUnknown(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}
