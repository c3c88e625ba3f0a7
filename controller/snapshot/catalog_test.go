package snapshot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// catalogSource sees one catalog of acme/shop.
func catalogSource(name string, catalog ownership.Catalog) Source {
	catalog.Repository = "acme/shop"
	return Source{Name: name, Kind: ownership.SourceCatalog, Observation: ownership.Observation{
		Source: name, Kind: ownership.SourceCatalog, Catalogs: []ownership.Catalog{catalog},
	}}
}

// component is an entity in a file; an owner is a holder, and "?" makes the owners unknown.
func component(name, file string, owners ...string) ownership.Entity {
	entity := ownership.Entity{Ref: ownership.EntityRef("component:default/" + name), File: file, Line: 1}
	for i, owner := range owners {
		if owner == "?" {
			entity.Unknown = "the owner is no reference"
			continue
		}
		entity.Owners = append(entity.Owners, ownership.EntityOwner{Holder: ownership.Holder(owner), Line: i + 2})
	}
	return entity
}

func tied(area manifest.Object[v1alpha1.Area], entities ...string) manifest.Object[v1alpha1.Area] {
	area.Value.Spec.Scope.Entities = entities
	return area
}

// held writes who is observed in a role: "holder source files/total", with "!" where the source decides.
func held(area *Area, role ownership.Role) []string {
	var texts []string
	for _, o := range area.Observed.Of(role) {
		text := fmt.Sprintf("%s %s %d/%d", o.Holder, o.Source, o.Files, o.Total)
		if o.Authoritative {
			text += " !"
		}
		for _, at := range o.Locations {
			text += " " + strings.TrimPrefix(at.String(), "acme/shop ")
		}
		texts = append(texts, text)
	}
	return texts
}

