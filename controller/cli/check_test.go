package cli

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/report"
)

// owned is a checkout in which every file has an owner by a rule of its own.
func owned() map[string]string {
	return map[string]string{"CODEOWNERS": "/CODEOWNERS @acme/all\n/web/ @acme/web\n", "web/app.js": "\n"}
}

const faultyRules = "/CODEOWNERS @acme/all\n/web/ @acme/web\n/[x]/ @acme/x\n"

// organisation are manifests of one area, the shop's payments, in the checkout at root.
func organisation(root string) map[string]string {
	return map[string]string{
		"sources.yaml": `apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: checkouts}
spec:
  git: {path: "` + root + `"}
`,
		"areas.yaml": `apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: payments, namespace: shop}
spec:
  scope:
    repositories:
      - {name: acme/shop, paths: ["/services/pay/"]}
  roles:
    - {role: accountable, holders: ["team:acme/payments"]}
`,
		"policies.yaml": `apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: accountable-holder}
spec: {library: accountable-holder}
`,
	}
}

func newManifests(t *testing.T, files map[string]string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	write(t, folder, files)
	return folder
}

func TestCheckExitCodes(t *testing.T) {
	shopRoot := newCheckout(t, "shop", shop())
	faulty := newCheckout(t, "faulty", with(owned(), "CODEOWNERS", faultyRules))
	manifests := newManifests(t, organisation(shopRoot))
	tests := map[string]struct {
		reason    string
		folder    string
		arguments []string
		code      int
		err       string
	}{
		"owned":              {"every file has an owner", newCheckout(t, "owned", owned()), nil, ExitClean, ""},
		"partly owned":       {"some files have no owner: shown, and no policy denies it", shopRoot, nil, ExitClean, ""},
		"invalid line":       {"GitHub skips a line", faulty, nil, ExitFindings, ""},
		"milder":             {"it is of medium severity", faulty, []string{"--fail-on", "high"}, ExitClean, ""},
		"unowned":            {"no file has an owner", newCheckout(t, "none", with(owned(), "CODEOWNERS", "")), nil, ExitFindings, ""},
		"by path":            {"checkouts named, one of them twice", t.TempDir(), []string{faulty, faulty + "/web", shopRoot}, ExitFindings, ""},
		"manifests":          {"the declared area is owned", t.TempDir(), []string{"--manifests", manifests}, ExitClean, ""},
		"unaccountable":      {"an area that nobody answers for", t.TempDir(), []string{"--manifests", newManifests(t, with(organisation(shopRoot), "areas.yaml", strings.Split(organisation(shopRoot)["areas.yaml"], "  roles:")[0]))}, ExitFindings, ""},
		"no checkout":        {"a folder that is none", t.TempDir(), nil, ExitIncomplete, "lies in no git repository"},
		"no path":            {"a path that does not exist", shopRoot, []string{"nowhere"}, ExitIncomplete, "nowhere"},
		"no manifests":       {"a folder of manifests that does not exist", shopRoot, []string{"-m", "nowhere"}, ExitIncomplete, "--manifests DIR"},
		"broken manifest":    {"a manifest that is no YAML must not pass", t.TempDir(), []string{"-m", newManifests(t, with(organisation(shopRoot), "broken.yaml", "a: [\n"))}, ExitIncomplete, "remit: the check is not whole: 1 error in the input\n"},
		"unknown field":      {"nor one with a misspelt field", t.TempDir(), []string{"-m", newManifests(t, with(organisation(shopRoot), "areas.yaml", strings.ReplaceAll(organisation(shopRoot)["areas.yaml"], "scope:", "scopes:")))}, ExitIncomplete, "not whole"},
		"broken policy":      {"nor a policy that does not compile", t.TempDir(), []string{"-m", newManifests(t, with(organisation(shopRoot), "own.yaml", "apiVersion: remit.dev/v1alpha1\nkind: ResponsibilityPolicy\nmetadata: {name: own}\nspec: {rego: \"package own\\n\\ndeny contains\"}\n"))}, ExitIncomplete, "1 policy failed"},
		"unreadable source":  {"nor a source that is not there", t.TempDir(), []string{"-m", newManifests(t, organisation("/nowhere"))}, ExitIncomplete, "not whole"},
		"one for all":        {"but where its repository is given by path, the source may be elsewhere", shopRoot, []string{".", "-m", newManifests(t, organisation("/nowhere"))}, ExitClean, ""},
		"no baseline":        {"a baseline that does not exist", shopRoot, []string{"--baseline", "none.json"}, ExitIncomplete, "write one with `remit check --write-baseline none.json`"},
		"broken baseline":    {"a file that is no baseline", shopRoot, []string{"--baseline", "README.md"}, ExitIncomplete, "this is no baseline"},
		"unwritable":         {"a baseline where there is no folder", shopRoot, []string{"--write-baseline", "no/where.json"}, ExitIncomplete, "write the baseline"},
		"incomplete, no new": {"no baseline of what is not whole", t.TempDir(), []string{"-m", newManifests(t, map[string]string{"broken.yaml": "a: [\n"}), "--write-baseline", filepath.Join(t.TempDir(), "b.json")}, ExitIncomplete, "no baseline was written"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(test.folder)
			got := call(t, "", append([]string{"check"}, test.arguments...)...)
			if got.code != test.code || !strings.Contains(got.err, test.err) || (test.err == "") != (got.err == "") {
				t.Errorf("%s: exit %d, want %d; error stream %q, want %q in it\n%s", test.reason, got.code, test.code, got.err, test.err, got.out)
			}
		})
	}
}

