package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestFails(t *testing.T) {
	one := func(rule string, severity ownership.Severity, status ownership.FindingStatus) *ownership.Result {
		return &ownership.Result{Findings: []ownership.Finding{{Policy: "p", Subject: "s", Key: "k", Rule: rule, Severity: severity, Status: status}}}
	}
	area := func(state ownership.State) *ownership.Result {
		return &ownership.Result{Areas: []ownership.AreaResult{{ID: "a/b", State: state}}}
	}
	tests := map[string]struct {
		reason string
		result *ownership.Result
		failOn ownership.Severity
		want   int
	}{
		"at":           {"a denied finding at the severity fails", one("deny", ownership.Medium, ownership.Raised), ownership.Medium, 1},
		"above":        {"and above it", one("deny", ownership.Critical, ownership.Raised), ownership.Medium, 1},
		"below":        {"but not below it", one("deny", ownership.Low, ownership.Raised), ownership.Medium, 0},
		"warn":         {"a warning never fails", one("warn", ownership.Critical, ownership.Raised), ownership.Info, 0},
		"undetermined": {"unknown is nobody's failure", one("deny", ownership.Critical, ownership.Undetermined), ownership.Info, 0},
		"exempt":       {"nor is what is exempt", one("deny", ownership.Critical, ownership.Exempt), ownership.Info, 0},
		"unowned":      {"an unowned area fails by itself", area(ownership.Unowned), ownership.High, 1},
		"unowned high": {"as a finding of high severity", area(ownership.Unowned), ownership.Critical, 0},
		"partial":      {"a partly owned one by its findings alone", area(ownership.Partial), ownership.Info, 0},
		"unknown":      {"unknown is not unowned", area(ownership.Unknown), ownership.Info, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := FailureCount(test.result, test.failOn); got != test.want {
				t.Errorf("%s: %d findings fail, want %d", test.reason, got, test.want)
			}
		})
	}
}

func TestBaselineKnowsWhatItWasMadeOf(t *testing.T) {
	var b bytes.Buffer
	if err := WriteBaseline(&b, rich()); err != nil {
		t.Fatal(err)
	}
	golden(t, "baseline.json", b.Bytes())
	baseline, err := ReadBaseline("baseline.json", &b)
	if err != nil {
		t.Fatal(err)
	}
	if fresh := New(rich(), baseline); len(fresh) != 0 {
		t.Errorf("new although known: %v", fresh)
	}
	applied := Apply(rich(), baseline)
	if n := FailureCount(applied, ownership.Info); n != 0 {
		t.Errorf("%d known findings fail", n)
	}
	if diff := cmp.Diff(NewBaseline(rich()).known, NewBaseline(applied).known); diff != "" {
		t.Errorf("a baseline of a result with a baseline loses findings:\n%s", diff)
	}
	if gone := Gone(rich(), baseline); len(gone) != 0 {
		t.Errorf("gone although present: %v", gone)
	}
	if gone := Gone(clean(), baseline); len(gone) != baseline.Len() {
		t.Errorf("%d of %d are gone", len(gone), baseline.Len())
	}
}

func TestBaselineLeavesTheNew(t *testing.T) {
	baseline := NewBaseline(rich())
	changed := rich()
	changed.Areas[4].State = ownership.Unowned
	changed.Findings[0].Message = "said otherwise, and still the same finding"
	changed.Findings = append(changed.Findings, ownership.Finding{Policy: "offboarding", Subject: "user:bob", Key: "x", Rule: "deny",
		Severity: ownership.Critical, Status: ownership.Raised})
	var got []Identity
	for _, finding := range Fails(Apply(changed, baseline), ownership.Low) {
		got = append(got, IdentityOf(finding))
	}
	want := []Identity{{"offboarding", "user:bob", "x"}, {UnownedPolicy, "shop/search", UnownedKey}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReadBaselineRefuses(t *testing.T) {
	tests := map[string]struct {
		reason, text, message string
		line                  int
	}{
		"no JSON":       {"a broken file", "{\n\n  oops", "this is no baseline", 3},
		"other JSON":    {"a file of another kind", "[]", "this is no baseline", 1},
		"unknown field": {"a misspelt field", "{\"version\":\"v1alpha1\",\n\"knwon\":[]}", `unknown field "knwon"`, 2},
		"version":       {"a file of the future", `{"version":"v9","known":[]}`, `version is "v9"`, 0},
		"no subject":    {"an identity that names nothing", `{"version":"v1alpha1","known":[{"policy":"p"}]}`, "known[0]", 0},
		"tail":          {"two files in one", "{\"version\":\"v1alpha1\"}\n{}", "follows the baseline's end", 2},
		"empty":         {"an empty file", "", "this is no baseline", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ReadBaseline("known.json", strings.NewReader(test.text))
			var problem ownership.Problem
			if !errors.As(err, &problem) {
				t.Fatalf("%s: error %v is no Problem", test.reason, err)
			}
			if problem.File != "known.json" || problem.Remedy == "" || !strings.Contains(problem.Message, test.message) || problem.Line != test.line {
				t.Errorf("%s: %+v", test.reason, problem)
			}
		})
	}
}

func TestBaselineRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringN(1, 20, 40)
		result := &ownership.Result{}
		for range rapid.IntRange(0, 8).Draw(t, "n") {
			result.Findings = append(result.Findings, ownership.Finding{Policy: name.Draw(t, "policy"), Subject: name.Draw(t, "subject"),
				Key: rapid.String().Draw(t, "key"), Rule: "deny", Severity: ownership.High, Status: ownership.Raised})
		}
		var b bytes.Buffer
		if err := WriteBaseline(&b, result); err != nil {
			t.Fatal(err)
		}
		baseline, err := ReadBaseline("b", &b)
		if err != nil {
			t.Fatal(err)
		}
		if fresh := New(result, baseline); len(fresh) != 0 {
			t.Fatalf("new although known: %q", fresh)
		}
	})
}

func FuzzReadBaseline(f *testing.F) {
	f.Add([]byte(`{"version":"v1alpha1","known":[{"policy":"p","subject":"s","key":"k"}]}`))
	f.Add([]byte("{"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := ReadBaseline("b", bytes.NewReader(text)); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}
