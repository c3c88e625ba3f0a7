package standalone

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/internal/unprivileged"
	"github.com/remit-dev/remit/controller/ownership"
)

// What a manifest declares that cannot be read is unknown, never unowned; and where its text tells what it can be about, all
// else is judged as ever.
func TestManifestsThatCannotBeRead(t *testing.T) {
	area := func(name string) string {
		return "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: " + name + ", namespace: acme}\nspec:\n" +
			"  scope: {repositories: [{name: acme/" + name + "}]}\n  roles: [{role: accountable, holders: [\"team:acme/" + name + "\"]}]\n"
	}
	const others = `apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: answers}
spec:
  library: accountable-holder
  match: {tiers: [critical]}
  exemptions: [{subject: acme/tools, owner: "user:ann", reason: later, expires: "2999-01-01T00:00:00Z"}]
---
`
	unknown := map[string]ownership.State{"acme/shop": ownership.Unknown, "repository:acme/tools": ownership.Unknown, "repository:acme/web": ownership.Unknown}
	for name, test := range map[string]struct {
		reason string
		tools  string
		deny   string // a file or folder of the manifests that may not be read
		want   map[string]ownership.State
	}{
		"UTF-16": {reason: "it may declare anything", tools: utf16(area("tools")), want: unknown},
		"denied": {reason: "likewise", tools: area("tools"), deny: "sub/tools.yaml", want: unknown},
		"folder": {reason: "likewise", tools: area("tools"), deny: "sub", want: unknown},
		"a slip": {
			reason: "it can claim what stands in its text: that is unknown, and nothing else is",
			tools:  strings.Replace(area("tools"), "}]}", "}}", 1),
			want: map[string]ownership.State{
				"acme/shop": ownership.Owned, "acme/tools": ownership.Unknown, "repository:acme/web": ownership.Partial,
			},
		},
		"a tab": {
			reason: "likewise", tools: strings.Replace(area("tools"), "  scope", "\tscope", 1),
			want: map[string]ownership.State{
				"acme/shop": ownership.Owned, "acme/tools": ownership.Unknown, "repository:acme/web": ownership.Partial,
			},
		},
		"a slip and an escape": {
			reason: "its text does not tell what it claims: that may be all that nobody else does, and parts of what its own namespace claims",
			tools:  strings.Replace(area("tools"), `"team:acme/tools"]`, `"team:acme/\x74ools"`, 1),
			want: map[string]ownership.State{
				"acme/shop": ownership.Unknown, "acme/tools": ownership.Unknown, "repository:acme/tools": ownership.Unknown,
				"repository:acme/web": ownership.Unknown,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if test.deny != "" && unprivileged.Rerun(t) {
				return
			}
			files := map[string]string{"all.yaml": others + area("shop"), "sub/tools.yaml": test.tools}
			for _, name := range []string{"shop", "tools", "web"} {
				path := newCheckout(t, name, map[string]string{"CODEOWNERS": "* @acme/" + name + "\n"})
				files["source-"+name+".yaml"] = "apiVersion: remit.dev/v1alpha1\nkind: OwnershipSource\nmetadata: {name: " + name +
					"}\nspec: {git: {path: \"" + path + "\", discover: true}}\n"
			}
			own := newManifests(t, files)
			if test.deny != "" {
				deny(t, filepath.Join(own, filepath.FromSlash(test.deny)))
			}
			result := checkNow(t, newChecker(t, Settings{Manifests: own}))
			if diff := cmp.Diff(test.want, states(result)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			errors := 0
			for _, problem := range result.Problems {
				if !problem.Warning {
					errors++
				} else if strings.Contains(problem.Message, "exempts nothing") || strings.Contains(problem.Message, "matches no area") {
					t.Errorf("that cannot be known: %v", problem)
				}
			}
			if errors != 1 {
				t.Errorf("%d errors, of one fault: %v", errors, result.Problems)
			}
		})
	}
}

func utf16(text string) string {
	encoded := "\xff\xfe"
	for _, c := range []byte(text) {
		encoded += string([]byte{c, 0})
	}
	return encoded
}

// deny takes the right to read from whoever runs the test.
func deny(t *testing.T, path string) {
	t.Helper()
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(path, 0o700) })
	if file, err := os.Open(path); err == nil {
		_ = file.Close()
		t.Fatal("who runs this may read everything")
	}
}
