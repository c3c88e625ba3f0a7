package metrics

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/ownership"
)

// ownershipPart is a page without the runtime's and the process's families.
func ownershipPart(page string) string {
	var b strings.Builder
	for line := range strings.Lines(page) {
		if strings.HasPrefix(strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE "), "remit_") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func parse(t testing.TB, page []byte) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return families
}

func TestPage(t *testing.T) {
	page := newPage(t)
	areas := page.Areas()
	result, since := acme()
	set(t, page, result, since)
	golden(t, "metrics.txt", []byte(ownershipPart(get(t, page).Body.String())))
	golden(t, "areas.txt", get(t, areas).Body.Bytes())
	golden(t, "areas_openmetrics.txt", get(t, areas, "Accept", "application/openmetrics-text; version=1.0.0").Body.Bytes())
}

func TestPageIsTheSameForTheSameResult(t *testing.T) {
	first, second := newPage(t), newPage(t)
	result, since := many(200)
	set(t, first, result, since)
	set(t, second, result, since)
	if diff := cmp.Diff(ownershipPart(get(t, first).Body.String()), ownershipPart(get(t, second).Body.String())); diff != "" {
		t.Error(diff)
	}
}

func TestNamesAndHelpFollowTheConventions(t *testing.T) {
	page := newPage(t)
	areas := page.Areas()
	result, since := acme()
	set(t, page, result, since)
	for _, body := range []string{ownershipPart(get(t, page).Body.String()), get(t, areas).Body.String()} {
		problems, err := promlint.New(strings.NewReader(body)).Lint()
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range problems {
			t.Errorf("%s: %s", problem.Metric, problem.Text)
		}
	}
}

func TestPageBeforeAndWithoutAResult(t *testing.T) {
	page := newPage(t)
	areas := page.Areas()
	before := ownershipPart(get(t, page).Body.String())
	if !strings.Contains(before, "remit_build_info{") || strings.Contains(before, "remit_areas") {
		t.Errorf("before the first pass the page is %q", before)
	}
	result, since := acme()
	set(t, page, result, since)
	if err := page.Clear(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, ownershipPart(get(t, page).Body.String())); diff != "" {
		t.Errorf("who no longer leads still exports ownership: %s", diff)
	}
	if body := get(t, areas).Body.String(); body != "" {
		t.Errorf("and areas: %q", body)
	}
}

func TestUnknownLowersNoRatio(t *testing.T) {
	tests := map[string]struct {
		reason string
		areas  []ownership.Coverage
		want   map[string]float64
	}{
		"known":   {"all files count", []ownership.Coverage{{Total: 10, Owned: 5, Effective: 4}}, map[string]float64{"declared": 0.5, "effective": 0.4}},
		"partly":  {"only what could be judged counts", []ownership.Coverage{{Total: 10, Owned: 5, Effective: 5, Undetermined: 5}}, map[string]float64{"declared": 1, "effective": 1}},
		"unknown": {"nothing known, nothing said", []ownership.Coverage{{Total: 10, Undetermined: 10, Unknown: "x"}}, map[string]float64{}},
		"mixed":   {"an unknown area does not lower the tier", []ownership.Coverage{{Total: 10, Owned: 9, Effective: 9}, {Unknown: "x"}, {Total: 90, Undetermined: 90, Unknown: "y"}}, map[string]float64{"declared": 0.9, "effective": 0.9}},
		"no file": {"a duty without code has no ratio", []ownership.Coverage{{}}, map[string]float64{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			page := newPage(t)
			result := &ownership.Result{}
			for i, coverage := range test.areas {
				result.Areas = append(result.Areas, ownership.AreaResult{ID: ownership.AreaID(fmt.Sprint("a/", i)), Tier: "1", State: ownership.Owned, Coverage: coverage})
			}
			set(t, page, result, nil)
			got := map[string]float64{}
			if family := parse(t, get(t, page).Body.Bytes())["remit_coverage_ratio"]; family != nil {
				for _, metric := range family.GetMetric() {
					got[metric.GetLabel()[0].GetValue()] = metric.GetGauge().GetValue()
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestTeamsAreCapped(t *testing.T) {
	page := newPage(t)
	result := &ownership.Result{}
	for i := range maxTeams + 50 {
		for j := range 1 + i%2 {
			result.Areas = append(result.Areas, ownership.AreaResult{ID: ownership.AreaID(fmt.Sprintf("a/%d-%d", i, j)), Team: fmt.Sprintf("acme/t%04d", i), State: ownership.Unowned})
		}
	}
	set(t, page, result, nil)
	families := parse(t, get(t, page).Body.Bytes())
	teams, total := map[string]bool{}, 0.0
	for _, metric := range families["remit_areas"].GetMetric() {
		for _, label := range metric.GetLabel() {
			if label.GetName() == "team" {
				teams[label.GetValue()] = true
			}
		}
		total += metric.GetGauge().GetValue()
	}
	if len(teams) != maxTeams+1 || !teams[Other] {
		t.Errorf("%d teams", len(teams))
	}
	if int(total) != len(result.Areas) {
		t.Errorf("%v areas of %d: capping lost some", total, len(result.Areas))
	}
	if teams["acme/t1048"] || !teams["acme/t1049"] {
		t.Error("the teams with most areas are to be kept")
	}
	for _, metric := range families["remit_series_dropped"].GetMetric() {
		if metric.GetLabel()[0].GetValue() == PagePath && metric.GetGauge().GetValue() != 50 {
			t.Errorf("dropped %v", metric.GetGauge().GetValue())
		}
	}
}

func TestFamiliesAreBounded(t *testing.T) {
	result := &ownership.Result{}
	for team := range maxTeams {
		id := fmt.Sprintf("a/%d", team)
		result.Areas = append(result.Areas, ownership.AreaResult{ID: ownership.AreaID(id), Team: fmt.Sprintf("acme/t%d", team), State: ownership.Owned})
		for policy := range 15 {
			result.Findings = append(result.Findings, ownership.Finding{Policy: fmt.Sprint("p", policy), Subject: id, Severity: ownership.High, Status: ownership.Raised})
		}
	}
	families := newOverview()
	families.fill(result, nil, 0)
	total := 0.0
	for _, sample := range families.findings.samples {
		total += sample.value
	}
	if len(families.findings.samples) > maxFamilySeries+15 || int(total) != len(result.Findings) {
		t.Errorf("%d series count %v of %d findings", len(families.findings.samples), total, len(result.Findings))
	}
}

func TestAreasKeepTheirBudget(t *testing.T) {
	page, err := New(Options{AreaSeries: 100})
	if err != nil {
		t.Fatal(err)
	}
	areas := page.Areas()
	result, since := many(120)
	set(t, page, result, since)
	body := get(t, areas).Body.String()
	if n := len(regexp.MustCompile(`(?m)^remit_`).FindAllString(body, -1)); n != 100 {
		t.Errorf("%d series", n)
	}
	if n := strings.Count(body, `state="unowned"`); n != 30 {
		t.Errorf("%d of 30 unowned areas: the worst are to be kept", n)
	}
	if !strings.Contains(get(t, page).Body.String(), `remit_series_dropped{endpoint="/metrics/areas"} `) {
		t.Error("what was dropped is not counted")
	}
}

// No person is named on either page, whatever the result holds.
func TestNoPersonIsNamed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		person := "user:" + rapid.StringMatching(`zz[a-z0-9]{6}`).Draw(t, "person")
		name := strings.TrimPrefix(person, "user:")
		holder := ownership.Holder(person)
		policy := rapid.SampledFrom([]string{"offboarding", "capacity"}).Draw(t, "policy")
		result := &ownership.Result{
			Areas: []ownership.AreaResult{{ID: "a/b", State: ownership.Unowned, Team: rapid.SampledFrom([]string{"acme/payments", name, person, "user:" + name + "/x", name + "@example.org"}).Draw(t, "team"),
				Declared: ownership.AssignmentsOf(map[ownership.Role][]ownership.Declaration{ownership.Accountable: {{Holder: holder, By: name}}}),
				Observed: ownership.AssignmentsOf(map[ownership.Role][]ownership.Observed{ownership.Approver: {{Holder: holder}}}),
				Drift:    []ownership.Drift{{Kind: ownership.Invalid, Role: ownership.Approver, Holder: holder, Reason: "left", Message: name + " left"}}}},
			Findings: []ownership.Finding{
				{Policy: policy, Subject: person, Key: name, Severity: ownership.High, Status: ownership.Raised, Holder: holder, Message: name},
				{Policy: policy, Subject: "a/b", Key: name, Severity: ownership.High, Status: ownership.Raised, Holder: holder, Because: name}},
			Policies: []ownership.PolicyStatus{{Name: policy, Subject: "person", Error: name}},
			Problems: []ownership.Problem{{Message: name}},
			Sources:  []ownership.SourceStatus{{Name: "people", Kind: ownership.SourcePeople, Unknown: name}},
		}
		page, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		areas := page.Areas()
		if err := page.Set(result, nil, 0); err != nil {
			t.Fatal(err)
		}
		for f := range formats {
			for _, body := range [][]byte{page.page.Load()[f][identity], page.areas.Load()[f][identity]} {
				if bytes.Contains(body, []byte(name)) {
					t.Fatalf("%s is named:\n%s", name, body)
				}
			}
		}
		_ = areas
	})
}

func TestHostileLabelsAreServed(t *testing.T) {
	page := newPage(t)
	areas := page.Areas()
	hostile := "a/\"b\\c\n\xff{x=\"y\"} 1\n" + strings.Repeat("ü", 300)
	result := &ownership.Result{Areas: []ownership.AreaResult{
		{ID: ownership.AreaID(hostile), Tier: hostile, Team: hostile, State: ownership.Owned},
		{ID: ownership.AreaID(hostile), Tier: hostile, State: ownership.Owned},
	}, Sources: []ownership.SourceStatus{{Name: hostile}, {Name: hostile}}, Policies: []ownership.PolicyStatus{{Name: hostile}, {Name: hostile}}}
	set(t, page, result, nil)
	families := parse(t, get(t, page).Body.Bytes())
	if n := len(families["remit_areas"].GetMetric()); n != 4 {
		t.Errorf("%d series of areas", n)
	}
	if n := len(parse(t, get(t, areas).Body.Bytes())["remit_area_state"].GetMetric()); n != 1 {
		t.Errorf("%d areas", n)
	}
}

func TestScrapesDuringSetSeeWholePages(t *testing.T) {
	page := newPage(t)
	areas := page.Areas()
	result, since := many(50)
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		writers.Go(func() {
			for range 20 {
				if err := page.Set(result, since, time.Second); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				for _, body := range []string{get(t, page, "Accept", "application/openmetrics-text").Body.String(), get(t, areas, "Accept", "application/openmetrics-text").Body.String()} {
					if !strings.HasSuffix(body, "# EOF\n") || strings.Count(body, "# EOF\n") != 1 {
						t.Error("a page without one end")
						return
					}
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
}

func TestEveryFamilyHasAName(t *testing.T) {
	names := []string{}
	for _, family := range append(newOverview().families(), newDetail(1).families()...) {
		if family == nil || !strings.HasPrefix(family.name, "remit_") {
			t.Fatalf("family %+v", family)
		}
		names = append(names, family.name)
	}
	if slices.Sort(names); len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("a name stands for two families: %v", names)
	}
}
