package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

const (
	maxDriftAreas       = 10
	maxDriftEach        = 5
	maxPolicies         = 10
	maxFindingsOfPolicy = 5
	maxProblems         = 10
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
	t.section("CONTRADICTIONS", yellow, fmt.Sprintf("%d in %s: what is declared and what is observed differ",
		total, count(len(areas), "area", "areas")))
	shown := areas[:t.bound(len(areas), maxDriftAreas)]
	for _, area := range shown {
		t.line(span{"  ", plain}, span{Clean(string(area.ID)), bold})
		drifts := area.Drift[:t.bound(len(area.Drift), maxDriftEach)]
		for _, drift := range drifts {
			t.drift(area, drift)
		}
		t.more("    ", len(area.Drift)-len(drifts))
	}
	left := 0
	for _, area := range areas[len(shown):] {
		left += len(area.Drift)
	}
	t.more("  ", left)
}

// drift says one difference, and below it what each side says of the role:
//
//	missing      approver  acme/payments is declared and owns no file
//	             declared team:acme/payments at areas.yaml:12
//	             observed team:acme/platform at .github/CODEOWNERS:42
func (t *table) drift(area ownership.AreaResult, drift ownership.Drift) {
	lead := []span{{"    " + pad(string(drift.Kind), 12), yellow}, {Clean(string(drift.Role)) + "  ", plain}}
	message := Clean(drift.Message)
	if message == "" {
		message = Clean(string(drift.Holder) + ": " + drift.Reason)
	}
	t.wrapped(lead, span{message, plain})
	indent := span{strings.Repeat(" ", 16), plain}
	for _, side := range []struct {
		word string
		said []string
	}{{"declared ", t.declared(area, drift)}, {"observed ", t.observed(area, drift)}} {
		if len(side.said) > 0 {
			t.wrapped([]span{indent, {side.word, dim}}, span{strings.Join(side.said, ", "), dim})
		}
	}
}

// declared says who is declared in the drift's role and where; the drift's own holder first.
func (t *table) declared(area ownership.AreaResult, drift ownership.Drift) []string {
	var said []string
	for _, declaration := range area.Declared[drift.Role] {
		text := Clean(string(declaration.Holder))
		if place := t.place(declaration.Location); place != "" {
			text += " at " + place
		} else if declaration.By != "" {
			text += " by " + Clean(declaration.By)
		}
		said = sayFirstIf(declaration.Holder == drift.Holder, said, text)
	}
	return t.few(said)
}

// observed says who is observed in the drift's role and where; the drift's own holder first.
func (t *table) observed(area ownership.AreaResult, drift ownership.Drift) []string {
	var said []string
	for _, observed := range area.Observed[drift.Role] {
		text := Clean(string(observed.Holder))
		if len(observed.Locations) > 0 {
			text += " at " + t.place(observed.Locations[0])
		} else if observed.Source != "" {
			text += " in " + Clean(observed.Source)
		}
		if observed.Total > 0 {
			text += fmt.Sprintf(" (%d of %s)", observed.Files, count(observed.Total, "file", "files"))
		}
		said = sayFirstIf(observed.Holder == drift.Holder, said, text)
	}
	return t.few(said)
}

func sayFirstIf(first bool, said []string, text string) []string {
	if first {
		return slices.Insert(said, 0, text)
	}
	return append(said, text)
}

// few keeps two, and says how many more there are.
func (t *table) few(said []string) []string {
	if shown := t.bound(len(said), 2); shown < len(said) {
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

// notRaised says how many findings do not count, and why.
func (t *table) notRaised() {
	var parts []string
	if n := t.summary.Undetermined; n > 0 {
		parts = append(parts, fmt.Sprintf("%d undetermined, because they rest on what could not be read", n))
	}
	if n := t.summary.Exempt; n > 0 {
		parts = append(parts, fmt.Sprintf("%d exempt or known", n))
	}
	if len(parts) > 0 {
		t.wrapped([]span{{"  not counted: ", dim}}, span{strings.Join(parts, "; "), dim})
	}
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

// policy shows one policy's findings: severity, place and message.
func (t *table) policy(findings []ownership.Finding) {
	name := findings[0].Policy
	title := ""
	for _, status := range t.result.Policies {
		if status.Name == name && status.Title != "" {
			title = "  " + Clean(status.Title)
		}
	}
	t.line(span{"  ", plain}, span{Clean(name), bold}, span{title, dim})
	shown := findings[:t.bound(len(findings), maxFindingsOfPolicy)]
	placeWidth := widest(shown, t.width*2/5, t.findingPlace)
	for _, finding := range shown {
		place := t.findingPlace(finding)
		t.wrapped([]span{
			{"    " + pad(string(finding.Severity), 8) + "  ", severityStyle(finding)},
			{pad(Clean(finding.Rule), 4) + "  ", dim},
			{pad(place, max(placeWidth, cells(place))) + "  ", cyan},
		}, span{Clean(finding.Message), plain})
	}
	t.more("    ", len(findings)-len(shown))
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
	if len(t.result.Problems) == 0 {
		return
	}
	problems := slices.Clone(t.result.Problems)
	slices.SortStableFunc(problems, func(a, b ownership.Problem) int { return problemRank(a) - problemRank(b) })
	t.section("INPUT PROBLEMS", red, "each stops nothing but what it is about")
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

func problemRank(problem ownership.Problem) int {
	if problem.Warning {
		return 1
	}
	return 0
}
