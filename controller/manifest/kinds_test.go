package manifest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/remit-dev/remit/controller/internal/kindcases"
	"github.com/remit-dev/remit/controller/ownership"
)

// loadText loads one file. Problems name it "m.yaml".
func loadText(t testing.TB, loader *Loader, text string) (*Set, []ownership.Problem) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "m.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	set, problems, err := loader.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range problems {
		problems[i].File = strings.TrimPrefix(problems[i].File, dir+string(filepath.Separator))
	}
	return set, problems
}

// manifestOf writes an object; spec is YAML in one line ("flow") or indented lines.
func manifestOf(kind, name, spec string) string {
	return fmt.Sprintf("apiVersion: remit.dev/v1alpha1\nkind: %s\nmetadata: {name: %s}\nspec: %s\n", kind, name, spec)
}

func repeat(n int, format string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(items, ", ")
}

// What a cluster would refuse is refused here, by the same fields. An API server is asked the same cases.
func TestKinds(t *testing.T) {
	loader := newLoader(t)
	for name, c := range kindcases.All() {
		t.Run(name, func(t *testing.T) {
			var got []string
			// Other objects that the cases refer to come along; what is checked here is one object's own form.
			_, problems := loadText(t, loader, c.Manifest())
			for _, problem := range problems {
				if problem.Warning || strings.HasPrefix(problem.Message, "there is no Area") {
					continue
				}
				got = append(got, problem.Field)
			}
			if diff := cmp.Diff(slices.Concat(c.Want, c.Beyond), got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s%v", c.Reason, diff, problems)
			}
		})
	}
}

// Remediations are Remit's own: a folder may hold a copy of one, broken or not, which declares nothing.
func TestRemediationsArePassedOver(t *testing.T) {
	for name, text := range map[string]string{
		"an object": manifestOf("Remediation", "x", "{planHash: bogus}"),
		"a list":    "apiVersion: remit.dev/v1alpha1\nkind: RemediationList\nitems: [{planHash: bogus}]\n",
		"in a list": "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: remit.dev/v1alpha1, kind: Remediation, metadata: {name: x}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			set, problems := loadText(t, newLoader(t), text+"---\n"+manifestOf("Area", "a", "{}"))
			if len(problems) > 0 || len(set.Lost) > 0 || len(set.Invalid) > 0 || len(set.Areas) != 1 {
				t.Errorf("want the Area alone: %v %v", problems, set)
			}
		})
	}
	set, problems := loadText(t, newLoader(t), manifestOf("Remediation", "x", "{planHash: [}"))
	if len(problems) != 1 || len(set.Lost) > 0 {
		t.Errorf("it is no YAML, and nothing is unknown for that: %v %v", problems, set.Lost)
	}
}
