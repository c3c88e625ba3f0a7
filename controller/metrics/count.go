package metrics

import (
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// countAreas counts areas, with a zero for each state of a tier and team that
// has an area at all, so that an alert on a state never goes absent.
func (o *overview) countAreas(result *ownership.Result, since map[ownership.AreaID]time.Time, c caps) {
	type group struct{ tier, team string }
	oldest := map[string]time.Time{}
	covered := map[string]ownership.Coverage{}
	counts := map[group]map[ownership.State]int{}
	var groups []group // in the order of the areas
	for i := range result.Areas {
		area := &result.Areas[i]
		tier, team := c.tier(area.Tier), c.team(area.Team)
		if counts[group{tier, team}] == nil {
			groups, counts[group{tier, team}] = append(groups, group{tier, team}), map[ownership.State]int{}
		}
		counts[group{tier, team}][area.State]++
		if at, known := since[area.ID]; known && area.State == ownership.Unowned {
			if first, seen := oldest[tier]; !seen || at.Before(first) {
				oldest[tier] = at
			}
		}
		if judged(area.Coverage) > 0 {
			covered[tier] = covered[tier].Add(area.Coverage)
		}
	}
	for _, group := range groups {
		for _, state := range ownership.States() {
			o.areas.add(float64(counts[group][state]), group.tier, group.team, string(state))
		}
	}
	for tier, at := range oldest {
		o.unownedSince.add(seconds(at), tier)
	}
	for tier, coverage := range covered {
		addCoverage(o.coverage, coverage, tier)
	}
	o.countDrift(result, c)
}

// judged is how many files could be judged; the unknown ones lower no ratio.
func judged(coverage ownership.Coverage) int { return coverage.Total - coverage.Undetermined }

// addCoverage adds both ratios of a coverage with files that could be judged.
func addCoverage(f *family, coverage ownership.Coverage, labels ...string) {
	for kind, files := range map[string]int{"declared": coverage.Owned, "effective": coverage.Effective} {
		f.add(float64(files)/float64(judged(coverage)), append(labels[:len(labels):len(labels)], kind)...)
	}
}

// countDrift counts drift, with a zero for each kind of a role that is used.
func (o *overview) countDrift(result *ownership.Result, c caps) {
	roles := map[ownership.Role]bool{}
	for i := range result.Areas {
		area := &result.Areas[i]
		for role := range area.Declared.All() {
			roles[role] = true
		}
		for role := range area.Observed.All() {
			roles[role] = true
		}
		for i := range area.Drift {
			o.drift.add(1, string(area.Drift[i].Kind), c.role(area.Drift[i].Role))
		}
	}
	for role := range roles {
		for _, kind := range ownership.DriftKinds() {
			o.drift.add(0, string(kind), c.role(role))
		}
	}
}

// countFiles counts the files of all repositories, each once.
func (o *overview) countFiles(result *ownership.Result) {
	var files ownership.Coverage
	unclaimed, unknown := 0, 0
	for _, repository := range result.Repositories {
		files = files.Add(repository.Coverage)
		unclaimed += repository.Unclaimed
		if repository.Coverage.Unknown != "" {
			unknown++
		}
	}
	o.files.add(float64(files.Owned), "owned")
	o.files.add(float64(files.Unowned), "unowned")
	o.files.add(float64(files.Unmatched), "unmatched")
	o.files.add(float64(files.Undetermined), "unknown")
	o.catchAll.add(float64(files.CatchAll))
	o.unclaimed.add(float64(unclaimed))
	o.repositories.add(float64(len(result.Repositories)-unknown), "known")
	o.repositories.add(float64(unknown), "unknown")
	o.problems.add(0, "error")
	o.problems.add(0, "warning")
	for _, problem := range result.Problems {
		if problem.Warning {
			o.problems.add(1, "warning")
		} else {
			o.problems.add(1, "error")
		}
	}
}

// countFindings counts findings by the team of the area that they are about; what
// is about a person or a team has no team here.
func (o *overview) countFindings(result *ownership.Result, c caps) {
	teams := make(map[string]string, len(result.Areas))
	for i := range result.Areas {
		teams[string(result.Areas[i].ID)] = c.team(result.Areas[i].Team)
	}
	for i := range result.Findings {
		finding := &result.Findings[i]
		switch finding.Status {
		case ownership.Raised:
			o.findings.add(1, c.policy(finding.Policy), labelValue(string(finding.Severity)), teams[finding.Subject])
		case ownership.Exempt:
			o.exempt.add(1, c.policy(finding.Policy))
		case ownership.Undetermined: // counted by subject, in result.Undetermined
		}
	}
	for policy, subjects := range result.Undetermined {
		o.undetermined.add(float64(subjects), c.policy(policy))
	}
	for _, policy := range result.Policies {
		o.undetermined.add(0, c.policy(policy.Name))
		o.exempt.add(0, c.policy(policy.Name))
	}
}

func (o *overview) countSources(result *ownership.Result, c caps) {
	for _, source := range result.Sources {
		name, kind := c.source(source.Name), labelValue(string(source.Kind))
		if name == Other {
			continue // a sum of ups or of times would mean nothing
		}
		up := 1.0
		if source.Unknown != "" {
			up = 0
		}
		o.sourceUp.add(up, name, kind)
		if !source.LastSuccess.IsZero() {
			o.sourceLastSuccess.add(seconds(source.LastSuccess), name, kind)
		}
		o.sourceFacts.add(float64(source.Repositories), name, "repositories")
		o.sourceFacts.add(float64(source.People), name, "people")
		o.sourceFacts.add(float64(source.Teams), name, "teams")
		o.sourceFacts.add(float64(source.Namespaces), name, "namespaces")
	}
}

func (o *overview) countPolicies(result *ownership.Result, c caps) {
	for _, policy := range result.Policies {
		name := c.policy(policy.Name)
		if name != Other {
			up := 1.0
			if policy.Error != "" || policy.Failed > 0 {
				up = 0
			}
			o.policyUp.add(up, name)
		}
		o.policySubjects.add(float64(policy.Subjects), name)
		o.policyErrors.add(float64(policy.Failed), name)
		o.policyEvaluation.add(policy.Duration.Seconds(), name)
	}
}
