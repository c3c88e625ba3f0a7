package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const library = "../../../policies"

// TestPagesAreFresh fails where a page is not what the generator would write.
func TestPagesAreFresh(t *testing.T) {
	pages, err := render(os.DirFS(library))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(library, filepath.FromSlash(name)))
		if err != nil {
			t.Errorf("%v; run go generate ./policies", err)
			continue
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("policies/%s is stale; run go generate ./policies (-want +got):\n%s", name, diff)
		}
	}
}

const policy = `# METADATA
# title: Nothing is wrong
# custom: {severity: low}
package remit.policies.sample

parameters := {
	# How many a|b
	# may be.
	"max": 1,
}

# METADATA
# title: Wrong
# description: It is.
# custom: {key: wrong}
deny contains {"key": "wrong", "message": "It is."}
`

const oneCase = `wrong-always:
  description: Always.
  parameters: {max: 2}
  input: {area: {id: a/b}}
  want: [{rule: deny, key: wrong, message: "* is wrong."}]
`

func TestRender(t *testing.T) {
	pages, err := render(fstest.MapFS{
		"sample/policy.rego":     {Data: []byte(policy)},
		"sample/cases/case.yaml": {Data: []byte(oneCase)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"**Nothing is wrong.**", "each area, with severity **low**", "| deny | `wrong` | **Wrong.** It is. |",
		"| `max` | `1` | How many a\\|b may be. |", "### Wrong always\n\nAlways.\n\n```yaml\nparameters: {max: 2}\ninput: {area: {id: a/b}}\n```",
		"  library: sample\n  parameters: {max: 2}\n```",
		"| deny | `wrong` | `* is wrong.` |",
	} {
		if !strings.Contains(pages["sample/README.md"], want) {
			t.Errorf("the page has no %q:\n%s", want, pages["sample/README.md"])
		}
	}
	if !strings.Contains(pages["README.md"], "| [sample](sample/README.md) | Nothing is wrong | area | low |") {
		t.Errorf("the index does not list the policy:\n%s", pages["README.md"])
	}
}

func TestRenderErrors(t *testing.T) {
	cases := map[string]struct {
		reason string
		files  fstest.MapFS
		want   string
	}{
		"no case": {
			reason: "a policy without examples cannot be understood",
			files:  fstest.MapFS{"sample/policy.rego": {Data: []byte(policy)}},
			want:   "there is no case",
		},
		"bad case": {
			reason: "an error names the file",
			files: fstest.MapFS{
				"sample/policy.rego":     {Data: []byte(policy)},
				"sample/cases/case.yaml": {Data: []byte("a: {inputs: {}}")},
			},
			want: "sample/cases/case.yaml",
		},
		"bad policy": {
			reason: "an error has OPA's line",
			files:  fstest.MapFS{"sample/policy.rego": {Data: []byte("package a\n\ndeny if")}},
			want:   "sample/policy.rego:3",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := render(c.files); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: want an error with %q, got %v", c.reason, c.want, err)
			}
		})
	}
}
