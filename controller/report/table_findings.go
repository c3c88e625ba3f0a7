package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

const (
	maxDriftAreas       = 6
	maxDriftEach        = 5
	maxPolicies         = 10
	maxFindingsOfPolicy = 3
	maxProblems         = 10

	sectionContradictions = "CONTRADICTIONS"
)

// contradictions shows the drift of each area, and which place says what.
func (t *table) contradictions() {
	var areas []ownership.AreaResult
	total := 0
	for _, area := range t.result.Areas {
		if len(area.Drift) > 0 {
			areas = append(areas, area)
			total += len(area.Drift)
		}
	}
	if total == 0 {
		return
	}
	t.section(sectionContradictions, yellow, fmt.Sprintf("%d in %s: what is declared and what is observed differ",
		total, count(len(areas), "area", "areas")))
	shown := areas[:t.bound(len(areas), maxDriftAreas)]
	for _, area := range shown {
		drifts := area.Drift[:t.bound(len(area.Drift), maxDriftEach)]
		for _, role := range rolesOf(drifts) {
			t.role(area, role, drifts)
		}
		t.more("    ", len(area.Drift)-len(drifts))
	}
	left := 0
	for _, area := range areas[len(shown):] {
		left += len(area.Drift)
	}
	t.more("  ", left)
	// What is left out here is not to come back as findings, which say the same.
	for _, area := range areas {
		for _, drift := range area.Drift {
			t.told[told{string(area.ID), drift.Role, drift.Holder}] = sectionContradictions
		}
	}
}

// rolesOf gives the roles of drifts, in the order in which they come.
func rolesOf(drifts []ownership.Drift) []ownership.Role {
	var roles []ownership.Role
	for _, drift := range drifts {
		if !slices.Contains(roles, drift.Role) {
			roles = append(roles, drift.Role)
		}
	}
	return roles
}

// role says what each side says of an area's role, and then how that differs:
//
//	payments/ledger  approver
//	  declared     team:acme/payments at areas.yaml:12
//	  observed     team:acme/platform at .github/CODEOWNERS:42 (71 of 80 files)
//	  missing      team:acme/payments is declared and owns no file
func (t *table) role(area ownership.AreaResult, role ownership.Role, drifts []ownership.Drift) {
	t.line(span{"  ", plain}, span{Clean(string(area.ID)), bold}, span{"  " + Clean(string(role)), plain})
	drifts = slices.DeleteFunc(slices.Clone(drifts), func(drift ownership.Drift) bool { return drift.Role != role })
	concerned := map[ownership.Holder]bool{}
	for _, drift := range drifts {
		concerned[drift.Holder] = true
	}
	for _, side := range []struct {
		word string
		said []string
	}{{"declared", t.declared(area, role, concerned)}, {"observed", t.observed(area, role, concerned)}} {
		if len(side.said) > 0 {
			t.wrapped([]span{{"    " + pad(side.word, 13), dim}}, span{strings.Join(side.said, ", "), dim})
		}
	}
	for _, drift := range drifts {
		message := Clean(drift.Message)
		if message == "" {
			message = Clean(string(drift.Holder) + ": " + drift.Reason)
		}
		t.wrapped([]span{{"    " + pad(string(drift.Kind), 13), yellow}}, span{message, plain})
	}
}

// declared says who is declared in a role and where; whom drift concerns first.
func (t *table) declared(area ownership.AreaResult, role ownership.Role, concerned map[ownership.Holder]bool) []string {
	var first, rest []string
	for _, declaration := range area.Declared.Of(role) {
		text := Clean(string(declaration.Holder))
		if place := t.place(declaration.Location); place != "" {
			text += " at " + place
		} else if declaration.By != "" {
			text += " by " + Clean(declaration.By)
		}
		if concerned[declaration.Holder] {
			first = append(first, text)
		} else {
			rest = append(rest, text)
		}
	}
	return t.few(append(first, rest...))
}

// observed says who is observed in a role and where, and by which source where there
// are several; whom drift concerns first.
func (t *table) observed(area ownership.AreaResult, role ownership.Role, concerned map[ownership.Holder]bool) []string {
	var first, rest []string
	several := slices.ContainsFunc(area.Observed.Of(role), func(observed ownership.Observed) bool {
		return observed.Source != area.Observed.Of(role)[0].Source
	})
	for _, observed := range area.Observed.Of(role) {
		text := Clean(string(observed.Holder))
		if len(observed.Locations) > 0 {
			text += " at " + t.place(observed.Locations[0])
		}
		if observed.Source != "" && (len(observed.Locations) == 0 || several) {
			text += " in " + Clean(observed.Source)
		}
		if observed.Total > 0 {
			one, many := observed.Units(role)
			text += fmt.Sprintf(" (%d of %s)", observed.Files, count(observed.Total, one, many))
		}
		if concerned[observed.Holder] {
			first = append(first, text)
		} else {
			rest = append(rest, text)
		}
	}
	return t.few(append(first, rest...))
}

