package cli

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What the reader is told to run next is about what was checked.
func TestNextStepsKeepArguments(t *testing.T) {
	faulty := newCheckout(t, "faulty", with(owned(), "CODEOWNERS", faultyRules))
	other := newCheckout(t, "other folder", with(owned(), "CODEOWNERS", faultyRules))
	unowned := newManifests(t, with(organisation(faulty), "areas.yaml", strings.Split(organisation(faulty)["areas.yaml"], "  roles:")[0]))
	tests := map[string]struct {
		reason    string
		arguments []string
		want      []string
	}{
		"here":      {"the current folder needs no name", nil, []string{"remit check --write-baseline FILE\n"}},
		"paths":     {"each PATH, as a shell takes it", []string{faulty, other}, []string{"remit check " + faulty + " '" + other + "' --write-baseline FILE\n"}},
		"manifests": {"the manifests", []string{"-m", unowned}, []string{"remit run --manifests " + unowned + "\n", "remit check --manifests " + unowned + " --write-baseline FILE\n"}},
		"both":      {"both", []string{".", "-m", unowned}, []string{"remit run . --manifests " + unowned + "\n", "remit check . --manifests " + unowned + " --write-baseline FILE\n"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(faulty)
			got := call(t, "", append([]string{"check"}, test.arguments...)...)
			text := strings.Join(strings.Fields(got.out), " ") + "\n" // long lines are wrapped
			for _, want := range test.want {
				if !strings.Contains(text, strings.TrimSpace(want)) {
					t.Errorf("%s: want %q in\n%s", test.reason, want, got.out)
				}
			}
		})
	}
	t.Chdir(faulty)
	got := call(t, "", "check", ".", "-m", unowned, "--baseline", "my baseline.json")
	want := "remit: the baseline: my baseline.json does not exist; write one with `remit check . --manifests " + unowned + " --write-baseline 'my baseline.json'`\n"
	if diff := cmp.Diff(want, got.err); diff != "" {
		t.Error(diff)
	}
}

// A result that is not whole is mended first, a baseline that is being written is not offered, and where who approves is
// declared, a plan names them.
func TestNextStepsFit(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	declared := organisation(root)
	declared["search.yaml"] = `apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: search, namespace: shop}
spec:
  scope: {repositories: [{name: acme/shop, paths: [/services/search/]}]}
  roles: [{role: accountable, holders: ["team:acme/search"]}, {role: approver, holders: ["team:acme/search"]}]
`
	broken := with(twoAreas(root), "broken.yaml", "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: x}\nspec: {teir: a}\n")
	tests := map[string]struct {
		reason    string
		files     map[string]string
		arguments []string
		want, not string
	}{
		"not whole":        {"a baseline would be refused", broken, []string{"check"}, "mend the errors first", "--write-baseline FILE"},
		"baseline":         {"it is written already", twoAreas(root), []string{"check", "--write-baseline", "known.json"}, "keep checking", "--write-baseline FILE"},
		"declared":         {"a plan names whom nobody has to find", declared, []string{"check"}, "remit plan --manifests", "give /services"},
		"explain":          {"so does it here", declared, []string{"explain", "shop/search"}, "remit plan --manifests", "who should own it"},
		"suggest":          {"and here", declared, []string{"suggest", "shop/search"}, "declared accountable team:acme/search; approver team:acme/search", "in the roles of area"},
		"suggest, next":    {"with the command", declared, []string{"suggest", "shop/search"}, "remit plan --manifests", "in the roles of area"},
		"explain, no role": {"somebody has to be found", twoAreas(root), []string{"explain", "shop/releases"}, "who should own it", "remit plan"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			got := call(t, "", append(test.arguments, "-m", newManifests(t, test.files))...)
			text := strings.Join(strings.Fields(got.out), " ")
			if !strings.Contains(text, test.want) || strings.Contains(text, test.not) {
				t.Errorf("%s: want %q, not %q, in\n%s%s", test.reason, test.want, test.not, got.out, got.err)
			}
		})
	}
}

func TestQuoted(t *testing.T) {
	for word, want := range map[string]string{
		"../ownership": "../ownership", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$(rm)": "'$(rm)'", "~": "'~'",
	} {
		if got := quoted(word); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
}

// No call of the system shows through, and nothing is said twice.
func TestPathsInPlainWords(t *testing.T) {
	shopRoot := newCheckout(t, "shop", shop())
	tests := map[string]struct {
		reason    string
		arguments []string
		want      string
	}{
		"no path":      {"a checkout that is not there", []string{"check", "nowhere"}, "remit: nowhere does not exist; name a folder in a git checkout\n"},
		"no manifests": {"manifests that are not there", []string{"check", "-m", "nowhere"}, "remit: nowhere does not exist; name a folder of manifests with --manifests DIR\n"},
		"above": {"a folder of checkouts", []string{"check", ".."}, "remit: .. lies in no git repository, but holds checkouts; name the checkouts themselves, such as ../shop," +
			" or make the folder the spec.git.path of an OwnershipSource and use --manifests\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(shopRoot)
			if diff := cmp.Diff(called{code: ExitIncomplete, err: test.want}, call(t, "", test.arguments...), cmp.AllowUnexported(called{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
	outside := t.TempDir()
	t.Chdir(outside)
	if got := call(t, "", "owners"); got.err != "remit: "+resolved(t, outside)+" lies in no git repository; go into a checkout, or name the rules with --codeowners FILE\n" {
		t.Errorf("owners outside of a checkout: %s", got.err)
	}
}

func resolved(t *testing.T, path string) string {
	t.Helper()
	followed, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	return followed
}

func TestLogSaysDurationsInWords(t *testing.T) {
	var text bytes.Buffer
	newLog(testEnvironment(nil, nil, nil, &text), "json").Info("checked", "took", 1500*time.Millisecond)
	var line struct{ Took string }
	if err := json.Unmarshal(text.Bytes(), &line); err != nil || line.Took != "1.5s" {
		t.Errorf("%v: %s", err, text.String())
	}
}

// What cannot be read or written is said without calls of the system, and names what the reader named.
func TestFilesInPlainWords(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	manifests := newManifests(t, twoAreas(root))
	t.Chdir(t.TempDir())
	write(t, ".", map[string]string{"other.json": "other\n", "empty.json": ""})
	tests := map[string]struct {
		reason    string
		arguments []string
		want      string
	}{
		"baseline folder":   {"there is none", []string{"check", "--write-baseline", "nope/x"}, "remit: write the baseline: the folder nope does not exist; "},
		"baseline":          {"it is something else", []string{"check", "--baseline", "other.json"}, "remit: other.json:1: this is no baseline: it is no JSON from here on; "},
		"an empty baseline": {"so is nothing", []string{"check", "--baseline", "empty.json"}, "remit: empty.json:1: this is no baseline: it is no JSON from here on; "},
		"plan":              {"it is something else", []string{"apply", "--confirm", "--plan", "other.json"}, "remit: the plan other.json: not a saved plan: it is no JSON from byte 1 on; "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := call(t, "", append(test.arguments, "-m", manifests)...); got.code != ExitIncomplete || !strings.HasPrefix(got.err, test.want) {
				t.Errorf("%s: code %d, want %q in %q", test.reason, got.code, test.want, got.err)
			}
		})
	}
}
