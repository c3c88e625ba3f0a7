package snapshot

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
)

func TestPatterns(t *testing.T) {
	for name, test := range map[string]struct {
		reason string
		scopes []string
		want   []string
	}{
		"whole repository":   {"it is claimed by a rule for everything", []string{"acme/shop"}, []string{"*"}},
		"least specific":     {"the order is that in which claims win", []string{"acme/shop:api/v2,*.md,api/"}, []string{"/*.md", "/api/", "/api/v2"}},
		"twice":              {"each pattern once", []string{"Acme/Shop:api,/api"}, []string{"/api"}},
		"invalid":            {"what claims nothing is left out", []string{"acme/shop:[a],api"}, []string{"/api"}},
		"another repository": {"other repositories play no part", []string{"acme/other:api"}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := build([]manifest.Object[v1alpha1.Area]{declareArea("a", "", test.scopes...)}, gitSource("git", "", "api/a", "b"))
			mustDiff(t, test.reason, cmp.Diff(test.want, s.Areas[0].Patterns("acme/shop")))
		})
	}
}

func TestSpecificity(t *testing.T) {
	for pattern, want := range map[string][2]int{
		"*": {0, 0}, "/api": {1, 3}, "/api/": {1, 3}, "/api/*.go": {1, 7}, "/api/v2": {2, 6}, "/**/c": {0, 2},
	} {
		if segments, characters := Specificity(pattern); [2]int{segments, characters} != want {
			t.Errorf("%s: got %d, %d, want %v", pattern, segments, characters, want)
		}
	}
}

func TestAreaOfAFile(t *testing.T) {
	s := build([]manifest.Object[v1alpha1.Area]{declareArea("a", "", "acme/shop:api")}, gitSource("git", "", "api/a", "b"))
	repository := s.Repository("acme/shop")
	if area := repository.Area(0); area == nil || area.Name != "a" {
		t.Errorf("api/a is claimed by %v, want a", area)
	}
	if area := repository.Area(1); area != nil {
		t.Errorf("b is claimed by %v, want nobody", area.ID)
	}
}