func TestCheckForms(t *testing.T) {
	t.Chdir(newCheckout(t, "faulty", with(owned(), "CODEOWNERS", faultyRules)))
	tests := map[string]struct {
		reason string
		check  func(t *testing.T, text string)
	}{
		"table": {"for people", func(t *testing.T, text string) {
			if !strings.Contains(text, "GitHub skips") || strings.Contains(text, "\x1b") {
				t.Errorf("want the finding, and no colour in a pipe: %q", text)
			}
		}},
		"json": {"for programs", func(t *testing.T, text string) {
			var document report.Document
			if err := json.Unmarshal([]byte(text), &document); err != nil || len(document.Findings) == 0 {
				t.Errorf("%v, %d findings", err, len(document.Findings))
			}
		}},
		"sarif": {"for code scanning", func(t *testing.T, text string) {
			var log struct {
				Version string
				Runs    []struct{ Results []any }
			}
			if err := json.Unmarshal([]byte(text), &log); err != nil || log.Version != "2.1.0" || len(log.Runs) != 1 || len(log.Runs[0].Results) == 0 {
				t.Errorf("%v: %+v", err, log)
			}
		}},
		"junit": {"for CI", func(t *testing.T, text string) {
			var suites struct {
				Failures int `xml:"failures,attr"`
			}
			if err := xml.Unmarshal([]byte(text), &suites); err != nil || suites.Failures == 0 {
				t.Errorf("%v: %+v", err, suites)
			}
		}},
		"markdown": {"for a pull request", func(t *testing.T, text string) {
			if !strings.Contains(text, "\n### ") || !strings.Contains(text, "GitHub skips") {
				t.Errorf("want a heading and the finding: %q", text)
			}
		}},
	}
	for form, test := range tests {
		t.Run(form, func(t *testing.T) {
			got := call(t, "", "check", "--output", form)
			if got.code != ExitFindings || got.err != "" {
				t.Errorf("%s: exit %d, error stream %q", test.reason, got.code, got.err)
			}
			test.check(t, got.out)
			if again := call(t, "", "check", "--output", form); again.out != got.out {
				t.Errorf("two checks of the same differ")
			}
		})
	}
	if got := callOn(t, &terminal{width: 60}, "", "check"); !strings.Contains(got.out, "\x1b[") {
		t.Errorf("a terminal gets colours: %q", got.out)
	}
}

func TestCheckBaseline(t *testing.T) {
	root := newCheckout(t, "faulty", with(owned(), "CODEOWNERS", faultyRules))
	t.Chdir(root)
	baseline := filepath.Join(t.TempDir(), "known.json")
	got := call(t, "", "check", "--write-baseline", baseline)
	if got.code != ExitClean || !strings.Contains(got.err, "1 finding") && !strings.Contains(got.err, "2 findings") {
		t.Fatalf("writing: exit %d, %s", got.code, got.err)
	}
	if got := call(t, "", "check", "--baseline", baseline); got.code != ExitClean {
		t.Errorf("what is known must not fail: exit %d\n%s", got.code, got.out)
	}
	write(t, root, map[string]string{"CODEOWNERS": "/[x]/ @acme/x\n"}) // which leaves all files without an owner
	if got := call(t, "", "check", "--baseline", baseline); got.code != ExitFindings {
		t.Errorf("what is new must fail: exit %d\n%s", got.code, got.out)
	}
	before, err := os.ReadFile(baseline)
	if err != nil {
		t.Fatal(err)
	}
	if got := call(t, "", "check", "--baseline", baseline, "--write-baseline", baseline); got.code != ExitClean {
		t.Errorf("extending: exit %d, %s", got.code, got.err)
	}
	after, err := os.ReadFile(baseline)
	if err != nil || len(after) <= len(before) {
		t.Errorf("the baseline did not grow: %v\n%s", err, after)
	}
	if got := call(t, "", "check", "--baseline", baseline); got.code != ExitClean {
		t.Errorf("the extended baseline knows both: exit %d\n%s", got.code, got.out)
	}
	entries, err := os.ReadDir(filepath.Dir(baseline))
	if err != nil || len(entries) != 1 {
		t.Errorf("something was left behind: %v, %v", entries, err)
	}
}

// A working tree is checked against the organisation before its change is committed.
func TestCheckStandsIn(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	manifests := newManifests(t, organisation(root))
	write(t, root, map[string]string{".github/CODEOWNERS": "/web/ @acme/storefront\n"})
	t.Chdir(root)
	committed := checkArea(t, "shop/payments", "-m", manifests)
	if committed.State != "owned" {
		t.Errorf("the source reads the commit, in which the area is %s", committed.State)
	}
	working := checkArea(t, "shop/payments", "-m", manifests, ".")
	if working.State != "partial" || working.Coverage.Unmatched != 1 {
		t.Errorf("the checkout given must stand in for it: %s, %+v", working.State, working.Coverage)
	}
}

type areaAnswer struct {
	ID, State string
	Coverage  struct{ Total, Unmatched int }
}

func checkArea(t *testing.T, id string, arguments ...string) areaAnswer {
	t.Helper()
	got := call(t, "", append([]string{"check", "-o", "json"}, arguments...)...)
	var document struct{ Areas []areaAnswer }
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatalf("%v: exit %d, %s", err, got.code, got.err)
	}
	if len(document.Areas) != 1 || document.Areas[0].ID != id {
		t.Fatalf("want %s alone: %+v", id, document.Areas)
	}
	return document.Areas[0]
}
