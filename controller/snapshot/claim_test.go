package snapshot

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
)

func TestClaims(t *testing.T) {
	files := []string{"api/a.go", "api/a_test.go", "api/v2/b.go", "docs/x.md", "main.go"}
	type areas = []manifest.Object[v1alpha1.Area]
	for name, test := range map[string]struct {
		reason string
		areas  areas
		want   string // each area's number of files, and why it is stalled
	}{
		"one":            {"it gets the whole repository", areas{declareArea("a", "", "acme/shop")}, "a 5/0/0/5"},
		"case":           {"GitHub compares names of repositories without regard to case", areas{declareArea("a", "", "Acme/Shop")}, "a 5/0/0/5"},
		"folder":         {"a folder is more specific than the repository", areas{declareArea("a", "", "acme/shop"), declareArea("b", "", "acme/shop:api")}, "a 2/0/0/2\nb 3/0/0/3"},
		"deeper":         {"the deeper folder wins", areas{declareArea("a", "", "acme/shop:api/"), declareArea("b", "", "acme/shop:api/v2")}, "a 2/0/0/2\nb 1/0/0/1"},
		"wildcard":       {"more literal characters win", areas{declareArea("a", "", "acme/shop:api/*.go"), declareArea("b", "", "acme/shop:api/*_test.go")}, "a 1/0/0/1\nb 1/0/0/1"},
		"order":          {"the order of the manifests plays no part", areas{declareArea("b", "", "acme/shop:api"), declareArea("a", "", "acme/shop")}, "a 2/0/0/2\nb 3/0/0/3"},
		"slashes":        {"api, /api and /api/ are one pattern", areas{declareArea("a", "", "acme/shop:api"), declareArea("b", "", "acme/shop:/api/")}, "a 0/0/0/0 ScopeConflict\nb 0/0/0/0 ScopeConflict"},
		"tie":            {"nobody gets the files, and both are stalled", areas{declareArea("a", "", "acme/shop:api"), declareArea("b", "", "acme/shop:api")}, "a 0/0/0/0 ScopeConflict\nb 0/0/0/0 ScopeConflict"},
		"in part":        {"the files of one area alone stay its own", areas{declareArea("a", "", "acme/shop:api,docs"), declareArea("b", "", "acme/shop:api")}, "a 1/0/0/1 ScopeConflict\nb 0/0/0/0 ScopeConflict"},
		"three":          {"the third is stalled too", areas{declareArea("a", "", "acme/shop:api"), declareArea("b", "", "acme/shop:api"), declareArea("c", "", "acme/shop:api")}, "a 0/0/0/0 ScopeConflict\nb 0/0/0/0 ScopeConflict\nc 0/0/0/0 ScopeConflict"},
		"child":          {"an area below the other is the more specific", areas{declareArea("a", "", "acme/shop"), declareArea("b", "a", "acme/shop")}, "a 0/0/0/0\nb 5/0/0/5"},
		"two children":   {"each is below the parent, neither below the other", areas{declareArea("a", "", "acme/shop"), declareArea("b", "a", "acme/shop"), declareArea("c", "a", "acme/shop")}, "a 0/0/0/0 ScopeConflict\nb 0/0/0/0 ScopeConflict\nc 0/0/0/0 ScopeConflict"},
		"child of a tie": {"it is below both of those that tie", areas{declareArea("a", "", "acme/shop"), declareArea("b", "a", "acme/shop"), declareArea("c", "b", "acme/shop")}, "a 0/0/0/0\nb 0/0/0/0\nc 5/0/0/5"},
		"overlap":        {"two patterns, each with files of its own", areas{declareArea("a", "", "acme/shop:api/a*"), declareArea("b", "", "acme/shop:api/*o"), declareArea("c", "", "acme/shop:main*")}, "a 0/0/0/0 ScopeConflict\nb 0/0/0/0 ScopeConflict\nc 1/0/0/1"},
		"grandchild":     {"at any depth", areas{declareArea("a", "", "acme/shop"), declareArea("b", "a"), declareArea("c", "b", "acme/shop")}, "a 0/0/0/0\nb 0/0/0/0\nc 5/0/0/5"},
		"twice itself":   {"an area does not contradict itself", areas{declareArea("a", "", "acme/shop:api,api/")}, "a 3/0/0/3"},
		"bad pattern":    {"it names what is wrong", areas{declareArea("a", "", "acme/shop:[a]")}, "a 0/0/0/0 InvalidPath"},
		"not seen":       {"the repository may exist all the same", areas{declareArea("a", "", "acme/other")}, "a 0/0/0/0 ScopeNotFound"},
		"duty":           {"an area may have no code", areas{declareArea("a", "")}, "a 0/0/0/0"},
	} {
		t.Run(name, func(t *testing.T) {
			s := build(test.areas, gitSource("git", "", files...))
			mustDiff(t, test.reason, cmp.Diff(test.want, summary(s)))
		})
	}
}

func TestUnclaimedFilesAreCounted(t *testing.T) {
	s := build([]manifest.Object[v1alpha1.Area]{declareArea("a", "", "acme/shop:api")}, gitSource("git", "", "api/a", "b", "c"))
	if got := s.Repository("acme/shop").Unclaimed; got != 2 {
		t.Errorf("unclaimed: %d, want 2", got)
	}
}

func TestSuspendedAreaKeepsItsFiles(t *testing.T) {
	suspended := declareArea("b", "", "acme/shop:api")
	suspended.Value.Spec.Suspend = true
	s := build([]manifest.Object[v1alpha1.Area]{declareArea("a", "", "acme/shop"), suspended}, gitSource("git", "", "api/a", "b"))
	mustDiff(t, "it is not judged, but what is its is not the other's", cmp.Diff("a 1/0/0/1", summary(s)))
}
