package drift

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// scene is one area of one repository, a CODEOWNERS file and a catalog.
type scene struct {
	declared   map[ownership.Role][]ownership.Holder
	entities   []string
	codeowners string
	catalog    ownership.Catalog
	authority  snapshot.Authority
	unread     string
}

func (sc scene) area() (Area, *snapshot.Snapshot) {
	known := ownership.Provenance{}
	var object manifest.Object[v1alpha1.Area]
	object.Value.Namespace, object.Value.Name = "web", "shop"
	object.Value.Spec.Scope = v1alpha1.Scope{Repositories: []v1alpha1.RepositoryScope{{Name: "acme/shop"}}, Entities: sc.entities}
	for role, holders := range sc.declared {
		given := v1alpha1.RoleHolders{Role: string(role)}
		for _, holder := range holders {
			given.Holders = append(given.Holders, string(holder))
		}
		object.Value.Spec.Roles = append(object.Value.Spec.Roles, given)
	}
	sc.catalog.Repository = "acme/shop"
	observation := ownership.Observation{Source: "catalog", Kind: ownership.SourceCatalog, Catalogs: []ownership.Catalog{sc.catalog}, Unknown: sc.unread}
	s := snapshot.Build(snapshot.Input{
		Now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), Manifests: &manifest.Set{Areas: []manifest.Object[v1alpha1.Area]{object}},
		Sources: []snapshot.Source{
			{Name: "catalog", Kind: ownership.SourceCatalog, Authority: sc.authority, Observation: observation},
			{Name: "git", Kind: ownership.SourceGit, Observation: ownership.Observation{Source: "git", Kind: ownership.SourceGit, Repositories: []ownership.Repository{{
				ID: "acme/shop", Provenance: known, Files: ownership.FileList{Paths: []string{"OWNERS", "a/x", "a/y", "catalog-info.yaml"}, Provenance: known},
				Codeowners: ownership.CodeownersFile{Path: "CODEOWNERS", Text: []byte(sc.codeowners), Provenance: known},
			}}}},
		},
	})
	area := Area{Area: s.Areas[0], Declared: ownership.Assignments[ownership.Declaration]{}}
	for role, holders := range sc.declared {
		for _, holder := range holders {
			area.Declared.Set(role, append(area.Declared.Of(role), ownership.Declaration{Holder: holder, By: "area web/shop"}))
		}
	}
	return area, s
}

func owned(name string, owners ...ownership.Holder) ownership.Entity {
	entity := ownership.Entity{Ref: ownership.EntityRef("component:default/" + name), File: "catalog-info.yaml", Line: 1}
	for _, owner := range owners {
		entity.Owners = append(entity.Owners, ownership.EntityOwner{Holder: owner, Line: 2})
	}
	return entity
}

func approves(folder string, logins ...string) ownership.OwnersFile {
	file := ownership.OwnersFile{Path: "OWNERS", Folder: folder, Rules: []ownership.OwnersRule{{}}}
	for i, login := range logins {
		file.Rules[0].Approvers = append(file.Rules[0].Approvers, ownership.OwnersEntry{Login: login, Line: i + 1})
	}
	return file
}

func formerly(file ownership.OwnersFile, login string) ownership.OwnersFile {
	file.Rules[0].Emeritus = []ownership.OwnersEntry{{Login: login, Line: 9}}
	return file
}

