package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// labelScene is one area with a namespace.
type labelScene struct {
	declared []string
	// metadata is that of the namespace: "label remit.dev/owner=pay", "annotation a8r.io/owner=user:ann", ...
	metadata []string
	// others are further namespaces of the area, by the value of their label.
	others []string
	// exclusive is the role; mode that of the area, "" for Enforce.
	exclusive bool
	mode      string
	change    func(*snapshot.Source)
	people    *ownership.Observation
	tune      func(*Input)
}

func (sc labelScene) input() Input {
	var object manifest.Object[v1alpha1.Area]
	object.Value.Namespace, object.Value.Name = "default", "pay"
	if object.Value.Spec.Mode = sc.mode; sc.mode == "" {
		object.Value.Spec.Mode = string(ownership.Enforce)
	}
	object.Value.Spec.Scope.Namespaces = []v1alpha1.NamespaceScope{{Name: "pay"}}
	labelling := ownership.Labelling{
		Role: ownership.Accountable, Keys: []string{"remit.dev/owner", "a8r.io/owner"}, TeamOrganization: "acme", WriteLabel: "remit.dev/owner",
		Names: []ownership.OwnerName{{Name: "the-ann", Holder: "user:ann"}},
	}
	labels, annotations := map[string]string{}, map[string]string{}
	for _, text := range sc.metadata {
		kind, pair, _ := strings.Cut(text, " ")
		key, value, _ := strings.Cut(pair, "=")
		map[string]map[string]string{"label": labels, "annotation": annotations}[kind][key] = value
	}
	source := snapshot.Source{Name: "cluster", Kind: ownership.SourceKubernetes, Mode: ownership.Enforce, Observation: ownership.Observation{
		Source: "cluster", Kind: ownership.SourceKubernetes, AllNamespaces: true, Labelling: labelling,
		Namespaces: []ownership.Namespace{{Name: "pay", Labels: labels, Owners: labelling.Read(annotations, labels)}},
	}}
	for i, value := range sc.others {
		name := fmt.Sprintf("pay-%d", i)
		object.Value.Spec.Scope.Namespaces = append(object.Value.Spec.Scope.Namespaces, v1alpha1.NamespaceScope{Name: name})
		labels := map[string]string{"remit.dev/owner": value}
		source.Observation.Namespaces = append(source.Observation.Namespaces, ownership.Namespace{Name: name, Labels: labels, Owners: labelling.Read(nil, labels)})
	}
	if sc.change != nil {
		sc.change(&source)
	}
	sources := []snapshot.Source{source}
	if sc.people != nil {
		sources = append(sources, snapshot.Source{Name: "people", Kind: ownership.SourcePeople, Observation: *sc.people})
	}
	s := snapshot.Build(snapshot.Input{Now: nine, Manifests: &manifest.Set{Areas: []manifest.Object[v1alpha1.Area]{object}}, Sources: sources})
	for i := range s.Roles {
		s.Roles[i].Exclusive = sc.exclusive && s.Roles[i].Role == ownership.Accountable
	}
	area := drift.Area{Area: s.Areas[0]}
	for _, holder := range sc.declared {
		area.Declared.Set(ownership.Accountable, append(area.Declared.Of(ownership.Accountable), ownership.Declaration{Holder: ownership.Holder(holder), By: "area default/pay"}))
	}
	in := Input{Now: nine, Snapshot: s, Areas: []drift.Area{area}, Drift: [][]ownership.Drift{drift.Compare(area, s)}}
	if sc.tune != nil {
		sc.tune(&in)
	}
	return in
}

// tellLabels is a plan in few words: what is made, and what is held by which brake.
func tellLabels(p ownership.Plan) []string {
	var lines []string
	tell := func(c ownership.Change) string {
		return fmt.Sprintf("%s %s %s %q→%q %v -%v %s", c.Operation, c.Namespace, c.Key, c.Before, c.After, c.Holders, c.Loses, c.Mode)
	}
	for _, c := range p.Changes {
		lines = append(lines, tell(c))
	}
	for _, h := range p.Held {
		lines = append(lines, tell(h.Change)+" "+string(h.Brake))
	}
	return lines
}

