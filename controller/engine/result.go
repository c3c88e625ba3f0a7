package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// find brings the findings up to date, after the policies were asked about the subjects of some pages.
func (p *pass) find(asked []*page) {
	defer func() {
		if p.result.Findings == nil {
			p.result.Findings = []ownership.Finding{}
		}
	}()
	if p.before == nil || !p.sameFrame() || p.gone || p.in.Policies.due(p.before.in.Now, p.in.Now) {
		p.result.Findings = p.allFindings()
		return
	}
	anew := make(map[string]bool, len(asked))
	for _, page := range asked {
		anew[page.key.id] = true
	}
	roles := !sameMap(p.barrier.merged, p.before.barrier.merged)
	before := p.before.result.Findings
	if len(anew) == 0 && !roles {
		p.result.Findings = before
		return
	}
	stands := func(finding *ownership.Finding) bool {
		if finding.Policy == ownership.RolesPolicy {
			return !roles
		}
		return !anew[finding.Subject]
	}
	var found []ownership.Finding
	for _, page := range asked {
		found = page.appendFindings(found)
	}
	if roles {
		found = append(found, p.barrier.findings()...)
	}
	p.result.Findings = mergeFindings(before, stands, p.finish(found))
}

// allFindings are those of all pages.
func (p *pass) allFindings() []ownership.Finding {
	var found []ownership.Finding
	for _, page := range p.judging.order {
		found = page.appendFindings(found)
	}
	return p.finish(append(found, p.barrier.findings()...))
}

func (p *page) appendFindings(to []ownership.Finding) []ownership.Finding {
	for i := range p.verdicts {
		if said := p.verdicts[i].said; said != nil {
			to = append(to, said.findings...)
		}
	}
	return to
}

// finish marks what is exempt, and sorts.
func (p *pass) finish(found []ownership.Finding) []ownership.Finding {
	found = p.in.Policies.exempt(found, p.in.Now)
	slices.SortFunc(found, ownership.Finding.Compare)
	return found
}

// mergeFindings unites those of before that stand with the new ones. Both lists are sorted.
func mergeFindings(before []ownership.Finding, stands func(*ownership.Finding) bool, found []ownership.Finding) []ownership.Finding {
	merged := make([]ownership.Finding, 0, len(before)+len(found))
	for i := range before {
		if !stands(&before[i]) {
			continue
		}
		for len(found) > 0 && found[0].Compare(before[i]) < 0 {
			merged, found = append(merged, found[0]), found[1:]
		}
		merged = append(merged, before[i])
	}
	return append(merged, found...)
}

// record sums up the pass.
func (p *pass) record() {
	p.sum()
	exemptions, unused := p.exemptions()
	p.result.Exemptions, p.failed = exemptions, append(p.failed, unused...)
	if p.before != nil && slices.Equal(p.snapshot.Repositories, p.before.snapshot.Repositories) {
		p.result.Repositories = p.before.result.Repositories
		return
	}
	for _, repository := range p.snapshot.Repositories {
		p.result.Repositories = append(p.result.Repositories, repositoryResult(repository))
	}
}

// sum adds up how each policy fares, in both stages together; those that could not be compiled stand among them.
func (p *pass) sum() {
	byName := map[string]ownership.PolicyStatus{}
	for _, failed := range p.in.Policies.failed {
		byName[failed.Name] = failed
	}
	for _, instance := range p.in.Policies.set.Policies() {
		byName[instance.Name] = ownership.PolicyStatus{
			Name: instance.Name, Title: instance.Title, Subject: instance.Subject, Duration: p.took[instance.Name],
			OfLibrary: p.in.Policies.library(instance.Name),
		}
	}
	p.failed, p.result.Undetermined = nil, map[string]int{}
	for _, book := range []*book{p.declaring, p.judging} {
		for name, count := range sorted(book.count()) {
			status := byName[name]
			status.Subjects = max(status.Subjects, count.subjects)
			status.Failed += count.failed
			status.Error = cmp.Or(status.Error, count.error())
			byName[name] = status
			if count.undetermined > 0 {
				p.result.Undetermined[name] += count.undetermined
			}
			p.failed = append(p.failed, count.problems(name)...)
		}
	}
	p.result.Policies = slices.Collect(valuesOf(byName))
}

// count is how one policy fared in one stage.
type count struct {
	at                             int // the policy's place among those of its kind of subject
	subjects, failed, undetermined int
	// first is the page of the first failure, by subject; warned are those with warnings.
	first  *page
	warned []*page
}

// count goes through all verdicts once.
func (b *book) count() map[string]*count {
	byName := map[string]*count{}
	byKind := map[string][]*count{}
	for kind, instances := range b.instances {
		for at, instance := range instances {
			byName[instance.name] = &count{at: at}
			byKind[kind] = append(byKind[kind], byName[instance.name])
		}
	}
	for _, page := range b.order {
		counts := byKind[page.key.kind]
		for at := range page.verdicts {
			if !page.verdicts[at].asked {
				continue
			}
			counts[at].subjects++
			if said := page.verdicts[at].said; said != nil {
				counts[at].add(page, said)
			}
		}
	}
	return byName
}

