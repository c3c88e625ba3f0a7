package metrics

import (
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// overview are the families of the default page.
type overview struct {
	areas        *family
	unownedSince *family
	coverage     *family
	files        *family
	catchAll     *family
	unclaimed    *family
	repositories *family
	findings     *family
	exempt       *family
	undetermined *family
	drift        *family
	problems     *family

	sourceUp          *family
	sourceLastSuccess *family
	sourceFacts       *family

	policyUp         *family
	policySubjects   *family
	policyErrors     *family
	policyEvaluation *family

	passDuration *family
	passTime     *family
	dropped      *family
	build        *family
}

func newOverview() *overview {
	return &overview{
		areas: newFamily("remit_areas",
			"Areas by state (owned, partial, unowned, unknown), tier, and the nearest ancestor's accountable team.", "tier", "team", "state"),
		unownedSince: newFamily("remit_unowned_since_timestamp_seconds",
			"Since when the longest unowned area of the tier has been unowned, in Unix time. Absent where none is.", "tier"),
		coverage: newFamily("remit_coverage_ratio",
			"Part of the tier's files that have an owner by the rule in force (declared), or one not known to be invalid (effective); files that could not be judged are left out.", "tier", "kind"),
		files: newFamily("remit_files",
			"Files of all repositories: owned, unowned (by a rule without owners), unmatched (by no rule), or unknown.", "state"),
		catchAll: newFamily("remit_files_catch_all",
			"Owned files that a catch-all rule alone owns; they are counted as owned, too."),
		unclaimed: newFamily("remit_files_unclaimed", "Files that no declared area claims."),
		repositories: newFamily("remit_repositories",
			"Repositories whose files could be judged whole (known) or not (unknown).", "state"),
		findings: newFamily("remit_findings",
			"Raised findings of policies, by the team of the area that they are about.", "policy", "severity", "team"),
		exempt: newFamily("remit_findings_exempt", "Findings that an exemption in force covers.", "policy"),
		undetermined: newFamily("remit_undetermined",
			"Subjects that the policy could not be judged for, because it rests on something unknown.", "policy"),
		drift: newFamily("remit_drift",
			"Differences between what is declared and what is observed.", "kind", "role"),
		problems: newFamily("remit_problems", "Problems of the input, by level (error, warning).", "level"),

		sourceUp: newFamily("remit_source_up",
			"1 where the source could be read whole at the last pass, else 0.", "source", "kind"),
		sourceLastSuccess: newFamily("remit_source_last_success_timestamp_seconds",
			"When the source could last be read, in Unix time. Absent where it never was.", "source", "kind"),
		sourceFacts: newFamily("remit_source_facts",
			"What the source told at the last pass, by type (repositories, people, teams, namespaces).", "source", "type"),

		policyUp: newFamily("remit_policy_up",
			"1 where the policy compiled and failed for no subject at the last pass, else 0.", "policy"),
		policySubjects: newFamily("remit_policy_subjects", "Subjects that the policy judged at the last pass.", "policy"),
		policyErrors: newFamily("remit_policy_errors",
			"Subjects that the policy failed for, or ran past its deadline, at the last pass.", "policy"),
		policyEvaluation: newFamily("remit_policy_evaluation_seconds",
			"How long judging by the policy took at the last pass, all subjects together.", "policy"),

		passDuration: newFamily("remit_pass_duration_seconds", "How long the last pass took."),
		passTime:     newFamily("remit_pass_timestamp_seconds", "The moment of the last pass's snapshot, in Unix time."),
		dropped: newFamily("remit_series_dropped",
			"Series left out of the endpoint, or merged into _other, to keep it within its bounds.", "endpoint"),
		build: newFamily("remit_build_info", "Always 1; the labels say which version runs.", "version", "goversion"),
	}
}

// families lists them all.
func (o *overview) families() collector {
	return collector{
		o.areas, o.unownedSince, o.coverage, o.files, o.catchAll, o.unclaimed, o.repositories,
		o.findings, o.exempt, o.undetermined, o.drift, o.problems,
		o.sourceUp, o.sourceLastSuccess, o.sourceFacts,
		o.policyUp, o.policySubjects, o.policyErrors, o.policyEvaluation,
		o.passDuration, o.passTime, o.dropped, o.build,
	}
}

// caps are the label values that the result's most frequent ones leave.
type caps struct {
	teams, tiers, policies, roles, sources capped
}

func newCaps(result *ownership.Result) caps {
	teams, tiers, policies := map[string]int{}, map[string]int{}, map[string]int{}
	roles, sources := map[string]int{}, map[string]int{}
	for i := range result.Areas {
		area := &result.Areas[i]
		teams[area.Team]++
		tiers[area.Tier]++
		for role := range area.Declared.All() {
			roles[string(role)]++
		}
		for role := range area.Observed.All() {
			roles[string(role)]++
		}
		for i := range area.Drift {
			roles[string(area.Drift[i].Role)]++
		}
	}
	for i := range result.Policies {
		policies[result.Policies[i].Name]++
	}
	for i := range result.Findings {
		policies[result.Findings[i].Policy]++
	}
	for policy := range result.Undetermined {
		policies[policy]++
	}
	for i := range result.Sources {
		sources[result.Sources[i].Name]++
	}
	return caps{
		teams: capValues(teams, teamValue, maxTeams), tiers: capValues(tiers, labelValue, maxTiers),
		policies: capValues(policies, labelValue, maxPolicies), roles: capValues(roles, labelValue, maxRoles),
		sources: capValues(sources, labelValue, maxSources),
	}
}

func (c caps) team(team string) string         { return c.teams.value(team) }
func (c caps) tier(tier string) string         { return c.tiers.value(tier) }
func (c caps) policy(policy string) string     { return c.policies.value(policy) }
func (c caps) role(role ownership.Role) string { return c.roles.value(string(role)) }
func (c caps) source(source string) string     { return c.sources.value(source) }

func (c caps) merged() int {
	return c.teams.merged + c.tiers.merged + c.policies.merged + c.roles.merged + c.sources.merged
}

// fill counts a result into the families.
func (o *overview) fill(result *ownership.Result, since map[ownership.AreaID]time.Time, pass time.Duration) {
	c := newCaps(result)
	o.countAreas(result, since, c)
	o.countFiles(result)
	o.countFindings(result, c)
	o.countSources(result, c)
	o.countPolicies(result, c)
	o.passDuration.add(pass.Seconds())
	if !result.At.IsZero() {
		o.passTime.add(seconds(result.At))
	}
	dropped := c.merged()
	for _, family := range o.families() {
		dropped += family.folded
	}
	o.dropped.add(float64(dropped), PagePath)
}

func seconds(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }
