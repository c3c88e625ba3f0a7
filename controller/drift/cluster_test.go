package drift

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// clusterScene is one area with namespaces, each with the holder that it names, and perhaps a catalog's entity.
type clusterScene struct {
	declared   []ownership.Holder
	namespaces map[string]ownership.Holder
	entity     []ownership.Holder // nil: there is none
	exclusive  bool
	change     func(*snapshot.Source)
}

func (sc clusterScene) area() (Area, *snapshot.Snapshot) {
	var object manifest.Object[v1alpha1.Area]
	object.Value.Namespace, object.Value.Name = "web", "shop"
	source := snapshot.Source{Name: "cluster", Kind: ownership.SourceKubernetes, Observation: ownership.Observation{
		Source: "cluster", Kind: ownership.SourceKubernetes, AllNamespaces: true,
		Labelling: ownership.Labelling{Role: ownership.Accountable, Keys: []string{"owner"}},
	}}
	for _, name := range []string{"a", "b", "c"} {
		holder, there := sc.namespaces[name]
		if !there {
			continue
		}
		n := ownership.Namespace{Name: name}
		if holder != "" {
			n.Owners = []ownership.NamedOwner{{Key: "owner", Value: string(holder), Holder: holder}}
		}
		source.Observation.Namespaces = append(source.Observation.Namespaces, n)
		object.Value.Spec.Scope.Namespaces = append(object.Value.Spec.Scope.Namespaces, v1alpha1.NamespaceScope{Name: name})
	}
	if sc.change != nil {
		sc.change(&source)
	}
	sources := []snapshot.Source{source}
	if sc.entity != nil {
		object.Value.Spec.Scope.Entities = []string{"component:shop"}
		sources = append(sources, snapshot.Source{Name: "catalog", Kind: ownership.SourceCatalog, Observation: ownership.Observation{
			Source: "catalog", Kind: ownership.SourceCatalog, Catalogs: []ownership.Catalog{{Repository: "acme/shop", Entities: []ownership.Entity{owned("shop", sc.entity...)}}},
		}})
	}
	s := snapshot.Build(snapshot.Input{
		Now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), Manifests: &manifest.Set{Areas: []manifest.Object[v1alpha1.Area]{object}}, Sources: sources,
	})
	for i := range s.Roles {
		s.Roles[i].Exclusive = sc.exclusive
	}
	area := Area{Area: s.Areas[0]}
	for _, holder := range sc.declared {
		area.Declared.Set(ownership.Accountable, append(area.Declared.Of(ownership.Accountable), ownership.Declaration{Holder: holder, By: "area web/shop"}))
	}
	return area, s
}

func TestCompareCluster(t *testing.T) {
	type names = map[string]ownership.Holder
	type holders = []ownership.Holder
	for name, test := range map[string]struct {
		reason      string
		scene       clusterScene
		want        []string
		accountable ownership.RequirementStatus
	}{
		"agreement": {"each names who is declared", clusterScene{declared: holders{"team:x/a"}, namespaces: names{"a": "team:x/a", "b": "team:x/a"}}, nil, ownership.Met},
		"nobody": {
			"known to name nobody", clusterScene{declared: holders{"team:x/a"}, namespaces: names{"a": ""}},
			[]string{"missing accountable team:x/a not-observed"}, ownership.Met,
		},
		"some": {
			"one of two", clusterScene{declared: holders{"team:x/a"}, namespaces: names{"a": "team:x/a", "b": "team:x/b"}},
			[]string{"missing accountable team:x/a partial-extent"}, ownership.Met,
		},
		"a team and a person": {"an object names one of them", clusterScene{declared: holders{"user:ann", "team:x/a"}, namespaces: names{"a": "team:x/a", "b": "user:ann"}}, nil, ownership.Met},
		"neither": {
			"the team is to be named", clusterScene{declared: holders{"user:ann", "team:x/a"}, namespaces: names{"a": ""}},
			[]string{"missing accountable team:x/a not-observed"}, ownership.Met,
		},
		"observed alone": {"who is observed answers", clusterScene{namespaces: names{"a": "team:x/a"}}, nil, ownership.Met},
		"exclusive":      {"only who is declared", clusterScene{exclusive: true, namespaces: names{"a": "team:x/a"}}, []string{"unexpected accountable team:x/a not-declared"}, ownership.Met},
		"none at all":    {"known", clusterScene{namespaces: names{"a": ""}}, nil, ownership.Unmet},
		"conflict": {
			"the catalog names another", clusterScene{declared: holders{"team:x/a"}, namespaces: names{"a": "team:x/b"}, entity: holders{"team:x/a"}},
			[]string{"conflicting accountable team:x/a disagreement", "conflicting accountable team:x/b disagreement", "missing accountable team:x/a partial-extent"}, ownership.Met,
		},
		"in the catalog alone": {
			"the cluster is to name them as well", clusterScene{declared: holders{"team:x/a"}, namespaces: names{"a": ""}, entity: holders{"team:x/a"}},
			[]string{"missing accountable team:x/a partial-extent"}, ownership.Met,
		},
		"in the cluster alone": {
			"the catalog is to", clusterScene{declared: holders{"team:x/a"}, namespaces: names{"a": "team:x/a"}, entity: holders{}},
			[]string{"missing accountable team:x/a partial-extent"}, ownership.Met,
		},
		"informative": {
			"it asks for nothing", clusterScene{declared: holders{"team:x/a"}, namespaces: names{"a": "team:x/b"}, change: func(s *snapshot.Source) { s.Authority.Roles = []ownership.Role{} }}, nil, ownership.Met,
		},
		"workloads": {
			"there may be some that name them", clusterScene{declared: holders{"team:x/a"}, namespaces: names{"a": ""}, change: func(s *snapshot.Source) { s.Observation.WorkloadsUnknown = "forbidden" }}, nil, ownership.Met,
		},
		"unknown": {
			"it may name somebody", clusterScene{namespaces: names{"a": "team:x/a"}, change: func(s *snapshot.Source) { s.Observation.Unknown = "forbidden" }}, nil, ownership.UnknownIfMet,
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