// few keeps three, and says how many more there are.
func (t *table) few(said []string) []string {
	if shown := t.bound(len(said), 3); shown < len(said) {
		return append(slices.Clone(said[:shown]), fmt.Sprintf("+%d more", len(said)-shown))
	}
	return said
}

// findings shows what policies say, grouped by policy, the most severe first.
func (t *table) findings() {
	groups := groupByPolicy(t.result.Findings)
	quiet := t.summary.Undetermined + t.summary.Exempt
	if len(groups) == 0 && quiet == 0 {
		return
	}
	total := 0
	var parts []string
	for _, severity := range slices.Backward(ownership.Severities()) {
		if n := t.summary.Raised[severity]; n > 0 {
			total += n
			parts = append(parts, fmt.Sprintf("%d %s", n, severity))
		}
	}
	about := count(total, "finding of a policy", "findings of policies")
	if len(parts) > 0 {
		about += ": " + strings.Join(parts, ", ")
	}
	t.section("FINDINGS", bold, about)
	shown := groups[:t.bound(len(groups), maxPolicies)]
	for _, group := range shown {
		t.policy(group)
	}
	left := 0
	for _, group := range groups[len(shown):] {
		left += len(group)
	}
	t.more("  ", left)
	t.notRaised()
}

// notRaised says how much does not count, and why.
func (t *table) notRaised() {
	for _, text := range notRaised(t.result, t.summary) {
		t.wrapped([]span{{"  not counted: ", dim}}, span{text, dim})
	}
}

// notRaised says which policies could not judge how many subjects, and how many findings are exempt or known.
func notRaised(result *ownership.Result, summary Summary) []string {
	var texts, parts []string
	left := summary.Undetermined
	for _, policy := range slices.Sorted(maps.Keys(result.Undetermined)) {
		n := result.Undetermined[policy]
		if n == 0 {
			continue
		}
		left -= n
		if len(parts) > 0 {
			parts = append(parts, fmt.Sprintf("%d by %s", n, Clean(policy)))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s could not be judged by %s", count(n, "subject", "subjects"), Clean(policy)))
	}
	if left > 0 {
		parts = append(parts, count(left, "finding is", "findings are")+" undetermined")
	}
	if len(parts) > 0 {
		texts = append(texts, strings.Join(parts, ", ")+", for what they rest on could not be read")
	}
	parts = nil
	if n := summary.Exempt - summary.Known; n > 0 {
		parts = append(parts, fmt.Sprintf("%d exempt", n))
	}
	if n := summary.Known; n > 0 {
		parts = append(parts, fmt.Sprintf("%d known (in the baseline)", n))
	}
	if len(parts) > 0 {
		texts = append(texts, strings.Join(parts, ", "))
	}
	return texts
}

// groupByPolicy gives the raised findings of each policy; groups and findings the most severe first.
func groupByPolicy(findings []ownership.Finding) [][]ownership.Finding {
	index := map[string]int{}
	var groups [][]ownership.Finding
	sorted := slices.SortedStableFunc(slices.Values(findings), ownership.Finding.Compare)
	for _, finding := range sorted {
		if finding.Status != ownership.Raised {
			continue
		}
		at, known := index[finding.Policy]
		if !known {
			at = len(groups)
			index[finding.Policy] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], finding)
	}
	return groups
}

// policy shows one policy's findings: severity, place and message. What the sections above have said of an area is
// not said again.
func (t *table) policy(findings []ownership.Finding) {
	name := findings[0].Policy
	title := ""
	for _, status := range t.result.Policies {
		if status.Name == name && status.Title != "" {
			title = "  " + Clean(status.Title)
		}
	}
	t.line(span{"  ", plain}, span{Clean(name), bold}, span{title, dim})
	var above []ownership.Finding
	if !t.options.Verbose {
		above = slices.DeleteFunc(slices.Clone(findings), func(f ownership.Finding) bool { return t.toldIn(f) == "" })
		findings = slices.DeleteFunc(slices.Clone(findings), func(f ownership.Finding) bool { return t.toldIn(f) != "" })
	}
	shown := findings[:t.bound(len(findings), maxFindingsOfPolicy)]
	placeWidth := widest(shown, t.width*2/5, t.column)
	for _, finding := range shown {
		lead := []span{
			t.mark(finding), {pad(string(finding.Severity), 8) + "  ", severityStyle(finding)},
			{pad(Clean(finding.Rule), 4) + "  ", dim},
		}
		if place := t.column(finding); place != "" {
			lead = append(lead, span{pad(place, max(placeWidth, cells(place))) + "  ", cyan})
		}
		t.wrapped(lead, span{Clean(finding.Message), plain})
	}
	t.more("    ", len(findings)-len(shown))
	t.above(above)
}