func TestLabels(t *testing.T) {
	const owner = "label remit.dev/owner="
	for name, test := range map[string]struct {
		reason string
		scene  labelScene
		want   []string
		// because is a part of why the first is held.
		because string
	}{
		"nobody named": {
			reason: "it is added", scene: labelScene{declared: []string{"team:acme/pay"}},
			want: []string{`set-label pay remit.dev/owner ""→"pay" [team:acme/pay] -[] Enforce`},
		},
		"another named": {
			reason: "it is changed, and who was named loses the role", scene: labelScene{declared: []string{"team:acme/pay"}, metadata: []string{owner + "web"}},
			want: []string{`set-label pay remit.dev/owner "web"→"pay" [team:acme/pay team:acme/web] -[team:acme/web] Enforce`},
		},
		"agreement": {reason: "nothing to do", scene: labelScene{declared: []string{"team:acme/pay"}, metadata: []string{owner + "pay"}}},
		"one of two": {
			reason: "an object names one", scene: labelScene{declared: []string{"user:ann", "team:acme/pay"}, metadata: []string{owner + "the-ann"}},
		},
		"two": {
			reason: "the team goes before the person", scene: labelScene{declared: []string{"user:ann", "team:acme/pay"}},
			want: []string{`set-label pay remit.dev/owner ""→"pay" [team:acme/pay] -[] Enforce`},
		},
		"a person": {
			reason: "by the name that the source gives", scene: labelScene{declared: []string{"user:ann"}},
			want: []string{`set-label pay remit.dev/owner ""→"the-ann" [user:ann] -[] Enforce`},
		},
		"a person without a name": {
			reason: "a label has no colon", scene: labelScene{declared: []string{"user:bob"}},
			want: []string{`set-label pay remit.dev/owner ""→"" [user:bob] -[] Enforce inexpressible`}, because: "spec.kubernetes.owners of the OwnershipSource cluster",
		},
		"another organisation": {
			reason: "a label has no slash", scene: labelScene{declared: []string{"team:other/pay"}},
			want: []string{`set-label pay remit.dev/owner ""→"" [team:other/pay] -[] Enforce inexpressible`}, because: "team:other/pay cannot be written",
		},
		"annotation of the key": {
			reason: "it would go on to decide", scene: labelScene{declared: []string{"team:acme/pay"}, metadata: []string{"annotation remit.dev/owner=web"}},
			want:    []string{`set-label pay remit.dev/owner ""→"pay" [team:acme/pay team:acme/web] -[team:acme/web] Enforce inexpressible`},
			because: `the annotation remit.dev/owner of namespace pay is "web", which counts before the label remit.dev/owner`,
		},
		"weaker key": {
			reason: "the label decides from then on", scene: labelScene{declared: []string{"team:acme/pay"}, metadata: []string{"annotation a8r.io/owner=web"}},
			want: []string{`set-label pay remit.dev/owner ""→"pay" [team:acme/pay team:acme/web] -[team:acme/web] Enforce`},
		},
		"stronger key": {
			reason: "the label would change nothing", scene: labelScene{
				declared: []string{"team:acme/pay"}, metadata: []string{owner + "web"},
				change: func(s *snapshot.Source) { s.Observation.Labelling.WriteLabel = "a8r.io/owner" },
			},
			want:    []string{`set-label pay a8r.io/owner ""→"pay" [team:acme/pay team:acme/web] -[team:acme/web] Enforce inexpressible`},
			because: `the label remit.dev/owner of namespace pay is "web"`,
		},
		"nobody declared":            {reason: "more may be named than is declared", scene: labelScene{metadata: []string{owner + "web"}}},
		"nobody declared, exclusive": {reason: "the last one never goes", scene: labelScene{exclusive: true, metadata: []string{owner + "web"}}, want: []string{`remove-label pay remit.dev/owner "web"→"" [team:acme/web] -[] Enforce last-holder`}, because: "none who is known to be valid would be left"},
		"nobody declared, others": {
			reason: "one of two in a day", scene: labelScene{exclusive: true, metadata: []string{owner + "web"}, others: []string{"ops"}},
			want:    []string{`remove-label pay remit.dev/owner "web"→"" [team:acme/web] -[] Enforce`, `remove-label pay-0 remit.dev/owner "ops"→"" [team:acme/ops] -[] Enforce last-holder`},
			because: "none who is known to be valid would be left",
		},
		"exclusive, by another key": {
			reason: "Remit writes its own label alone", scene: labelScene{exclusive: true, metadata: []string{"annotation a8r.io/owner=web"}},
			want: []string{`remove-label pay remit.dev/owner ""→"" [team:acme/web] -[] Enforce inexpressible`}, because: "take it away by hand",
		},
		"exclusive, twice": {
			reason: "the next key says the same", scene: labelScene{exclusive: true, metadata: []string{owner + "web", "annotation a8r.io/owner=web"}, others: []string{"ops"}},
			want:    []string{`remove-label pay-0 remit.dev/owner "ops"→"" [team:acme/ops] -[] Enforce`, `remove-label pay remit.dev/owner "web"→"" [team:acme/web] -[] Enforce inexpressible`},
			because: "as well",
		},
		"no label to write": {
			reason: "the source may write none", scene: labelScene{declared: []string{"team:acme/pay"}, change: func(s *snapshot.Source) { s.Observation.Labelling.WriteLabel = "" }},
		},
		"informative": {
			reason: "the source decides nothing", scene: labelScene{declared: []string{"team:acme/pay"}, change: func(s *snapshot.Source) { s.Authority.Roles = []ownership.Role{} }},
		},
		"mode of the source": {
			reason: "it is the least one", scene: labelScene{declared: []string{"team:acme/pay"}, change: func(s *snapshot.Source) { s.Mode = "" }},
			want: []string{`set-label pay remit.dev/owner ""→"pay" [team:acme/pay] -[] Observe mode`}, because: "on the OwnershipSource cluster",
		},
		"mode of the area": {
			reason: "likewise", scene: labelScene{declared: []string{"team:acme/pay"}, mode: "Propose"},
			want: []string{`set-label pay remit.dev/owner ""→"pay" [team:acme/pay] -[] Propose`},
		},
		"unknown owner":     {reason: "nothing is known to be wrong", scene: labelScene{declared: []string{"team:acme/pay"}, metadata: []string{owner + "x", "annotation remit.dev/owner=nobody at all"}}},
		"unknown workloads": {reason: "likewise", scene: labelScene{declared: []string{"team:acme/pay"}, change: func(s *snapshot.Source) { s.Observation.WorkloadsUnknown = "forbidden" }}},
		"nobody to answer":  {reason: "they left", scene: labelScene{declared: []string{"user:ann"}, people: listed("bob")}},
		"in doubt": {
			reason: "nobody knows whether they can", scene: labelScene{declared: []string{"user:ann"}, people: listed("ann?")},
			want: []string{`set-label pay remit.dev/owner ""→"the-ann" [user:ann] -[] Enforce unknown`}, because: "ann could not be read",
		},
		"no target": {
			reason: "labels are not written here", scene: labelScene{declared: []string{"team:acme/pay"}, tune: func(in *Input) { in.Targets = []string{ownership.TargetCodeowners} }},
			want: []string{`set-label pay remit.dev/owner ""→"pay" [team:acme/pay] -[] Enforce no-target`}, because: "by `remit controller`",
		},
		"stopped": {
			reason: "as everything", scene: labelScene{declared: []string{"team:acme/pay"}, tune: func(in *Input) { in.Stopped = "a fire" }},
			want: []string{`set-label pay remit.dev/owner ""→"pay" [team:acme/pay] -[] Enforce kill-switch`}, because: "a fire",
		},
		"removals": {
			reason: "of four areas' worth of holders one a day", scene: labelScene{declared: []string{"team:acme/pay"}, metadata: []string{owner + "web"}, others: []string{"ops", "pay"}},
			want: []string{
				`set-label pay remit.dev/owner "web"→"pay" [team:acme/pay team:acme/web] -[team:acme/web] Enforce`,
				`set-label pay-0 remit.dev/owner "ops"→"pay" [team:acme/ops team:acme/pay] -[team:acme/ops] Enforce removals`,
			}, because: "may lose 1 of 3 holders of accountable",
		},
	} {
		t.Run(name, func(t *testing.T) {
			made := Make(test.scene.input())
			if diff := cmp.Diff(test.want, tellLabels(made)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			if len(made.Held) > 0 && !strings.Contains(made.Held[0].Because, test.because) || len(made.Held) == 0 && test.because != "" {
				t.Errorf("%s: want %q in why it is held: %+v", test.reason, test.because, made.Held)
			}
			for _, p := range made.Preconditions {
				if p.Target != ownership.TargetKubernetes || p.Namespace == "" || len(p.Digest) != 64 {
					t.Errorf("no precondition: %+v", p)
				}
			}
		})
	}
}

// Once the labels say what they were set to, nothing is left to do.
func TestLabelsClose(t *testing.T) {
	for _, sc := range []labelScene{
		{declared: []string{"team:acme/pay"}},
		{declared: []string{"user:ann"}, metadata: []string{"label remit.dev/owner=web", "annotation a8r.io/owner=ops"}},
		{exclusive: true, metadata: []string{"label remit.dev/owner=web"}, others: []string{"ops"}},
	} {
		changes := Make(sc.input()).Changes
		if len(changes) == 0 {
			t.Errorf("nothing is planned for %+v", sc)
			continue
		}
		sc.change = func(s *snapshot.Source) {
			for i := range s.Observation.Namespaces {
				n := &s.Observation.Namespaces[i]
				if n.Name != changes[0].Namespace {
					continue
				}
				annotations := map[string]string{}
				for _, owner := range n.Owners {
					if owner.Annotation {
						annotations[owner.Key] = owner.Value
					}
				}
				if n.Labels[changes[0].Key] = changes[0].After; changes[0].After == "" {
					delete(n.Labels, changes[0].Key)
				}
				n.Owners = s.Observation.Labelling.Read(annotations, n.Labels)
			}
		}
		for _, change := range Make(sc.input()).Changes {
			if change.Namespace == changes[0].Namespace {
				t.Errorf("after %+v there is still %+v", changes[0], change)
			}
		}
	}
}

// Each text and field that a change of a label has is a part of the hash; what else a namespace is like is not.
func TestLabelsHash(t *testing.T) {
	made := Make(labelScene{declared: []string{"team:acme/pay"}, metadata: []string{"label remit.dev/owner=web"}}.input())
	for name, change := range map[string]func(*ownership.Change, *ownership.Precondition){
		"namespace": func(c *ownership.Change, _ *ownership.Precondition) { c.Namespace = "other" },
		"key":       func(c *ownership.Change, _ *ownership.Precondition) { c.Key = "other" },
		"after":     func(c *ownership.Change, _ *ownership.Precondition) { c.After = "other" },
		"where":     func(_ *ownership.Change, p *ownership.Precondition) { p.Namespace = "other" },
		"owners":    func(_ *ownership.Change, p *ownership.Precondition) { p.Digest = OwnersDigest(nil) },
	} {
		changes, preconditions := append([]ownership.Change{}, made.Changes...), append([]ownership.Precondition{}, made.Preconditions...)
		change(&changes[0], &preconditions[0])
		if Hash(changes, preconditions) == made.Hash {
			t.Errorf("another %s has the same hash", name)
		}
	}
	same := Make(labelScene{declared: []string{"team:acme/pay"}, metadata: []string{"label remit.dev/owner=web", "label x=y", "annotation a=b"}}.input())
	if same.Hash != made.Hash {
		t.Error("what names no owner makes no difference")
	}
	moved := Moved(made, Make(labelScene{declared: []string{"team:acme/pay"}, metadata: []string{"label remit.dev/owner=ops"}}.input()))
	if len(moved) == 0 || moved[0] != "namespace pay was edited since" {
		t.Errorf("what moved is %q", moved)
	}
}
