package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
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
	kept := make([]ownership.Finding, 0, len(before)+len(asked))
	for _, finding := range before {
		drop := finding.Policy == RolesPolicy && roles || finding.Policy != RolesPolicy && anew[finding.Subject]
		if !drop {
			kept = append(kept, finding)
		}
	}
	var found []ownership.Finding
	for _, page := range asked {
		found = page.appendFindings(found)
	}
	if roles {
		found = append(found, p.barrier.findings()...)
	}
	p.result.Findings = mergeFindings(kept, p.finish(found))
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

// mergeFindings unites two sorted lists.
func mergeFindings(a, b []ownership.Finding) []ownership.Finding {
	if len(b) == 0 {
		return a
	}
	merged := make([]ownership.Finding, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].Compare(b[0]) <= 0 {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	return append(append(merged, a...), b...)
}

// record sums up the pass.
func (p *pass) record() {
	p.result.Policies = p.statuses()
	p.result.Undetermined = p.undetermined()
	p.failed = p.failures()
	if p.before != nil && slices.Equal(p.snapshot.Repositories, p.before.snapshot.Repositories) {
		p.result.Repositories = p.before.result.Repositories
	} else {
		for _, repository := range p.snapshot.Repositories {
			p.result.Repositories = append(p.result.Repositories, repositoryResult(repository))
		}
	}
}

// statuses are how each policy fares, in both stages together, by name; those that could not be compiled stand among them.
func (p *pass) statuses() []ownership.PolicyStatus {
	byName := map[string]ownership.PolicyStatus{}
	for _, failed := range p.in.Policies.failed {
		byName[failed.Name] = failed
	}
	for _, instance := range p.in.Policies.set.Policies() {
		status := ownership.PolicyStatus{Name: instance.Name, Title: instance.Title, Subject: instance.Subject, Duration: p.took[instance.Name]}
		for _, book := range []*book{p.declaring, p.judging} {
			count := book.count(instance)
			status.Subjects = max(status.Subjects, count.subjects)
			status.Failed += count.failed
			if status.Error == "" {
				status.Error = count.failure
			}
		}
		byName[instance.Name] = status
	}
	return slices.Collect(valuesOf(byName))
}

// count is how one policy fared in one stage.
type count struct {
	subjects, failed, undetermined int
	// failure is the first one, by subject.
	failure string
}

func (b *book) count(instance policy.Policy) count {
	var c count
	at := slices.Index(b.instances[instance.Subject], instanceKey{instance.Name, instance.Digest})
	if at < 0 {
		return c
	}
	first := ""
	for _, page := range b.order {
		if page.key.kind != instance.Subject || !page.verdicts[at].asked {
			continue
		}
		c.subjects++
		said := page.verdicts[at].said
		switch {
		case said == nil:
		case said.failure != nil:
			c.failed++
			if first == "" || page.key.id < first {
				first, c.failure = page.key.id, said.failure.Error()
			}
		case said.undetermined != "":
			c.undetermined++
		}
	}
	return c
}

// undetermined counts, by policy, the subjects that it could not judge.
func (p *pass) undetermined() map[string]int {
	counts := map[string]int{}
	for _, instance := range p.in.Policies.set.Policies() {
		for _, book := range []*book{p.declaring, p.judging} {
			counts[instance.Name] += book.count(instance).undetermined
		}
	}
	maps.DeleteFunc(counts, func(_ string, count int) bool { return count == 0 })
	return counts
}

// failures are the failures of policies, the first of each with the number of all, and their warnings.
func (p *pass) failures() []ownership.Problem {
	var problems []ownership.Problem
	for _, book := range []*book{p.declaring, p.judging} {
		for kind, instances := range sorted(book.instances) {
			for at, instance := range instances {
				problems = append(problems, book.failures(kind, at, instance.name)...)
			}
		}
	}
	return problems
}

func (b *book) failures(kind string, at int, instance string) []ownership.Problem {
	var first *page
	var warned []*page
	count := 0
	for _, page := range b.order {
		if page.key.kind != kind || page.verdicts[at].said == nil {
			continue
		}
		said := page.verdicts[at].said
		if said.failure != nil {
			if count++; first == nil || page.key.id < first.key.id {
				first = page
			}
		}
		if len(said.warnings) > 0 {
			warned = append(warned, page)
		}
	}
	var problems []ownership.Problem
	if first != nil {
		problem := *first.verdicts[at].said.failure
		problem.Message = fmt.Sprintf("policy %s failed on %s%s: %s", instance, first.key.id, andOthers(count-1), problem.Message)
		problems = append(problems, problem)
	}
	slices.SortFunc(warned, func(a, b *page) int { return strings.Compare(a.key.id, b.key.id) })
	for _, page := range warned {
		problems = append(problems, page.verdicts[at].said.warnings...)
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
		Drift: found, Location: area.Location,
	}
}

// accountableTeam is the team that answers for the area. What an area does not declare it inherits, so the nearest
// ancestor's accountable holder stands in its own declarations.
func accountableTeam(declared ownership.Assignments[ownership.Declaration]) string {
	for _, declaration := range declared[ownership.Accountable] {
		if declaration.Holder.Kind() == ownership.HolderTeam {
			return declaration.Holder.Name()
		}
	}
	return ""
}

func repositoryResult(repository *snapshot.Repository) ownership.RepositoryResult {
	return ownership.RepositoryResult{
		ID: repository.ID(), Codeowners: repository.Facts.Codeowners.Path, Rules: len(repository.Rules),
		Coverage: repository.Coverage, Unclaimed: repository.Unclaimed,
	}
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
