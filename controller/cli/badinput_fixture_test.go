package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// bench is an organisation in a folder, ready for something bad:
//
//	checkouts/good, checkouts/bad   repositories acme/good and acme/bad, each with an owner for every file
//	manifests/good.yaml, bad.yaml   an area for each
//	manifests/sources.yaml          a git and a people source
//	manifests/witness.yaml          a policy that says of each area that it was judged
//	manifests/holder.yaml           accountable-holder of the library, which denies
//	staff.yaml                      the people
type bench struct {
	t    *testing.T
	root string
}

const (
	header = "apiVersion: remit.dev/v1alpha1\nkind: "
	staff  = `organization: acme
people:
- {id: ada}
- {id: bob}
teams:
- {id: good, members: [ada]}
- {id: bad, members: [bob]}
`
)

func newBench(t *testing.T) bench {
	t.Helper()
	b := bench{t, t.TempDir()}
	write(t, b.root, map[string]string{
		"staff.yaml": staff,
		"manifests/sources.yaml": header + "OwnershipSource\nmetadata: {name: checkouts}\nspec:\n  git:\n    path: ../checkouts\n---\n" +
			header + "OwnershipSource\nmetadata: {name: staff}\nspec:\n  people:\n    path: ../staff.yaml\n",
		"manifests/good.yaml":    areaManifest("good", ""),
		"manifests/bad.yaml":     areaManifest("bad", ""),
		"manifests/witness.yaml": policyManifest("witness", "", `warn contains {"key": "seen", "message": sprintf("%s was judged", [input.area.id])}`),
		"manifests/holder.yaml":  header + "ResponsibilityPolicy\nmetadata: {name: holder}\nspec: {library: accountable-holder}\n",
	})
	b.repository("good", nil)
	b.repository("bad", nil)
	return b
}

func areaManifest(name, more string) string {
	return header + "Area\nmetadata: {name: " + name + "}\nspec:\n" +
		"  scope: {repositories: [{name: acme/" + name + "}]}\n" +
		"  roles: [{role: accountable, holders: [\"team:acme/" + name + "\"]}]\n" + more
}

// policyManifest is a policy whose rules begin on line 11 of the manifest.
func policyManifest(name, match, rules string) string {
	text := "# METADATA\n# title: " + name + "\n# custom: {severity: info}\npackage remit.policies." + name + "\n\n" + rules
	return header + "ResponsibilityPolicy\nmetadata: {name: " + name + "}\nspec:\n  match: {" + match + "}\n  rego: |\n    " +
		strings.ReplaceAll(text, "\n", "\n    ") + "\n"
}

func (b bench) path(name string) string { return filepath.Join(b.root, filepath.FromSlash(name)) }

// shown replaces the folder of the test in a text.
func (b bench) shown(text string) string { return strings.ReplaceAll(text, b.root, "ROOT") }

func (b bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b bench) write(name, text string) {
	b.t.Helper()
	write(b.t, b.root, map[string]string{name: text})
}

func (b bench) remove(name string) { b.t.Helper(); b.must(os.RemoveAll(b.path(name))) }

func (b bench) link(target, name string) { b.t.Helper(); b.must(os.Symlink(target, b.path(name))) }

// empty makes a repository without a commit in the place of the one of that name.
func (b bench) empty(name string) *gogit.Repository {
	b.t.Helper()
	b.remove("checkouts/" + name)
	r, err := gogit.PlainInit(b.path("checkouts/"+name), false)
	b.must(err)
	_, err = r.CreateRemote(&config.RemoteConfig{Name: "origin", URLs: []string{"https://git.example/acme/" + name + ".git"}})
	b.must(err)
	return r
}

// repository makes a repository of two files, all owned, or with others in their place or beside them.
func (b bench) repository(name string, files map[string]string) *gogit.Repository {
	b.t.Helper()
	r := b.empty(name)
	write(b.t, b.path("checkouts/"+name), map[string]string{"CODEOWNERS": "/CODEOWNERS @acme/" + name + "\n/a/ @acme/" + name + "\n", "a/a.go": "\n"})
	write(b.t, b.path("checkouts/"+name), files)
	b.commit(r, "Ada")
	return r
}

func (b bench) commit(r *gogit.Repository, author string) {
	b.t.Helper()
	tree, err := r.Worktree()
	b.must(err)
	b.must(tree.AddGlob("."))
	signature := &object.Signature{Name: author, Email: "ada@acme.example", When: monday.AddDate(0, 0, -7)}
	_, err = tree.Commit("work", &gogit.CommitOptions{Author: signature})
	b.must(err)
}

// watchHeap samples how far the heap grows until the function it gives is called, which says it in bytes.
func watchHeap() (grown func() uint64) {
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var peak atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			peak.Store(max(peak.Load(), now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc)))
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-stopped
		return peak.Load()
	}
}
