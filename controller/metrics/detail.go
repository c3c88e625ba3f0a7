package metrics

import (
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// DefaultAreaSeries is how many series the page of areas may hold where nothing else is asked for.
const DefaultAreaSeries = 100_000

// detail are the families of the page of areas.
type detail struct {
	state        *family
	unownedSince *family
	coverage     *family
	findings     *family
	drift        *family

	budget  int
	used    int
	dropped int
}

func newDetail(budget int) *detail {
	return &detail{
		state: newFamily("remit_area_state",
			"1 for the state that the area is in (owned, partial, unowned, unknown); other states have no series.", "area", "tier", "team", "state"),
		unownedSince: newFamily("remit_area_unowned_since_timestamp_seconds",
			"Since when the area has been unowned, in Unix time. Absent where it is not.", "area"),
		coverage: newFamily("remit_area_coverage_ratio",
			"Part of the area's files that have an owner by the rule in force (declared), or one not known to be invalid (effective).", "area", "kind"),
		findings: newFamily("remit_area_findings", "Raised findings about the area.", "area", "severity"),
		drift:    newFamily("remit_area_drift", "Differences between what is declared of the area and what is observed.", "area", "kind"),
		budget:   budget,
	}
}

func (d *detail) families() collector {
	return collector{d.state, d.unownedSince, d.coverage, d.findings, d.drift}
}

// fill spends the budget on what matters most: every area's state first, then
// since when, coverage, findings and drift; in each, the areas in the worst state first.
func (d *detail) fill(result *ownership.Result, since map[ownership.AreaID]time.Time) {
	areas := slices.Clone(result.Areas)
	slices.SortStableFunc(areas, func(a, b ownership.AreaResult) int { return a.State.Rank() - b.State.Rank() })
	for _, area := range areas {
		d.add(d.state, 1, labelValue(string(area.ID)), labelValue(area.Tier), teamValue(area.Team), labelValue(string(area.State)))
	}
	for _, area := range areas {
		if at, known := since[area.ID]; known && area.State == ownership.Unowned {
			d.add(d.unownedSince, seconds(at), labelValue(string(area.ID)))
		}
	}
	for _, area := range areas {
		if whole := judged(area.Coverage); whole > 0 {
			d.add(d.coverage, float64(area.Coverage.Owned)/float64(whole), labelValue(string(area.ID)), "declared")
			d.add(d.coverage, float64(area.Coverage.Effective)/float64(whole), labelValue(string(area.ID)), "effective")
		}
	}
	d.fillCounts(result, areas)
}

func (d *detail) fillCounts(result *ownership.Result, areas []ownership.AreaResult) {
	findings := map[string]map[ownership.Severity]int{}
	for _, finding := range result.Findings {
		if finding.Status != ownership.Raised {
			continue
		}
		if findings[finding.Subject] == nil {
			findings[finding.Subject] = map[ownership.Severity]int{}
		}
		findings[finding.Subject][finding.Severity]++
	}
	for _, area := range areas {
		for _, severity := range slices.Backward(ownership.Severities()) {
			if n := findings[string(area.ID)][severity]; n > 0 {
				d.add(d.findings, float64(n), labelValue(string(area.ID)), string(severity))
			}
		}
	}
	for _, area := range areas {
		kinds := map[ownership.DriftKind]int{}
		for _, drift := range area.Drift {
			kinds[drift.Kind]++
		}
		for _, kind := range ownership.DriftKinds() {
			if kinds[kind] > 0 {
				d.add(d.drift, float64(kinds[kind]), labelValue(string(area.ID)), string(kind))
			}
		}
	}
}

// add adds a series while the budget lasts. An area's ID is its own, but for two
// that are equal up to maxLabel bytes, or twice the same: the first is kept.
func (d *detail) add(f *family, value float64, labels ...string) {
	key := strings.Join(labels, "\xff")
	if _, twice := f.index[key]; twice || d.used >= d.budget {
		d.dropped++
		return
	}
	d.used++
	f.index[key] = len(f.samples)
	f.samples = append(f.samples, sample{labels, value})
}
