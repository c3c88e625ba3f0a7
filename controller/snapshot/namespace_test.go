package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// cluster sees namespaces, each written "name k=v,k=v owner"; a workload follows as "name/workload k=v owner". "-" is nothing,
// and "?" makes the object unknown, as an owner "?" does its owner.
func cluster(objects ...string) Source {
	o := ownership.Observation{Source: "cluster", Kind: ownership.SourceKubernetes, At: now, AllNamespaces: true, Labelling: ownership.Labelling{
		Role: ownership.Accountable, Keys: []string{"remit.dev/owner"}, WriteLabel: "remit.dev/owner",
	}}
	for _, object := range objects {
		fields := strings.Fields(object)
		var provenance ownership.Provenance
		var owners []ownership.NamedOwner
		labels := map[string]string{}
		for pair := range strings.SplitSeq(fields[1], ",") {
			if key, value, found := strings.Cut(pair, "="); found {
				labels[key] = value
			}
		}
		if fields[1] == "?" {
			provenance.Unknown = "unread"
		}
		switch fields[2] {
		case "-":
		case "?":
			owners = []ownership.NamedOwner{{Key: "remit.dev/owner", Value: "?", Unknown: "it is nobody"}}
		default:
			owners = []ownership.NamedOwner{{Key: "remit.dev/owner", Value: fields[2], Holder: ownership.Holder(fields[2])}}
		}
		if _, workload, is := strings.Cut(fields[0], "/"); is {
			last := &o.Namespaces[len(o.Namespaces)-1]
			last.Workloads = append(last.Workloads, ownership.Workload{Kind: "Deployment", Name: workload, Labels: labels, Owners: owners, Provenance: provenance})
			continue
		}
		o.Namespaces = append(o.Namespaces, ownership.Namespace{Name: fields[0], Labels: labels, Owners: owners, Provenance: provenance})
	}
	return Source{Name: "cluster", Kind: ownership.SourceKubernetes, Observation: o}
}

// claims makes an Area: each scope is a namespace's name, or "k=v" of its labels, with ":k=v" of workloads behind it.
func claims(name, parent string, scopes ...string) manifest.Object[v1alpha1.Area] {
	object := declareArea(name, parent)
	selector := func(text string) *v1alpha1.LabelSelector {
		key, value, _ := strings.Cut(text, "=")
		return &v1alpha1.LabelSelector{MatchLabels: map[string]string{key: value}}
	}
	for _, text := range scopes {
		var scope v1alpha1.NamespaceScope
		whole, workloads, narrowed := strings.Cut(text, ":")
		if narrowed {
			scope.Workloads = selector(workloads)
		}
		if scope.Name = whole; strings.Contains(whole, "=") {
			scope.Name, scope.Selector = "", selector(whole)
		}
		object.Value.Spec.Scope.Namespaces = append(object.Value.Spec.Scope.Namespaces, scope)
	}
	return object
}

// inCluster writes each area as "name objects holder:files ...", with why it is stalled, and "?" where the role is unknown.
func inCluster(s *Snapshot) []string {
	var lines []string
	for _, area := range s.Areas {
		line := fmt.Sprintf("%s %d", area.Name, area.Objects)
		for _, o := range area.Observed.Of(ownership.Accountable) {
			line += fmt.Sprintf(" %s:%d/%d", o.Holder, o.Files, o.Total)
		}
		if area.UnknownRoles[ownership.Accountable] != "" {
			line += " ?"
		}
		if reason, _, _ := strings.Cut(area.Stalled, ":"); reason != "" {
			line += " " + reason
		}
		lines = append(lines, line)
	}
	return lines
}

type areas = []manifest.Object[v1alpha1.Area]

func TestNamespaces(t *testing.T) {
	incomplete := func(s Source) Source {
		s.Observation.AllNamespaces = false
		return s
	}
	for name, test := range map[string]struct {
		reason  string
		areas   areas
		sources []Source
		want    []string
	}{
		"by name": {"with all in it", areas{claims("a", "", "shop")}, []Source{cluster("shop - team:x/a", "shop/w - -", "shop/v - team:x/b")}, []string{"a 3 team:x/a:2/3 team:x/b:1/3"}},
		"name before labels": {
			"the more specific", areas{claims("a", "", "shop"), claims("b", "", "k=v")},
			[]Source{cluster("other k=v team:x/b", "shop k=v team:x/a")}, []string{"a 1 team:x/a:1/1", "b 1 team:x/b:1/1"},
		},
		"workload before namespace": {
			"whoever selects it, and in a namespace by name before one by labels", areas{claims("a", "", "shop"), claims("b", "", "k=v:t=job"), claims("c", "", "shop:t=job", "shop:t=web")},
			[]Source{cluster("other k=v -", "other/j t=job team:x/b", "shop k=v team:x/a", "shop/j t=job -", "shop/o t=o -")},
			[]string{"a 2 team:x/a:2/2", "b 1 team:x/b:1/1", "c 1 team:x/a:1/1"},
		},
		"tie": {
			"nobody gets it, and both are stalled", areas{claims("a", "", "shop"), claims("b", "", "shop"), claims("c", "", "k=v")}, []Source{cluster("shop k=v team:x/a", "shop/w - -")},
			[]string{"a 0 ScopeConflict", "b 0 ScopeConflict", "c 0"},
		},
		"tie of workloads": {
			"as above, and the rest of the namespace is as it was", areas{claims("a", "", "shop"), claims("b", "", "shop:t=j"), claims("c", "", "shop:k=v")},
			[]Source{cluster("shop - team:x/a", "shop/w t=j,k=v -")}, []string{"a 1 team:x/a:1/1", "b 0 ScopeConflict", "c 0 ScopeConflict"},
		},
		"parent and child": {"the lower one", areas{claims("a", "", "k=v"), claims("b", "a", "k=v")}, []Source{cluster("shop k=v team:x/a")}, []string{"a 0", "b 1 team:x/a:1/1"}},
		"nobody named":     {"known", areas{claims("a", "", "shop")}, []Source{cluster("shop - -")}, []string{"a 1"}},
		"value":            {"it is unknown whom it means, and the workload's own is known", areas{claims("a", "", "shop")}, []Source{cluster("shop - ?", "shop/w - team:x/a")}, []string{"a 2 team:x/a:1/2 ?"}},
		"not listed":       {"it may exist", areas{claims("a", "", "gone")}, []Source{cluster()}, []string{"a 0 ? ScopeNotFound"}},
		"no source":        {"likewise", areas{claims("a", "", "gone"), claims("b", "", "k=v")}, nil, []string{"a 0 ScopeNotFound", "b 0 ScopeNotFound"}},
		"incomplete list": {
			"there may be others with these labels, and one that both select", areas{claims("a", "", "k=v"), claims("b", "", "shop"), claims("c", "", "t=u")}, []Source{incomplete(cluster("shop - team:x/a"))},
			[]string{"a 0 ? ScopeUnknown", "b 1 team:x/a:1/1", "c 0 ? ScopeUnknown"},
		},
		"unknown namespace": {
			"it may be the one's that selects it, but for one that is named", areas{claims("a", "", "k=v"), claims("b", "", "shop")}, []Source{cluster("shop ? team:x/a", "shop/w - team:x/a")},
			[]string{"a 0 ?", "b 0 ?"},
		},
		"unknown workload": {
			"it may be either's", areas{claims("a", "", "shop"), claims("b", "", "shop:k=v"), claims("c", "", "x=y:k=v")}, []Source{cluster("shop - team:x/a", "shop/w ? team:x/b")},
			[]string{"a 1 team:x/a:1/1 ?", "b 0 ?", "c 0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			mustDiff(t, test.reason, cmp.Diff(test.want, inCluster(build(test.areas, test.sources...))))
		})
	}
}

// What is declared to be decided elsewhere, or not to show the role, is not decided by the cluster.
func TestNamespacesDecide(t *testing.T) {
	source := cluster("shop - team:x/a")
	role, _ := build(nil).Role(ownership.Accountable)
	s := build(areas{claims("a", "", "shop"), declareArea("b", "", "acme/shop")}, source)
	if !s.DecidedFor(role, s.Areas[0]) || s.DecidedFor(role, s.Areas[1]) || !s.Areas[0].Observed.Of(ownership.Accountable)[0].Authoritative {
		t.Error("the cluster decides over what is in it, and over nothing else")
	}
	source.Authority.Roles = []ownership.Role{}
	s = build(areas{claims("a", "", "shop")}, source)
	if s.DecidedFor(role, s.Areas[0]) || s.Areas[0].Observed.Of(ownership.Accountable)[0].Authoritative {
		t.Error("it only informs")
	}
	source.Observation.Labelling.Role = ownership.Deputy
	if s = build(areas{claims("a", "", "shop")}, source); len(s.Areas[0].Observed) > 0 {
		t.Error("no role is observed that is not observable in a cluster")
	}
}

func TestVirtualNamespaces(t *testing.T) {
	ids := func(s *Snapshot) (ids []string) {
		for _, area := range s.Areas {
			ids = append(ids, string(area.ID))
		}
		return ids
	}
	source := cluster("cart k=v -", "pay - team:x/a", "shop - -", "work - -", "work/w t=job -")
	source.Discover = true
	of := areas{claims("a", "", "k=v"), claims("b", "", "shop"), claims("c", "", "work:t=none")}
	s := build(of, source)
	mustDiff(t, "each namespace that no Area claims any part of", cmp.Diff([]string{"namespace:pay", "web/a", "web/b", "web/c"}, ids(s)))
	if pay := s.Areas[0]; !pay.Virtual || len(pay.Observed.Of(ownership.Accountable)) != 1 || s.UnlistedAreas() != "" {
		t.Errorf("its owner is observed: %+v; others: %q", pay, s.UnlistedAreas())
	}
	source.Observation.Namespaces = slices.Clone(source.Observation.Namespaces)
	source.Observation.Namespaces[1].Unknown = "unread"
	s = build(of, source)
	mustDiff(t, "an Area may select it", cmp.Diff([]string{"web/a", "web/b", "web/c"}, ids(s)))
	if s.UnlistedAreas() == "" {
		t.Error("so there may be another area")
	}
}

// Another owner makes the area anew whose namespace it is, and no other one; a source that says the same again, none.
func TestNextNamespaces(t *testing.T) {
	set := &manifest.Set{Areas: areas{claims("a", "", "shop"), claims("b", "", "k=v"), claims("c", "", "other")}}
	before := Build(Input{Now: now, Manifests: set, Sources: []Source{cluster("cart k=v team:x/a", "other - -", "shop - team:x/a")}})
	same := Next(before, Input{Now: now, Manifests: set, Sources: []Source{cluster("cart k=v team:x/a", "other - -", "shop - team:x/a")}})
	if !slices.Equal(before.Areas, same.Areas) {
		t.Error("nothing has changed")
	}
	after := Next(before, Input{Now: now, Manifests: set, Sources: []Source{cluster("cart k=v team:x/b", "other - -", "shop - team:x/a")}})
	changed := map[string]bool{}
	for i, area := range after.Areas {
		changed[area.Name] = area != before.Areas[i]
	}
	mustDiff(t, "only the owner of cart has changed", cmp.Diff(map[string]bool{"a": false, "b": true, "c": false}, changed))
	if want := inCluster(Build(Input{Now: now, Manifests: set, Sources: after.Sources})); !slices.Equal(want, inCluster(after)) {
		t.Errorf("got %v, want %v", inCluster(after), want)
	}
}

// BenchmarkNextNamespaces changes one of 10,000 namespaces, each with a workload, a tenth of which are claimed by labels.
func BenchmarkNextNamespaces(b *testing.B) {
	var objects []string
	var of areas
	for i := range 10_000 {
		name := fmt.Sprintf("n%05d", i)
		objects = append(objects, fmt.Sprintf("%s k=v%d team:x/a", name, i), name+"/w - -")
		if i%10 > 0 || i >= 1000 {
			of = append(of, claims(name, "", name))
		} else {
			of = append(of, claims(name, "", fmt.Sprintf("k=v%d", i)))
		}
	}
	set := &manifest.Set{Areas: of}
	before := Build(Input{Now: now, Manifests: set, Sources: []Source{cluster(objects...)}})
	other := cluster(objects...)
	other.Observation.Namespaces[7].Owners = nil
	for b.Loop() {
		Next(before, Input{Now: now, Manifests: set, Sources: []Source{other}})
	}
}