func TestCompareCatalog(t *testing.T) {
	type roles = map[ownership.Role][]ownership.Holder
	unreadOwners := ownership.OwnersFile{Path: "a/OWNERS", Folder: "a", Provenance: ownership.Provenance{Unknown: "no YAML"}}
	unknownEntity := ownership.Entity{Ref: "component:default/b", File: "catalog-info.yaml", Provenance: ownership.Provenance{Unknown: "no reference"}}
	for name, test := range map[string]struct {
		reason string
		scene  scene
		want   []string
		// accountable is whether the area has an accountable holder.
		accountable ownership.RequirementStatus
	}{
		"agreement": {
			reason: "the catalog names who is declared", accountable: ownership.Met,
			scene: scene{declared: roles{ownership.Accountable: {"team:acme/web"}}, catalog: ownership.Catalog{Entities: []ownership.Entity{owned("a", "team:acme/web")}}},
		},
		"somebody else": {
			reason: "the catalog names another", accountable: ownership.Met, want: []string{"missing accountable team:acme/web not-observed"},
			scene: scene{declared: roles{ownership.Accountable: {"team:acme/web"}}, catalog: ownership.Catalog{Entities: []ownership.Entity{owned("a", "team:acme/pay")}}},
		},
		"nobody": {
			reason: "the catalog has the area, and no owner", accountable: ownership.Met, want: []string{"missing accountable team:acme/web not-observed"},
			scene: scene{declared: roles{ownership.Accountable: {"team:acme/web"}}, catalog: ownership.Catalog{Entities: []ownership.Entity{owned("a")}}},
		},
		"some entities": {
			reason: "one of two", accountable: ownership.Met, want: []string{"missing accountable team:acme/web partial-extent"},
			scene: scene{declared: roles{ownership.Accountable: {"team:acme/web"}}, catalog: ownership.Catalog{Entities: []ownership.Entity{owned("a", "team:acme/web"), owned("b")}}},
		},
		"no entity": {
			reason: "an area that is not in the catalog need not be", accountable: ownership.Met,
			scene: scene{declared: roles{ownership.Accountable: {"team:acme/web"}}},
		},
		"catalog alone": {
			reason: "who is observed answers for the area", accountable: ownership.Met,
			scene: scene{catalog: ownership.Catalog{Entities: []ownership.Entity{owned("a", "team:acme/web")}}},
		},
		"nobody at all": {reason: "known to be so", scene: scene{}, accountable: ownership.Unmet},
		"unknown owners": {
			reason: "prove no absence", accountable: ownership.UnknownIfMet,
			scene: scene{catalog: ownership.Catalog{Entities: []ownership.Entity{unknownEntity}}},
		},
		"unknown beside": {
			reason: "what is declared may be observed there", accountable: ownership.Met,
			scene: scene{declared: roles{ownership.Accountable: {"team:acme/web"}}, catalog: ownership.Catalog{Entities: []ownership.Entity{owned("a", "team:acme/pay"), unknownEntity}}},
		},
		"lost entity":   {reason: "unknown, never absent", accountable: ownership.UnknownIfMet, scene: scene{entities: []string{"component:gone"}}},
		"unread source": {reason: "likewise", accountable: ownership.UnknownIfMet, scene: scene{entities: []string{"component:gone"}, unread: "gone"}},
		"conflict": {
			reason: "CODEOWNERS and OWNERS name different people, and both decide", accountable: ownership.Unmet,
			want:  []string{"conflicting approver user:ann disagreement", "conflicting approver user:bob disagreement"},
			scene: scene{codeowners: "* @ann\n", catalog: ownership.Catalog{Owners: []ownership.OwnersFile{approves("", "bob")}}},
		},
		"informative": {
			reason: "one that does not decide contradicts nobody", accountable: ownership.Unmet,
			scene: scene{codeowners: "* @ann\n", catalog: ownership.Catalog{Owners: []ownership.OwnersFile{approves("", "bob")}}, authority: snapshot.Authority{Roles: []ownership.Role{}}},
		},
		"unread OWNERS": {
			reason: "who else it names is unknown, so nobody is contradicted and nobody missing", accountable: ownership.Unmet,
			scene: scene{
				declared: roles{ownership.Approver: {"user:carl"}}, codeowners: "* @ann\n",
				catalog: ownership.Catalog{Owners: []ownership.OwnersFile{approves("", "bob"), unreadOwners}},
			},
		},
		"either": {
			reason: "a declared approver may be in one of both", accountable: ownership.Unmet,
			scene: scene{declared: roles{ownership.Approver: {"user:bob"}}, catalog: ownership.Catalog{Owners: []ownership.OwnersFile{approves("", "bob")}}},
		},
		"emeritus": {
			reason: "declared, and listed as a former approver", accountable: ownership.Unmet,
			want:  []string{"invalid approver user:bob emeritus", "missing approver user:bob not-observed"},
			scene: scene{declared: roles{ownership.Approver: {"user:bob", "user:ann"}}, catalog: ownership.Catalog{Owners: []ownership.OwnersFile{formerly(approves("", "ann"), "bob")}}},
		},
		"emeritus elsewhere": {
			reason: "who approves some of the files is none", accountable: ownership.Unmet, want: []string{"missing approver user:bob partial-extent"},
			scene: scene{declared: roles{ownership.Approver: {"user:bob"}}, catalog: ownership.Catalog{Owners: []ownership.OwnersFile{formerly(approves("", "ann"), "bob"), approves("a", "bob")}}},
		},
		"emeritus, unread": {
			reason: "the unread file may name them as approver", accountable: ownership.Unmet,
			scene: scene{declared: roles{ownership.Approver: {"user:bob"}}, catalog: ownership.Catalog{Owners: []ownership.OwnersFile{formerly(approves("", "ann"), "bob"), unreadOwners}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			area, s := test.scene.area()
			if diff := cmp.Diff(test.want, drifts(Compare(area, s))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			for _, requirement := range Requirements(area, s) {
				if requirement.Role == ownership.Accountable && requirement.Status != test.accountable {
					t.Errorf("%s: accountable is %+v, want %v", test.reason, requirement, test.accountable)
				}
			}
		})
	}
}

func drifts(found []ownership.Drift) []string {
	var texts []string
	for _, drift := range found {
		texts = append(texts, string(drift.Kind)+" "+string(drift.Role)+" "+string(drift.Holder)+" "+drift.Reason)
	}
	slices.Sort(texts)
	return texts
}

// What is to be changed is the declaration; the message says where OWNERS is of another mind.
func TestEmeritusPlaces(t *testing.T) {
	area, s := scene{
		declared: map[ownership.Role][]ownership.Holder{ownership.Approver: {"user:bob"}},
		catalog:  ownership.Catalog{Owners: []ownership.OwnersFile{formerly(approves("", "ann"), "bob")}},
	}.area()
	area.Declared.Of(ownership.Approver)[0].Location = ownership.Location{File: "areas.yaml", Line: 4}
	for _, drift := range Compare(area, s) {
		if drift.Reason != Emeritus {
			continue
		}
		want := "user:bob is declared approver by area web/shop, but is emeritus by acme/shop OWNERS:9 of catalog"
		if diff := cmp.Diff(want, drift.Message); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]ownership.Location{{File: "areas.yaml", Line: 4}}, drift.Locations); diff != "" {
			t.Error(diff)
		}
		return
	}
	t.Error("no such drift")
}

