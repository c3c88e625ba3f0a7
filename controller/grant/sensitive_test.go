package grant_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// site is the organisation with one more grant, of paths of acme/site to the namespace evil.
func site(paths ...string) string {
	const before = "    - to: {namespaces: [site]}\n"
	quoted := make([]string, len(paths))
	for i, path := range paths {
		quoted[i] = fmt.Sprintf("%q", path)
	}
	grant := "    - to: {namespaces: [evil]}\n      repositories: [{name: acme/site"
	if len(paths) > 0 {
		grant += ", paths: [" + strings.Join(quoted, ", ") + "]"
	}
	return strings.Replace(organisation, before, grant+"}]\n"+before, 1)
}

// The CODEOWNERS files and .github/ are never given implicitly: by no pattern that matches them, or all, among others.
func TestSensitiveIsNotGivenImplicitly(t *testing.T) {
	everywhere := []string{"/.github/", ".github/", ".github/CODEOWNERS", "/.github/workflows/", "/.github/workflows/ci.yml", `/\.github/`, "/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", "/docs/CODEOWNERS"}
	docs := everywhere[8:]
	tests := map[string]struct {
		reason  string
		granted []string
		claims  []string
	}{
		"repository":         {"no paths are all but these", nil, everywhere},
		"**":                 {"", []string{"**"}, everywhere},
		"/**":                {"", []string{"/**"}, everywhere},
		"*":                  {"", []string{"*"}, everywhere},
		"/*":                 {"", []string{"/*"}, everywhere},
		"**/*":               {"", []string{"**/*"}, everywhere},
		"/":                  {"the root matches no file", []string{"/", "**"}, everywhere},
		"/docs/":             {"", []string{"/docs/"}, docs},
		"docs":               {"", []string{"docs"}, docs},
		"/docs/**":           {"", []string{"/docs/**"}, docs},
		"/docs/*":            {"", []string{"/docs/*"}, docs},
		"several":            {"", []string{"/docs/", "*", "**", "/index.html"}, everywhere},
		"wildcard CODEOWNER": {"it is no name", []string{"/CODEOWNER?", "/docs/CODE*", "**/CODEOWNERS", "*CODEOWNERS"}, append([]string{".github/CODEOWNERS"}, everywhere[6:]...)},
		"wildcard .github":   {"it is no name", []string{"/.git*/", "/.github*/", "**/.github/", "/?github/", "**/workflows/"}, everywhere[:6]},
		"another name":       {"each is given by its own", []string{"/CODEOWNERS"}, append(slices.Clone(docs), everywhere[:6]...)},
		"one workflow":       {"not the folder, and not its neighbours", []string{"**", "/.github/workflows/ci.yml"}, []string{"/.github/", "/.github/workflows/", ".github/CODEOWNERS", "/CODEOWNERS", "docs/CODEOWNERS"}},
		"CODEOWNERS' folder": {"", []string{"**", "/.github/CODEOWNERS"}, []string{"/.github/", "/.github/workflows/ci.yml", "/CODEOWNERS"}},
	}
	for name, test := range tests {
		manifests := site(test.granted...)
		set, _ := load(t, manifests)
		without := seen(t, pass(t, apply(set).Set), "")
		for _, claim := range test.claims {
			t.Run(name+"/"+claim, func(t *testing.T) {
				set, _ := load(t, manifests+"---\n"+paths("evil", "acme/site", "'"+claim+"'"))
				granted := apply(set)
				outcome := pass(t, granted.Set)
				if diff := cmp.Diff(without, seen(t, outcome, "evil/x")); diff != "" {
					t.Errorf("%s: something has changed for others (-without +with):\n%s", test.reason, diff)
				}
				area := areaOf(t, outcome, "evil/x")
				if got := filesOf(outcome, "acme/site", "evil/x"); got != nil || area.State != ownership.Unknown || declared(area) != nil {
					t.Errorf("%s: it has %v, is %s, and declares %v", test.reason, got, area.State, declared(area))
				}
				for _, part := range []string{"ScopeDenied: evil/x claims ", `which no grant to the namespace "evil" gives`, "CODEOWNERS files and .github/ are given by their own names only"} {
					if !strings.Contains(area.Stalled, part) {
						t.Errorf("%s: %q does not say %q", test.reason, area.Stalled, part)
					}
				}
			})
		}
	}
}

