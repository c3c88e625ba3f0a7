package standalone

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// problems gives the messages of all warnings and of all errors.
func problems(result *ownership.Result) (warned, errored []string) {
	for _, problem := range result.Problems {
		if problem.Warning {
			warned = append(warned, problem.Message)
		} else {
			errored = append(errored, problem.Message)
		}
	}
	return warned, errored
}

// A checkout without a remote, which a source names after its folder, is given by its path, by a folder in it or by
// a link: it is the repository that the source means.
func TestGivenTakesTheNameOfItsFolder(t *testing.T) {
	root := newCheckout(t, "shop", with(shop(), "CODEOWNERS", "/README.md @acme/docs\n"))
	if err := os.WriteFile(filepath.Join(root, ".git", "config"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, root, map[string]string{"CODEOWNERS": "/pay/ @acme/payments\n"}) // on disk, and in no commit
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(root, link); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ reason, source, path string }{
		"folder of checkouts": {"named after its folder", `{path: "` + filepath.Dir(root) + `", organization: acme}`, root},
		"one checkout":        {"named by the source", `{path: "` + root + `", repository: acme/shop}`, root},
		"inside":              {"a folder in it", `{path: "` + filepath.Dir(root) + `", organization: acme}`, filepath.Join(root, "pay")},
		"link given":          {"a link to it", `{path: "` + filepath.Dir(root) + `", organization: acme}`, link},
		"link in the source":  {"a source that goes through a link", `{path: "` + link + `", repository: acme/shop}`, root},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			files := organisation("")
			files["sources.yaml"] = strings.Replace(files["sources.yaml"], `{path: ""}`, test.source, 1)
			result := checkNow(t, newChecker(t, Settings{Manifests: newManifests(t, files), Checkouts: []string{test.path}}))
			if diff := cmp.Diff(map[string]ownership.State{"shop/payments": ownership.Owned}, states(result)); diff != "" {
				t.Errorf("%s (-want +got):\n%s\n%v", test.reason, diff, result.Problems)
			}
			if len(result.Problems) != 0 {
				t.Errorf("%s: %v", test.reason, result.Problems)
			}
		})
	}
}

func TestStrangersAreWarnedOf(t *testing.T) {
	known := newCheckout(t, "shop", shop())
	nameless := newCheckout(t, "elsewhere", shop())
	if err := os.WriteFile(filepath.Join(nameless, ".git", "config"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	files := organisation(known)
	policiesOnly := map[string]string{"policies.yaml": files["policies/own.yaml"]}
	tests := map[string]struct {
		reason    string
		manifests map[string]string
		checkout  string
		want      string
	}{
		"stranger":      {"nothing in the manifests is about it", files, nameless, "this checkout is called local/elsewhere; no Area claims it"},
		"seen":          {"a source sees a repository of the name", files, newCheckout(t, "shop", shop()), ""},
		"claimed":       {"an area claims it, though no source sees it", with(files, "sources.yaml", ""), known, ""},
		"policies only": {"policies to judge just this checkout by", policiesOnly, nameless, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result := checkNow(t, newChecker(t, Settings{Manifests: newManifests(t, test.manifests), Checkouts: []string{test.checkout}}))
			warned, errored := problems(result)
			found := slices.ContainsFunc(warned, func(message string) bool { return strings.Contains(message, "this checkout is called") })
			if found != (test.want != "") || !strings.Contains(strings.Join(warned, "\n"), test.want) || len(errored) != 0 {
				t.Errorf("%s: want %q; warnings %q, errors %q", test.reason, test.want, warned, errored)
			}
		})
	}
}

func TestNothingToJudge(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	files := organisation(root)
	sources, areas := files["sources.yaml"], files["areas.yaml"]
	tests := map[string]struct {
		reason    string
		manifests map[string]string
		file      string
		refused   string
		warning   string
	}{
		"empty":     {"an empty folder", nil, "", "there is no manifest in", ""},
		"others":    {"a folder of other YAML", map[string]string{"people.yaml": "people: []\n", "README.md": "# Hello\n"}, "", "there is no manifest in", ""},
		"sources":   {"sources alone", map[string]string{"sources.yaml": sources}, "", "", "declare no Area"},
		"discovers": {"a source that makes areas", map[string]string{"sources.yaml": strings.Replace(sources, "git: {", "git: {discover: true, ", 1)}, "", "", ""},
		"broken":    {"what is broken is reported as that", map[string]string{"areas.yaml": "a: [\n"}, "", "", ""},
		"invalid":   {"an Area with an error was declared", map[string]string{"areas.yaml": strings.Replace(areas, "scope:", "scopes:", 1)}, "", "", ""},
		"file":      {"one file does not see the sources beside it", files, "areas.yaml", "", "this file alone is read"},
		"whole":     {"the folder of it", files, "", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			checker, err := New(Settings{Manifests: filepath.Join(newManifests(t, test.manifests), test.file)})
			if test.refused != "" {
				if err == nil || !strings.Contains(err.Error(), test.refused) || !strings.Contains(err.Error(), "--manifests DIR") {
					t.Errorf("%s: want %q and what to do: %v", test.reason, test.refused, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			warned, _ := problems(checkNow(t, checker))
			if test.warning == "" && len(warned) > 0 && name != "broken" || !strings.Contains(strings.Join(warned, "\n"), test.warning) {
				t.Errorf("%s: want %q: %q", test.reason, test.warning, warned)
			}
		})
	}
}

func TestFindCheckoutSaysWhatToDo(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	tests := map[string]struct{ reason, path, want string }{
		"nowhere":             {"a path that is not there", "no/where", "no/where does not exist; name a folder in a git checkout"},
		"folder of checkouts": {"the checkouts are below", filepath.Dir(root), filepath.Dir(root) + " lies in no git repository, but holds checkouts; name the checkouts themselves, such as " + root + ", or make the folder the spec.git.path of an OwnershipSource and use --manifests"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := FindCheckout(test.path); err == nil || err.Error() != test.want {
				t.Errorf("%s: %v\nwant %s", test.reason, err, test.want)
			}
		})
	}
}
