package grant_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Whatever is granted and claimed: a file falls to an Area only if a pattern of a grant to its namespace matches it, by the
// same matcher that decides over code owners; sensitive ones only if that pattern names them.
func TestNoFileWithoutGrant(t *testing.T) {
	files := []string{".github/CODEOWNERS", ".github/workflows/ci.yml", "CODEOWNERS", "a/b/c.go", "a/b/d.go", "a/x.go", "ab/x.go", "b/a/y.go", "docs/CODEOWNERS", "docs/x.md", "z.go"}
	path := rapid.SampledFrom([]string{
		"/a/", "/a/*", "/a/b/", "a", "/a*/", "**", "*", "/*/", "/**/a/", "/a/**/d.go", "/docs/", "/docs/CODEOWNERS", "/CODEOWNERS", "/CODEOWNER?",
		"/.github/", "/.github/workflows/", "/.git*/", "/a/../b/", "//a", "/?/", "/a?/", `/\a/`, "*.go", "/a b/", "**/CODEOWNERS", "/b/",
	})
	repository := rapid.SampledFrom([]string{"acme/shop", "ACME/Shop", "acme/other"})
	rapid.Check(t, func(t *rapid.T) {
		set := &manifest.Set{}
		given := map[string][]v1alpha1.RepositoryGrant{}
		var source manifest.Object[v1alpha1.OwnershipSource]
		for i := range rapid.IntRange(0, 3).Draw(t, "grants") {
			to := rapid.SampledFrom([]string{"pay", "web"}).Draw(t, "to")
			one := v1alpha1.RepositoryGrant{
				Name:  rapid.SampledFrom([]string{"acme/shop", "ACME/S*", "*/*", "acme/oth*"}).Draw(t, "repository"),
				Paths: rapid.SliceOfN(path, 0, 2).Draw(t, "paths"),
			}
			if i == 0 {
				source.Value.Name = "s"
			}
			given[to] = append(given[to], one)
			source.Value.Spec.Grants = append(source.Value.Spec.Grants, v1alpha1.Grant{To: v1alpha1.GrantTo{Namespaces: []string{to}}, Repositories: []v1alpha1.RepositoryGrant{one}})
		}
		set.Sources = append(set.Sources, source)
		for i := range rapid.IntRange(1, 5).Draw(t, "areas") {
			var object manifest.Object[v1alpha1.Area]
			object.Value.Namespace, object.Value.Name = rapid.SampledFrom([]string{"pay", "web", "evil"}).Draw(t, "namespace"), fmt.Sprint("x", i)
			for range rapid.IntRange(1, 2).Draw(t, "scopes") {
				object.Value.Spec.Scope.Repositories = append(object.Value.Spec.Scope.Repositories, v1alpha1.RepositoryScope{
					Name: repository.Draw(t, "claimed"), Paths: rapid.SliceOfN(path, 0, 3).Draw(t, "paths"),
				})
			}
			set.Areas = append(set.Areas, object)
		}
		granted := apply(set)
		known := ownership.Provenance{Source: "git", At: now}
		s := snapshot.Build(snapshot.Input{Now: now, Manifests: granted.Set, Sources: []snapshot.Source{{Name: "git", Kind: ownership.SourceGit, Observation: ownership.Observation{
			Source: "git", Kind: ownership.SourceGit, AllRepositories: true, Repositories: []ownership.Repository{{
				ID: "acme/shop", Provenance: known, Files: ownership.FileList{Paths: files, Provenance: known},
			}},
		}}}})
		found := s.Repository("acme/shop")
		for i, file := range files {
			if area := found.Area(i); area != nil && !mayHave(given[area.Namespace], file) {
				t.Fatalf("%s falls to %s, and what is granted is %v", file, area.ID, given[area.Namespace])
			}
		}
		for _, area := range s.Areas { // an Area that is denied something says so, and leaves nothing unknown to others
			if strings.HasPrefix(area.Stalled, snapshot.ScopeUnknown) || strings.HasPrefix(area.Stalled, snapshot.InvalidPath) {
				t.Fatalf("%s: %s", area.ID, area.Stalled)
			}
		}
	})
}

// mayHave says, in another way than the package does, whether a file of acme/shop is given.
func mayHave(given []v1alpha1.RepositoryGrant, file string) bool {
	for _, one := range given {
		if !map[string]bool{"acme/shop": true, "ACME/S*": true, "*/*": true}[one.Name] {
			continue
		}
		if len(one.Paths) == 0 && !codeowners.IsSensitive(file) {
			return true
		}
		for _, path := range one.Paths {
			text := "/" + strings.TrimPrefix(path, "/")
			named := strings.HasPrefix(text, "/.github/") || text == "/CODEOWNERS" || text == "/docs/CODEOWNERS"
			if codeowners.ValidPattern(text) && (named || !codeowners.IsSensitive(file)) &&
				codeowners.Compile([]codeowners.Rule{{Line: 1, Pattern: text}}).Match(file).Rule == 0 {
				return true
			}
		}
	}
	return false
}

// 10,000 areas of 100 namespaces, each with two paths and two holders; of each hundredth, a path is denied.
func BenchmarkApply(b *testing.B) {
	for _, denied := range []int{0, 100} {
		b.Run(fmt.Sprint("denied=", denied), func(b *testing.B) {
			set := manyAreas(10_000, denied)
			b.ReportAllocs()
			for b.Loop() {
				if granted := apply(set); len(granted.Problems) != denied {
					b.Fatalf("%d problems, want %d: %v", len(granted.Problems), denied, granted.Problems[0])
				}
			}
		})
	}
}

func manyAreas(count, denied int) *manifest.Set {
	set := &manifest.Set{Broken: map[ownership.AreaID]manifest.Broken{}}
	var source manifest.Object[v1alpha1.OwnershipSource]
	source.Value.Name = "s"
	for i := range 100 {
		source.Value.Spec.Grants = append(source.Value.Spec.Grants, v1alpha1.Grant{
			To: v1alpha1.GrantTo{Namespaces: []string{fmt.Sprint("n", i)}}, Holders: []string{fmt.Sprintf("team:acme/t%d-*", i)}, MaxMode: "Propose",
			Repositories: []v1alpha1.RepositoryGrant{{Name: fmt.Sprintf("acme/r%d-*", i)}, {Name: "acme/shop", Paths: []string{fmt.Sprintf("/s%d/", i)}}},
		})
	}
	set.Sources = append(set.Sources, source)
	for i := range count {
		var object manifest.Object[v1alpha1.Area]
		n := i % 100
		object.Value.Namespace, object.Value.Name, object.Value.Spec.Mode = fmt.Sprint("n", n), fmt.Sprint("a", i), "Propose"
		second := fmt.Sprintf("/s%d/%d/*.go", n, i)
		if i < denied {
			second = "/else/"
		}
		object.Value.Spec.Scope.Repositories = []v1alpha1.RepositoryScope{{Name: "acme/shop", Paths: []string{fmt.Sprintf("/s%d/%d/", n, i), second}}}
		holders := []string{fmt.Sprintf("team:acme/t%d-a", n)}
		object.Value.Spec.Roles = []v1alpha1.RoleHolders{{Role: "accountable", Holders: holders}, {Role: "approver", Holders: holders}}
		set.Areas = append(set.Areas, object)
	}
	return set
}