func TestEntities(t *testing.T) {
	files := []string{"catalog-info.yaml", "main.go", "pay/catalog-info.yaml", "pay/a.go"}
	whole, pay := declareArea("whole", "", "acme/shop"), declareArea("pay", "", "acme/shop:/pay/")
	cases := map[string]struct {
		reason  string
		areas   []manifest.Object[v1alpha1.Area]
		catalog ownership.Catalog
		change  func(*Source)
		// want and unknown are by area.
		want    map[string][]string
		unknown map[string]string
		problem string
	}{
		"ByFolder": {
			reason: "an entity is the area that its file belongs to", areas: []manifest.Object[v1alpha1.Area]{whole, pay},
			catalog: ownership.Catalog{Entities: []ownership.Entity{component("shop", "catalog-info.yaml", "team:acme/web"), component("pay", "pay/catalog-info.yaml", "team:acme/pay")}},
			want:    map[string][]string{"whole": {"team:acme/web c 1/1 ! catalog-info.yaml:2"}, "pay": {"team:acme/pay c 1/1 ! pay/catalog-info.yaml:2"}},
		},
		"Named": {
			reason: "an entity that an area names is that one's alone, and that area takes no other", areas: []manifest.Object[v1alpha1.Area]{tied(whole, "Component:Default/Pay"), pay},
			catalog: ownership.Catalog{Entities: []ownership.Entity{component("shop", "catalog-info.yaml", "team:acme/web"), component("pay", "pay/catalog-info.yaml", "team:acme/pay")}},
			want:    map[string][]string{"whole": {"team:acme/pay c 1/1 ! pay/catalog-info.yaml:2"}},
		},
		"Duty": {
			reason: "an area without files can name one", areas: []manifest.Object[v1alpha1.Area]{tied(declareArea("duty", ""), "component:pay")},
			catalog: ownership.Catalog{Entities: []ownership.Entity{component("pay", "pay/catalog-info.yaml", "team:acme/pay")}},
			want:    map[string][]string{"duty": {"team:acme/pay c 1/1 ! pay/catalog-info.yaml:2"}},
		},
		"Several": {
			reason: "entities and owners", areas: []manifest.Object[v1alpha1.Area]{whole},
			catalog: ownership.Catalog{Entities: []ownership.Entity{
				component("a", "catalog-info.yaml", "team:acme/web", "user:ann"), component("b", "pay/catalog-info.yaml", "team:acme/web", "team:acme/web"), component("c", "pay/catalog-info.yaml"),
			}},
			want: map[string][]string{"whole": {
				"team:acme/web c 2/3 ! catalog-info.yaml:2 pay/catalog-info.yaml:2 pay/catalog-info.yaml:3", "user:ann c 1/3 ! catalog-info.yaml:3",
			}},
		},
		"Custom": {
			reason: "a kind of one's own counts where it is named only", areas: []manifest.Object[v1alpha1.Area]{whole},
			catalog: ownership.Catalog{Entities: []ownership.Entity{{Ref: "robot:default/r", File: "catalog-info.yaml", Custom: true, Owners: []ownership.EntityOwner{{Holder: "user:ann"}}}}},
		},
		"Unclaimed": {
			reason: "a file that belongs to no area", areas: []manifest.Object[v1alpha1.Area]{pay},
			catalog: ownership.Catalog{Entities: []ownership.Entity{component("shop", "catalog-info.yaml", "team:acme/web")}},
		},
		"Lost": {
			reason: "an entity that no source sees is unknown", areas: []manifest.Object[v1alpha1.Area]{tied(whole, "component:gone"), pay},
			catalog: ownership.Catalog{Entities: []ownership.Entity{component("shop", "catalog-info.yaml", "team:acme/web")}},
			unknown: map[string]string{"whole": "no source sees component:default/gone"}, problem: "no source sees component:default/gone",
		},
		"UnknownOwners": {
			reason: "of one entity make those of the area unknown", areas: []manifest.Object[v1alpha1.Area]{whole, pay},
			catalog: ownership.Catalog{Entities: []ownership.Entity{component("a", "catalog-info.yaml", "team:acme/web"), component("b", "catalog-info.yaml", "?"), component("c", "pay/catalog-info.yaml", "user:ann")}},
			want:    map[string][]string{"whole": {"team:acme/web c 1/2 ! catalog-info.yaml:2"}, "pay": {"user:ann c 1/1 ! pay/catalog-info.yaml:2"}},
			unknown: map[string]string{"whole": "the owner is no reference"},
		},
		"UnreadFile": {
			reason: "costs the area that it belongs to", areas: []manifest.Object[v1alpha1.Area]{whole, pay},
			catalog: ownership.Catalog{
				Entities: []ownership.Entity{component("a", "catalog-info.yaml", "team:acme/web")},
				Unread:   []ownership.UnreadFile{{Path: "pay/catalog-info.yaml", Provenance: ownership.Provenance{Unknown: "no YAML"}}},
			},
			want: map[string][]string{"whole": {"team:acme/web c 1/1 ! catalog-info.yaml:2"}}, unknown: map[string]string{"pay": "no YAML"},
		},
		"UnreadRepository": {
			reason: "costs all its areas", areas: []manifest.Object[v1alpha1.Area]{whole, pay, declareArea("duty", "")},
			catalog: ownership.Catalog{Provenance: ownership.Provenance{Unknown: "damaged"}}, unknown: map[string]string{"whole": "damaged", "pay": "damaged"},
		},
		"UnreadSource": {
			reason: "costs all areas that may be in it", areas: []manifest.Object[v1alpha1.Area]{whole, tied(declareArea("duty", ""), "component:x"), declareArea("other", "")},
			change:  func(s *Source) { s.Observation.Unknown, s.Observation.Catalogs = "gone", nil },
			unknown: map[string]string{"whole": "gone", "duty": "gone"}, problem: "component:default/x is not seen, since the source c cannot be read",
		},
		"UnlistedCatalogs": {
			reason: "may be those of the repository", areas: []manifest.Object[v1alpha1.Area]{whole},
			change: func(s *Source) {
				s.Observation.CatalogsUnknown, s.Observation.Catalogs = "something could not be read", nil
			},
			unknown: map[string]string{"whole": "something could not be read"},
		},
		"OtherFormat": {
			reason: "a source that does not read entities knows nothing of them", areas: []manifest.Object[v1alpha1.Area]{whole},
			change: func(s *Source) {
				s.Observation.Unknown, s.Observation.CatalogFormats = "gone", []ownership.CatalogFormat{ownership.Prow}
			},
		},
		"Informative": {
			reason: "a source that decides nothing", areas: []manifest.Object[v1alpha1.Area]{whole},
			catalog: ownership.Catalog{Entities: []ownership.Entity{component("shop", "catalog-info.yaml", "team:acme/web")}},
			change:  func(s *Source) { s.Authority.Roles = []ownership.Role{} },
			want:    map[string][]string{"whole": {"team:acme/web c 1/1 catalog-info.yaml:2"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			source := catalogSource("c", tc.catalog)
			if tc.change != nil {
				tc.change(&source)
			}
			s := build(tc.areas, source, gitSource("g", "", files...))
			want, got, unknown := map[string][]string{}, map[string][]string{}, map[string]string{}
			for _, area := range s.Areas {
				want[area.Name] = tc.want[area.Name]
				got[area.Name] = held(area, ownership.Accountable)
				unknown[area.Name] = area.UnknownRoles[ownership.Accountable]
				if (tc.unknown[area.Name] == "") != (unknown[area.Name] == "") || !strings.Contains(unknown[area.Name], tc.unknown[area.Name]) {
					t.Errorf("%s: %s is unknown because %q, want %q", tc.reason, area.Name, unknown[area.Name], tc.unknown[area.Name])
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			said := ""
			for _, problem := range s.Problems {
				said += problem.Error() + "\n"
			}
			if (tc.problem == "") != (said == "") || !strings.Contains(said, tc.problem) {
				t.Errorf("%s: problems %q, want %q", tc.reason, said, tc.problem)
			}
		})
	}
}

// A person's entity and a person's login are one holder; and a role that is observable nowhere stays so.
func TestEntityHolders(t *testing.T) {
	people := Source{Name: "p", Kind: ownership.SourcePeople, Observation: ownership.Observation{AllPeople: true, People: []ownership.Person{
		{ID: "ann", Kind: ownership.Human, Logins: map[string]string{"github": "ann-gh"}},
	}}}
	catalog := catalogSource("c", ownership.Catalog{Entities: []ownership.Entity{component("a", "x.yaml", "user:ann-gh", "user:ann")}})
	areas := []manifest.Object[v1alpha1.Area]{declareArea("whole", "", "acme/shop")}
	s := build(areas, catalog, people, gitSource("g", "", "x.yaml"))
	if diff := cmp.Diff([]string{"user:ann c 1/1 ! x.yaml:2 x.yaml:3"}, held(s.Areas[0], ownership.Accountable)); diff != "" {
		t.Error(diff)
	}
	none := []v1alpha1.SourceKindName{}
	var roles manifest.Object[v1alpha1.RoleConfiguration]
	roles.Value.Spec.Roles = []v1alpha1.RoleDefinition{{Name: "accountable", ObservableIn: &none}, {Name: "approver", ObservableIn: &none}}
	catalog.Observation.Catalogs[0].Owners = []ownership.OwnersFile{{Path: "OWNERS", Rules: []ownership.OwnersRule{{Approvers: []ownership.OwnersEntry{{Login: "ann"}}}}}}
	s = Build(Input{Now: now, Manifests: &manifest.Set{Areas: areas, Roles: &roles}, Sources: []Source{catalog, people, gitSource("g", "", "x.yaml")}})
	if area := s.Areas[0]; len(area.Observed) > 0 || area.Coverage.Owned > 0 {
		t.Errorf("observed all the same: %v, %+v", area.Observed, area.Coverage)
	}
}
