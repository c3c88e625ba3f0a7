package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"

	"github.com/remit-dev/remit/controller/suggest"
)

// staffSource names people and teams in a file beside the manifests.
const staffSource = `apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: people}
spec:
  people: {format: remit, path: people.yaml.txt}
`

const staffList = `people:
  - {id: ada, emails: [ada@acme.example]}
  - {id: bob, emails: [bob@acme.example]}
  - {id: gone, emails: [gone@acme.example], ends: "2026-01-31"}
teams:
  - {id: acme/search, members: [bob, gone]}
`

// searched is a shop in which several people worked on the search, whose files have no owner.
func searched(t *testing.T) (root string) {
	t.Helper()
	root = newCheckout(t, "shop", shop())
	work(t, root, "Gone", "gone@acme.example", 6, map[string]string{"services/search/rank.go": "package search\n", "services/search/rank_test.go": "package search\n"})
	work(t, root, "helper[bot]", "1+helper[bot]@users.noreply.github.com", 5, map[string]string{"services/search/index.go": "package search // 1\n"})
	work(t, root, "Bob", "7+bob@users.noreply.github.com", 4, map[string]string{"services/search/query.go": "package search\n"})
	work(t, root, "Ada", "ada@acme.example", 3, map[string]string{"services/search/index.go": "package search // 2\n"})
	return root
}

func TestSuggestCheckout(t *testing.T) {
	t.Chdir(searched(t))
	got := call(t, "", "suggest")
	if got.code != ExitClean || got.err != "" {
		t.Errorf("code %d, %s", got.code, got.err)
	}
	golden(t, "suggest_checkout.txt", got.out)
	if wide := callOn(t, &terminal{width: 80}, "", "suggest", "."); !strings.Contains(wide.out, "\x1b[") {
		t.Error("a terminal gets colours")
	}
}

func TestSuggestPaths(t *testing.T) {
	root := searched(t)
	t.Chdir(root)
	tests := map[string]struct {
		reason, path string
		want, not    string
	}{
		"a folder":         {"who worked below it", "services/search", "user:bob", "user:nobody"},
		"an owned folder":  {"is answered for too", "services/pay/", "user:ada@acme.example", "user:bob"},
		"a file":           {"who worked on it", "services/search/query.go", "user:bob", "user:ada"},
		"an absolute path": {"is as good", filepath.Join(root, "services", "search", "query.go"), "user:bob", "user:ada"},
		"an empty folder":  {"has no files to tell by", ".git/refs", "", "user:bob@"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := call(t, "", "suggest", test.path)
			if got.code != ExitClean || !strings.Contains(got.out, test.want) || strings.Contains(got.out, test.not) {
				t.Errorf("%s: code %d\n%s%s", test.reason, got.code, got.out, got.err)
			}
		})
	}
}

func TestSuggestManifests(t *testing.T) {
	root := searched(t)
	manifests := organisation(root)
	manifests["staff.yaml"], manifests["people.yaml.txt"] = staffSource, staffList
	manifests["search.yaml"] = `apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: search, namespace: shop}
spec:
  scope:
    repositories:
      - {name: acme/shop, paths: ["/services/search/"]}
`
	folder := newManifests(t, manifests)
	got := call(t, "", "suggest", "--manifests", folder, "search")
	golden(t, "suggest_area.txt", strings.ReplaceAll(got.out, folder, "FOLDER"))
	if got.code != ExitClean || got.err != "" {
		t.Errorf("code %d: %s", got.code, got.err)
	}
	var report struct {
		At     time.Time
		Places []suggest.Advice
	}
	whole := call(t, "", "suggest", "-m", folder, "-o", "json")
	if err := json.Unmarshal([]byte(whole.out), &report); err != nil {
		t.Fatalf("%v:\n%s", err, whole.out)
	}
	if len(report.Places) != 2 || report.Places[0].Area != "shop/search" || report.Places[0].Teams[0].Holder != "team:acme/search" || !report.At.Equal(monday) {
		t.Errorf("%+v", report)
	}
}

func TestSuggestRefuses(t *testing.T) {
	root := searched(t)
	folder := newManifests(t, organisation(root))
	broken := newManifests(t, map[string]string{"a.yaml": organisation(root)["areas.yaml"] + "  rols: []\n", "sources.yaml": organisation(root)["sources.yaml"]})
	for name, test := range map[string]struct {
		reason    string
		arguments []string
		want      string
	}{
		"no such area":   {"the name is wrong", []string{"--manifests", folder, "shop/paymnts"}, "there is no area \"shop/paymnts\"; did you mean `shop/payments`?"},
		"no checkout":    {"there is no repository", []string{t.TempDir()}, "name a folder in a git checkout"},
		"broken input":   {"it answers, but not for everything", []string{"--manifests", broken}, "the answer rests on what could be read, and may not be whole"},
		"unknown format": {"a table or JSON", []string{"--output", "sarif", root}, "want table or json"},
	} {
		t.Run(name, func(t *testing.T) {
			got := call(t, "", append([]string{"suggest"}, test.arguments...)...)
			if got.code != ExitIncomplete || !strings.Contains(got.err, test.want) {
				t.Errorf("%s: code %d, %s", test.reason, got.code, got.err)
			}
		})
	}
}

// A shallow clone says that it is one, and that commits are missing.
func TestSuggestShallow(t *testing.T) {
	root := searched(t)
	repository, err := gogit.PlainOpen(root)
	if err != nil {
		t.Fatal(err)
	}
	head, err := repository.Head()
	if err != nil {
		t.Fatal(err)
	}
	if err := repository.Storer.SetShallow([]plumbing.Hash{head.Hash()}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, ".git", "shallow")); err != nil {
		t.Fatal(err)
	}
	got := call(t, "", "suggest", root)
	if got.code != ExitClean || !strings.Contains(got.out, "git fetch --unshallow") || strings.Contains(got.out, "user:") {
		t.Errorf("code %d:\n%s%s", got.code, got.out, got.err)
	}
}
