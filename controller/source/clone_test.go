package source

import (
	"slices"
	"testing"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

const shopURL = "https://git.acme.example/acme/shop.git"

func TestByURL(t *testing.T) {
	tests := map[string]struct {
		reason string
		spec   v1alpha1.OwnershipSourceSpec
		kind   ownership.SourceKind
	}{
		"git":       {"it names an address", v1alpha1.OwnershipSourceSpec{Git: &v1alpha1.GitSource{URL: shopURL}}, ownership.SourceGit},
		"catalog":   {"so does a catalog", v1alpha1.OwnershipSourceSpec{Catalog: &v1alpha1.CatalogSource{URL: shopURL}}, ownership.SourceCatalog},
		"checkouts": {"a path is none", v1alpha1.OwnershipSourceSpec{Git: &v1alpha1.GitSource{Path: "."}}, ""},
		"people":    {"nor has another kind one", v1alpha1.OwnershipSourceSpec{People: &v1alpha1.PeopleSource{}}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			made, has := ByURL("shop", &test.spec, Cloning{Folder: t.TempDir(), Turns: make(chan struct{}, MaxClones)})
			if has != (test.kind != "") {
				t.Fatalf("%s: a source is made: %v", test.reason, has)
			}
			if has && (made.Kind() != test.kind || made.Name() != "shop") {
				t.Errorf("%s: it is %s, of kind %s", test.reason, made.Name(), made.Kind())
			}
		})
	}
}

// A catalog that shares a clone with a git source must not have its log fetched away, nor fetch one that nobody reads.
func TestHistoryDays(t *testing.T) {
	days := func(n int32) *int32 { return &n }
	git := func(url string, n *int32, change func(*v1alpha1.OwnershipSourceSpec)) *v1alpha1.OwnershipSourceSpec {
		spec := &v1alpha1.OwnershipSourceSpec{Git: &v1alpha1.GitSource{URL: url, HistoryDays: n}}
		if change != nil {
			change(spec)
		}
		return spec
	}
	catalog := &v1alpha1.OwnershipSourceSpec{Catalog: &v1alpha1.CatalogSource{URL: shopURL}}
	secret := func(spec *v1alpha1.OwnershipSourceSpec) {
		spec.Credentials = &v1alpha1.SourceCredentials{Read: v1alpha1.SecretKey{Name: "token"}}
	}
	tests := map[string]struct {
		reason string
		spec   *v1alpha1.OwnershipSourceSpec
		others []*v1alpha1.OwnershipSourceSpec
		want   *int32
	}{
		"git":            {"it says so itself", git(shopURL, days(30), nil), []*v1alpha1.OwnershipSourceSpec{git(shopURL, days(60), nil)}, days(30)},
		"git by default": {"nil is the default", git(shopURL, nil, nil), nil, nil},
		"catalog alone":  {"nobody reads the log", catalog, []*v1alpha1.OwnershipSourceSpec{git(shopURL+"x", days(60), nil)}, days(0)},
		"shared":         {"as the git source wants", catalog, []*v1alpha1.OwnershipSourceSpec{git(shopURL+"x", days(60), nil), git(shopURL, days(90), nil)}, days(90)},
		"several":        {"the longest log serves all", catalog, []*v1alpha1.OwnershipSourceSpec{git(shopURL, days(30), nil), git(shopURL, days(90), nil), git(shopURL, days(60), nil)}, days(90)},
		"default beside": {"nil is 180 days", catalog, []*v1alpha1.OwnershipSourceSpec{git(shopURL, days(30), nil), git(shopURL, nil, nil), git(shopURL, days(60), nil)}, nil},
		"suspended":      {"it is not read", catalog, []*v1alpha1.OwnershipSourceSpec{git(shopURL, days(90), func(s *v1alpha1.OwnershipSourceSpec) { s.Suspend = true })}, days(0)},
		"another Secret": {"it has a clone of its own", catalog, []*v1alpha1.OwnershipSourceSpec{git(shopURL, days(90), secret)}, days(0)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := HistoryDays(test.spec, slices.Values(test.others))
			if (got == nil) != (test.want == nil) || got != nil && *got != *test.want {
				t.Errorf("%s: got %v", test.reason, got)
			}
		})
	}
}