// A file that cannot be read adds no drift and takes no owner from an area.
func TestUnreadCatalogAddsNothing(t *testing.T) {
	logins := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"ann", "bob", "carl"}), 0, 2, rapid.ID)
	holders := rapid.SliceOfNDistinct(rapid.SampledFrom([]ownership.Holder{"user:ann", "user:bob", "team:acme/web"}), 0, 2, rapid.ID)
	rapid.Check(t, func(t *rapid.T) {
		sc := scene{
			declared:   map[ownership.Role][]ownership.Holder{ownership.Accountable: holders.Draw(t, "accountable"), ownership.Approver: holders.Draw(t, "approvers")},
			codeowners: rapid.SampledFrom([]string{"", "* @ann\n", "/a/ @bob\n", "/a/\n"}).Draw(t, "codeowners"),
		}
		for _, folder := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"", "a"}), 1, 2, rapid.ID).Draw(t, "folders") {
			file := formerly(approves(folder, logins.Draw(t, "logins")...), rapid.SampledFrom([]string{"bob", "carl"}).Draw(t, "emeritus"))
			file.NoParentOwners = rapid.Bool().Draw(t, "no parents")
			file.AutoApprove = rapid.Bool().Draw(t, "auto")
			sc.catalog.Owners = append(sc.catalog.Owners, file)
		}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b"}), 1, 2, rapid.ID).Draw(t, "entities") {
			sc.catalog.Entities = append(sc.catalog.Entities, owned(name, holders.Draw(t, "owners")...))
		}
		area, s := sc.area()
		before, met := drifts(Compare(area, s)), Requirements(area, s)

		sc.catalog.Owners, sc.catalog.Entities = slices.Clone(sc.catalog.Owners), slices.Clone(sc.catalog.Entities)
		switch file, entity := &sc.catalog.Owners[0], &sc.catalog.Entities[0]; rapid.IntRange(0, 3).Draw(t, "unread") {
		case 0:
			*file = ownership.OwnersFile{Path: file.Path, Folder: file.Folder, Provenance: ownership.Provenance{Unknown: "unread"}}
		case 1:
			entity.Owners, entity.Unknown = nil, "unread"
		case 2:
			sc.catalog = ownership.Catalog{Provenance: ownership.Provenance{Unknown: "unread"}}
		case 3:
			sc.catalog, sc.unread = ownership.Catalog{}, "unread"
		}
		area, s = sc.area()
		for _, drift := range drifts(Compare(area, s)) {
			if !slices.Contains(before, drift) {
				t.Fatalf("%s is new; before there was %v", drift, before)
			}
		}
		for i, requirement := range Requirements(area, s) {
			worse := map[ownership.RequirementStatus]int{ownership.Unmet: 2, ownership.PartlyUnmet: 1}
			if worse[requirement.Status] > worse[met[i].Status] {
				t.Fatalf("%s was %v (%s), and is %v: %s", requirement.Role, met[i].Status, met[i].Reason, requirement.Status, requirement.Reason)
			}
		}
	})
}