// What a grant names is given, to who names it likewise; who claims all that is granted gets all but these.
func TestSensitiveIsGivenByName(t *testing.T) {
	tests := map[string]struct {
		reason  string
		granted []string
		claims  []string
		want    []string
	}{
		".github/":                {"", []string{"/.github/"}, []string{"/.github/"}, []string{".github/CODEOWNERS", ".github/workflows/ci.yml"}},
		"unanchored":              {"paths are from the root", []string{".github/"}, []string{".github/"}, []string{".github/CODEOWNERS", ".github/workflows/ci.yml"}},
		"below .github/":          {"", []string{"/.github/"}, []string{"/.github/workflows/"}, []string{".github/workflows/ci.yml"}},
		"CODEOWNERS in .github/":  {"", []string{"/.github/"}, []string{".github/CODEOWNERS"}, []string{".github/CODEOWNERS"}},
		"one workflow":            {"", []string{"/.github/workflows/ci.yml"}, []string{"/.github/workflows/ci.yml"}, []string{".github/workflows/ci.yml"}},
		"CODEOWNERS":              {"", []string{"CODEOWNERS"}, []string{"/CODEOWNERS"}, []string{"CODEOWNERS"}},
		"docs/CODEOWNERS":         {"", []string{"/docs/CODEOWNERS"}, []string{"docs/CODEOWNERS"}, []string{"docs/CODEOWNERS"}},
		"beside all":              {"the name counts, not the one beside it", []string{"**", "/.github/", "/CODEOWNERS"}, []string{"/CODEOWNERS", "/.github/"}, []string{".github/CODEOWNERS", ".github/workflows/ci.yml", "CODEOWNERS"}},
		"all is claimed":          {"an Area must name them likewise", []string{"**", "/.github/", "/CODEOWNERS", "/docs/CODEOWNERS"}, []string{"**"}, []string{"docs/a.md", "index.html"}},
		"docs/ is claimed":        {"", []string{"/docs/", "/docs/CODEOWNERS"}, []string{"/docs/"}, []string{"docs/a.md"}},
		"docs/ with its own name": {"", []string{"/docs/", "/docs/CODEOWNERS"}, []string{"/docs/", "/docs/CODEOWNERS"}, []string{"docs/CODEOWNERS", "docs/a.md"}},
		"docs/ alone":             {"what is not sensitive is given", []string{"/docs/"}, []string{"/docs/"}, []string{"docs/a.md"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			alone := withoutArea(t, withoutArea(t, site(test.granted...), "workflows"), "site") // whose claims would tie with these
			set := mustLoad(t, alone+"---\n"+area("evil", fmt.Sprintf(`{scope: {repositories: [{name: acme/site, paths: ["%s"]}]}}`, strings.Join(test.claims, `", "`))))
			granted := apply(set)
			if len(granted.Problems) > 0 {
				t.Errorf("%s: %v", test.reason, granted.Problems)
			}
			outcome := pass(t, granted.Set)
			if diff := cmp.Diff(test.want, filesOf(outcome, "acme/site", "evil/x")); diff != "" {
				t.Errorf("%s: its files (-want +got):\n%s", test.reason, diff)
			}
			if stalled := areaOf(t, outcome, "evil/x").Stalled; stalled != "" {
				t.Errorf("%s: %s", test.reason, stalled)
			}
		})
	}
}

// withoutArea is the organisation without one of its areas.
func withoutArea(t *testing.T, organisation, name string) string {
	t.Helper()
	documents := strings.Split(organisation, "\n---\n")
	left := slices.DeleteFunc(slices.Clone(documents), func(document string) bool {
		return strings.HasPrefix(document, "kind: Area\nmetadata: {name: "+name+", ")
	})
	if len(left) != len(documents)-1 {
		t.Fatalf("the organisation has no area %s", name)
	}
	return strings.Join(left, "\n---\n")
}
