package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with testdata/name, or writes it with -update.
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

func render(t *testing.T, result *ownership.Result, options Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Table(&b, result, options); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTable(t *testing.T) {
	next := []string{"see one area whole: remit check --output json", "see metrics: http://localhost:8080/metrics"}
	tests := map[string]struct {
		reason  string
		result  *ownership.Result
		options Options
	}{
		"rich":         {"something of everything, for a pipe", rich(), Options{ManifestsGiven: true, Next: next}},
		"rich_color":   {"the same on a terminal", rich(), Options{ManifestsGiven: true, Color: true}},
		"rich_narrow":  {"a narrow terminal wraps", rich(), Options{ManifestsGiven: true, Width: 60}},
		"rich_verbose": {"nothing is left out", rich(), Options{ManifestsGiven: true, Verbose: true}},
		"baseline":     {"what is known does not count", Apply(rich(), NewBaseline(rich())), Options{ManifestsGiven: true}},
		"fail_on":      {"what is below the line is not marked", rich(), Options{ManifestsGiven: true, FailOn: ownership.Critical}},
		"bare":         {"a checkout without manifests", bare(), Options{}},
		"clean":        {"one friendly line", clean(), Options{ManifestsGiven: true}},
		"empty":        {"nothing to look at", empty(), Options{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			golden(t, "table_"+name+".txt", []byte(render(t, test.result, test.options)))
		})
	}
}

func TestTableIsNeverWiderThanTheTerminal(t *testing.T) {
	for _, width := range []int{40, 41, 57, 80, 100, 200} {
		for _, result := range []*ownership.Result{rich(), bare(), clean(), empty()} {
			for line := range strings.Lines(render(t, result, Options{Width: width, ManifestsGiven: true, Verbose: true})) {
				if got := cells(strings.TrimSuffix(line, "\n")); got > width {
					t.Errorf("at width %d a line is %d wide: %q", width, got, line)
				}
			}
		}
	}
}

func TestTableColourSaysNothingThatWordsDoNot(t *testing.T) {
	colours := regexp.MustCompile("\x1b\\[[0-9;]*m")
	plain := render(t, rich(), Options{ManifestsGiven: true})
	colored := render(t, rich(), Options{ManifestsGiven: true, Color: true})
	if strings.Contains(plain, "\x1b") {
		t.Error("escape sequences without colour")
	}
	if diff := cmp.Diff(plain, colours.ReplaceAllString(colored, "")); diff != "" {
		t.Errorf("colour changes the text:\n%s", diff)
	}
}

func TestTableShowsUnownedFirst(t *testing.T) {
	text := render(t, rich(), Options{ManifestsGiven: true})
	last := -1
	for _, section := range []string{"UNOWNED", "PARTLY OWNED", "UNKNOWN", "CONTRADICTIONS", "FINDINGS", "INPUT PROBLEMS", "SOURCES"} {
		at := strings.Index(text, "\n"+section)
		if at <= last {
			t.Errorf("section %s stands at %d, after %d", section, at, last)
		}
		last = at
	}
}

// In how much of an area somebody is observed is counted in what the role is about.
func TestTableCountsWhatTheRoleIsAbout(t *testing.T) {
	for role, want := range map[ownership.Role]string{
		ownership.Accountable: "(1 of 1 entity)", ownership.Responsible: "(1 of 1 repository)", ownership.Approver: "(1 of 1 file)",
	} {
		result := &ownership.Result{Areas: []ownership.AreaResult{{
			ID: "shop/pay", State: ownership.Owned,
			Observed: ownership.AssignmentsOf(map[ownership.Role][]ownership.Observed{role: {{Holder: "team:acme/web", Files: 1, Total: 1}}}),
			Drift:    []ownership.Drift{{Kind: ownership.Missing, Role: role, Holder: "team:acme/pay", Message: "observed nowhere"}},
		}}}
		if got := render(t, result, Options{ManifestsGiven: true}); !strings.Contains(got, want) {
			t.Errorf("%s: no %q in\n%s", role, want, got)
		}
	}
}

// What is unknown of several roles for one reason is said once; what differs, or is known, is said of each.
func TestTableSaysOneReasonOnce(t *testing.T) {
	unread := func(role ownership.Role, reason string) ownership.Requirement {
		return ownership.Requirement{Role: role, Status: ownership.UnknownIfMet, Reason: reason}
	}
	shown := render(t, &ownership.Result{Areas: []ownership.AreaResult{{
		ID: "web/shop", State: ownership.Unknown, Requirements: []ownership.Requirement{
			unread(ownership.Accountable, "a.yaml cannot be read"), unread(ownership.Deputy, "the policy failed"), unread(ownership.OnCall, "a.yaml cannot be read"),
			{Role: ownership.Approver, Status: ownership.Unmet, Reason: "a.yaml cannot be read"},
		},
	}}}, Options{})
	for _, want := range []string{"    accountable, oncall: a.yaml cannot be read\n", "    deputy: the policy failed\n", "    approver: a.yaml cannot be read\n"} {
		if strings.Count(shown, want) != 1 {
			t.Errorf("want %q once in\n%s", want, shown)
		}
	}
}