// mark is a cross before what fails the check.
func (t *table) mark(findings ...ownership.Finding) span {
	if slices.ContainsFunc(findings, func(f ownership.Finding) bool { return fails(f, t.options.FailOn) }) {
		return span{"  ✗ ", alarm}
	}
	return span{"    ", plain}
}

// toldIn names the section that has said already what a finding says: only a policy of the library, or Remit itself, is
// known to say no more than that.
//
//	policy              key                                  repeats
//	valid-holder        any                                  the drift of the holder
//	no-conflict         conflicting/…, unexpected/…, missing/…   the drift of the holder
//	accountable-holder  none, many                           why the role is not met
//	remit-roles         any                                  why the role is not met
func (t *table) toldIn(finding ownership.Finding) string {
	kind, _, _ := strings.Cut(finding.Key, "/")
	var repeats bool
	switch t.library[finding.Policy] {
	case "valid-holder":
		repeats = true
	case "no-conflict":
		repeats = slices.Contains(ownership.DriftKinds(), ownership.DriftKind(kind))
	case "accountable-holder":
		repeats = kind == "none" || kind == "many"
	default:
		repeats = finding.Policy == ownership.RolesPolicy
	}
	if !repeats {
		return ""
	}
	return t.told[told{finding.Subject, finding.Role, finding.Holder}]
}

// above says how many findings repeat which sections.
func (t *table) above(findings []ownership.Finding) {
	if len(findings) == 0 {
		return
	}
	var sections []string
	for _, finding := range findings {
		if section := t.toldIn(finding); !slices.Contains(sections, section) {
			sections = append(sections, section)
		}
	}
	slices.Sort(sections)
	t.wrapped([]span{t.mark(findings...)}, span{fmt.Sprintf("%s %s the same as %s above", count(len(findings), "finding", "findings"),
		plural(len(findings), "says", "say"), strings.Join(sections, " and ")), dim})
}

// column is the place of a finding, or else of whom it is, unless its message begins with it.
func (t *table) column(finding ownership.Finding) string {
	place := t.findingPlace(finding)
	if strings.HasPrefix(Clean(finding.Message), place) {
		return ""
	}
	return place
}

// findingPlace is where a finding is, or else of whom it is.
func (t *table) findingPlace(finding ownership.Finding) string {
	if place := t.place(finding.Location); place != "" {
		return place
	}
	return Clean(finding.Subject)
}

func severityStyle(finding ownership.Finding) style {
	switch finding.Severity {
	case ownership.Critical:
		return alarm
	case ownership.High:
		return red
	case ownership.Medium:
		return yellow
	}
	return dim
}

// problems shows bad input, errors before warnings.
func (t *table) problems() {
	problems := inputProblems(t.result)
	if len(problems) == 0 {
		return
	}
	slices.SortStableFunc(problems, func(a, b ownership.Problem) int { return problemRank(a) - problemRank(b) })
	t.section("INPUT PROBLEMS", red, t.aboutProblems(problems))
	shown := problems[:t.bound(len(problems), maxProblems)]
	for _, problem := range shown {
		lead := span{"  error    ", red}
		if problem.Warning {
			lead = span{"  warning  ", yellow}
		}
		place := t.place(problem.Location)
		if place != "" {
			place += ": "
		}
		message := Clean(problem.Message)
		if problem.Field != "" {
			message = Clean(problem.Field) + ": " + message
		}
		if problem.Remedy != "" {
			message += "; " + Clean(problem.Remedy)
		}
		t.wrapped([]span{lead}, span{place + message, plain})
	}
	t.more("  ", len(problems)-len(shown))
}

// aboutProblems counts all errors and warnings, as the verdict does: those of policies stand with the policies.
func (t *table) aboutProblems(shown []ownership.Problem) string {
	var parts []string
	if t.summary.Errors > 0 {
		errors := count(t.summary.Errors, "error", "errors")
		if elsewhere := t.summary.Errors + t.summary.Warnings - len(shown); elsewhere > 0 {
			errors += fmt.Sprintf(" (%d of policies, below)", elsewhere)
		}
		parts = append(parts, errors)
	}
	if t.summary.Warnings > 0 {
		parts = append(parts, count(t.summary.Warnings, "warning", "warnings"))
	}
	about := strings.Join(parts, ", ")
	if t.summary.Errors > 0 {
		about += ": what an error is about is unknown, and nothing else is"
	}
	return about
}

func problemRank(problem ownership.Problem) int {
	if problem.Warning {
		return 1
	}
	return 0
}
