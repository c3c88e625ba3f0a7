package metrics

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run `go test -update` to write it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// acme is an organisation with something of everything.
func acme() (*ownership.Result, map[ownership.AreaID]time.Time) {
	result := &ownership.Result{
		At: monday,
		Areas: []ownership.AreaResult{
			{ID: "payments/checkout", Tier: "1", Team: "acme/payments", State: ownership.Unowned,
				Coverage: ownership.Coverage{Total: 24, Unowned: 4, Unmatched: 20}},
			{ID: "payments/ledger", Tier: "1", Team: "acme/payments", State: ownership.Partial,
				Declared: ownership.AssignmentsOf(map[ownership.Role][]ownership.Declaration{ownership.Approver: {{Holder: "user:mallory"}}}),
				Coverage: ownership.Coverage{Total: 80, Owned: 80, Effective: 71},
				Drift:    []ownership.Drift{{Kind: ownership.Missing, Role: ownership.Approver}, {Kind: ownership.Invalid, Role: ownership.Approver, Holder: "user:mallory"}}},
			{ID: "legacy/billing", Tier: "2", Team: "acme/payments", State: ownership.Unknown,
				Coverage: ownership.Coverage{Total: 50, Undetermined: 50, Unknown: "CODEOWNERS could not be read"}},
			{ID: "shop/search", Tier: "1", Team: "acme/search", State: ownership.Owned,
				Coverage: ownership.Coverage{Total: 126, Owned: 114, CatchAll: 12, Effective: 114, Undetermined: 6}},
			{ID: "platform/releases", State: ownership.Unowned, Team: "mallory"},
		},
		Findings: []ownership.Finding{
			{Policy: "offboarding", Subject: "user:mallory", Key: "x", Rule: "deny", Severity: ownership.Critical, Status: ownership.Raised, Holder: "user:mallory"},
			{Policy: "accountable-holder", Subject: "payments/checkout", Key: "none", Rule: "deny", Severity: ownership.High, Status: ownership.Raised},
			{Policy: "codeowners-hygiene", Subject: "payments/ledger", Key: "dead:1", Rule: "warn", Severity: ownership.Low, Status: ownership.Raised},
			{Policy: "codeowners-hygiene", Subject: "payments/ledger", Key: "dead:2", Rule: "warn", Severity: ownership.Low, Status: ownership.Raised},
			{Policy: "shared-responsibility", Subject: "shop/search", Key: "one", Rule: "deny", Severity: ownership.Medium, Status: ownership.Exempt},
			{Policy: "shared-responsibility", Subject: "legacy/billing", Key: "one", Rule: "deny", Severity: ownership.Medium, Status: ownership.Undetermined},
		},
		Undetermined: map[string]int{"shared-responsibility": 2},
		Sources: []ownership.SourceStatus{
			{Name: "checkouts", Kind: ownership.SourceGit, At: monday, LastSuccess: monday.Add(-time.Hour), Unknown: "acme/legacy: no commit", Repositories: 3},
			{Name: "people", Kind: ownership.SourcePeople, At: monday, LastSuccess: monday, People: 20, Teams: 6},
		},
		Policies: []ownership.PolicyStatus{
			{Name: "accountable-holder", Subjects: 5, Duration: 1500 * time.Microsecond},
			{Name: "office-hours", Subjects: 5, Failed: 3, Error: "x"},
			{Name: "shared-responsibility", Subjects: 5},
		},
		Repositories: []ownership.RepositoryResult{
			{ID: "acme/legacy", Coverage: ownership.Coverage{Total: 50, Undetermined: 50, Unknown: "CODEOWNERS could not be read"}},
			{ID: "acme/shop", Unclaimed: 12, Coverage: ownership.Coverage{Total: 230, Owned: 194, CatchAll: 12, Effective: 185, Unowned: 4, Unmatched: 26, Undetermined: 6}},
		},
		Problems: []ownership.Problem{{Message: "x"}, {Message: "y", Warning: true}},
	}
	return result, map[ownership.AreaID]time.Time{"payments/checkout": monday.Add(-72 * time.Hour), "platform/releases": monday.Add(-time.Hour), "shop/search": monday.Add(-1000 * time.Hour)}
}

// many is an organisation of n areas in 20 teams and 4 tiers.
func many(n int) (*ownership.Result, map[ownership.AreaID]time.Time) {
	result := &ownership.Result{At: monday}
	since := map[ownership.AreaID]time.Time{}
	for i := range n {
		area := ownership.AreaResult{
			ID: ownership.AreaID(fmt.Sprintf("namespace-%02d/area-%05d", i%40, i)), Tier: fmt.Sprint(1 + i%4), Team: fmt.Sprintf("acme/team-%02d", i%20),
			State: ownership.States()[i%4], Coverage: ownership.Coverage{Total: 100, Owned: i % 101, Effective: i % 101},
		}
		if area.State == ownership.Unowned {
			since[area.ID] = monday.Add(-time.Duration(i) * time.Minute)
		}
		result.Areas = append(result.Areas, area)
		for key, severity := range ownership.Severities() {
			result.Findings = append(result.Findings, ownership.Finding{Policy: "policy", Subject: string(area.ID), Key: fmt.Sprint(key),
				Severity: severity, Status: ownership.Raised})
		}
	}
	return result, since
}

func newPage(t testing.TB) *Page {
	t.Helper()
	page, err := New(Options{Version: "0.1.0", GoVersion: "go1.26.0"})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func set(t testing.TB, page *Page, result *ownership.Result, since map[ownership.AreaID]time.Time) {
	t.Helper()
	if err := page.Set(result, since, 250*time.Millisecond); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, handler http.Handler, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}
