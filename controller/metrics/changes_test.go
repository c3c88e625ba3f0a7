package metrics

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/remit-dev/remit/controller/ownership"
)

// changeSeries are the series about changes, without those that are 0.
func changeSeries(t *testing.T, page *Page, headers ...string) (counted []string) {
	t.Helper()
	for line := range strings.Lines(get(t, page, headers...).Body.String()) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "remit_changes_") && !strings.HasSuffix(line, " 0") && !strings.HasSuffix(line, " 0.0") {
			counted = append(counted, line)
		}
	}
	return counted
}

func TestChangesAreCounted(t *testing.T) {
	page := newPage(t)
	if strings.Contains(get(t, page).Body.String(), "remit_changes") {
		t.Error("a process that changes nothing says nothing of changes")
	}
	page.ExpectChanges(ownership.TargetKubernetes, ownership.SetLabel, ownership.RemoveLabel)
	if text := get(t, page).Body.String(); !strings.Contains(text, `remit_changes_total{op="remove-label",result="refused",target="kubernetes"} 0`+"\n") ||
		!strings.Contains(text, "# TYPE remit_changes_total counter\n") {
		t.Errorf("a count begins at 0:\n%s", text)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { page.CountChange(ownership.TargetKubernetes, ownership.SetLabel, Made) })
	}
	group.Wait()
	page.CountChange(ownership.TargetKubernetes, ownership.RemoveLabel, Refused)
	for _, forged := range []string{"a", "b", "c\xff"} {
		page.CountChange(forged, ownership.Operation(forged), Refused)
	}
	held := func(brakes ...ownership.Brake) (all []ownership.HeldChange) {
		for _, brake := range brakes {
			all = append(all, ownership.HeldChange{Brake: brake})
		}
		return all
	}
	page.SetHeld(held(ownership.BrakeUnknown, ownership.BrakeUnknown))
	page.SetHeld(held(ownership.BrakeRemovals, ownership.BrakeMode, ownership.BrakeRemovals))
	want := []string{
		`remit_changes_held{brake="mode"} 1`, `remit_changes_held{brake="removals"} 2`,
		`remit_changes_total{op="_other",result="refused",target="_other"} 3`,
		`remit_changes_total{op="remove-label",result="refused",target="kubernetes"} 1`,
		`remit_changes_total{op="set-label",result="made",target="kubernetes"} 8`,
	}
	if diff := cmp.Diff(want, changeSeries(t, page)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	result, since := acme()
	set(t, page, result, since)
	if diff := cmp.Diff(want, changeSeries(t, page)); diff != "" {
		t.Errorf("another pass changes nothing of it (-want +got):\n%s", diff)
	}
	if text := get(t, page).Body.String(); strings.Count(text, "remit_changes_held{") != len(ownership.Brakes()) {
		t.Errorf("each brake has a series:\n%s", text)
	}
	open := get(t, page, "Accept", "application/openmetrics-text; version=1.0.0").Body.String()
	if !strings.Contains(open, "# TYPE remit_changes counter\n") || !strings.Contains(open, `remit_changes_total{op="set-label",result="made",target="kubernetes"} 8.0`) {
		t.Errorf("in OpenMetrics:\n%s", open)
	}
	problems, err := promlint.New(strings.NewReader(ownershipPart(get(t, page).Body.String()))).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %v", err, problems)
	}
	if err := page.Clear(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[2:], changeSeries(t, page)); diff != "" {
		t.Errorf("who no longer leads has no plan, and has made what it made (-want +got):\n%s", diff)
	}
}