func (c *count) add(page *page, said *said) {
	switch {
	case said.failure != nil:
		if c.failed++; c.first == nil || page.key.id < c.first.key.id {
			c.first = page
		}
	case said.undetermined != "":
		c.undetermined++
	}
	if len(said.warnings) > 0 {
		c.warned = append(c.warned, page)
	}
}

func (c *count) error() string {
	if c.first == nil {
		return ""
	}
	return c.first.verdicts[c.at].said.failure.Error()
}

// problems are the first failure, with the number of all, and the warnings.
func (c *count) problems(policy string) []ownership.Problem {
	var problems []ownership.Problem
	if c.first != nil {
		problem := *c.first.verdicts[c.at].said.failure
		problem.Message = fmt.Sprintf("policy %s failed on %s%s: %s", policy, c.first.key.id, andOthers(c.failed-1), problem.Message)
		problems = append(problems, problem)
	}
	slices.SortFunc(c.warned, func(a, b *page) int { return strings.Compare(a.key.id, b.key.id) })
	for _, page := range c.warned {
		problems = append(problems, page.verdicts[c.at].said.warnings...)
	}
	return problems
}

func andOthers(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " and 1 other"
	}
	return fmt.Sprintf(" and %d others", n)
}

func areaResult(area drift.Area, found []ownership.Drift, s *snapshot.Snapshot) ownership.AreaResult {
	requirements := drift.Requirements(area, s)
	return ownership.AreaResult{
		ID: area.ID, Description: area.Description, Tier: area.Tier, Parent: ownership.AreaID(parentID(area.Area)),
		Labels: area.Labels, Team: accountableTeam(area.Declared), Virtual: area.Virtual,
		State: drift.State(requirements, area.Stalled), Requirements: requirements, Stalled: area.Stalled,
		Declared: area.Declared, Refused: area.Refused, Observed: area.Observed, Coverage: area.Coverage, UnownedFiles: area.UnownedFiles,
		Namespaces: area.Namespaces, Objects: area.Objects,
		Drift: found, Location: area.Location,
	}
}

// requirementLists are the first lists that areas have. Most areas meet what is required of them, and so have one of these.
type requirementLists [][]ownership.Requirement

// shared gives an equal list that another area has, or else the list itself.
func (l *requirementLists) shared(list []ownership.Requirement) []ownership.Requirement {
	for _, other := range *l {
		if slices.Equal(other, list) {
			return other
		}
	}
	if list = slices.Clip(list); len(*l) < 16 {
		*l = append(*l, list)
	}
	return list
}

// accountableTeam is the team that answers for the area. What an area does not declare it inherits, so the nearest
// ancestor's accountable holder stands in its own declarations.
func accountableTeam(declared ownership.Assignments[ownership.Declaration]) string {
	for _, declaration := range declared.Of(ownership.Accountable) {
		if declaration.Holder.Kind() == ownership.HolderTeam {
			return declaration.Holder.Name()
		}
	}
	return ""
}

func repositoryResult(repository *snapshot.Repository) ownership.RepositoryResult {
	result := ownership.RepositoryResult{
		ID: repository.ID(), Codeowners: repository.Facts.Codeowners.Path, Rules: len(repository.Rules),
		Coverage: repository.Coverage, Unclaimed: repository.Unclaimed,
	}
	if repository.File != nil {
		result.NotInForce, _ = repository.File.NotInForce()
		if result.NotInForce == "" {
			result.Faults = repository.File.ErrorsTotal()
		}
	}
	return result
}

// problems are the bad input of every kind, by place.
func problems(in Input, s *snapshot.Snapshot, failures []ownership.Problem) []ownership.Problem {
	all := slices.Concat(in.Problems, s.Problems, idle(in.Manifests, s), failures)
	for _, source := range in.Sources {
		all = append(all, source.Observation.Problems...)
	}
	slices.SortStableFunc(all, func(a, b ownership.Problem) int { return a.Location.Compare(b.Location) })
	return slices.Compact(all)
}

// due says whether an exemption expires between two moments. Time that runs backwards counts as well.
func (p *Policies) due(from, to time.Time) bool {
	if to.Before(from) {
		return true
	}
	for _, settings := range p.settings {
		for _, exemption := range settings.exemptions {
			if expires := exemption.Expires.Time; expires.After(from) && !expires.After(to) {
				return true
			}
		}
	}
	return false
}

// nextExpiry is when the next exemption expires; zero where there is none.
func (p *Policies) nextExpiry(now time.Time) time.Time {
	var next time.Time
	for _, settings := range p.settings {
		for _, exemption := range settings.exemptions {
			if expires := exemption.Expires.Time; expires.After(now) && (next.IsZero() || expires.Before(next)) {
				next = expires
			}
		}
	}
	return next
}
