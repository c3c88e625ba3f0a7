package operator

import (
	"fmt"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// Where the controller may go no further than Observe, nothing is made or proposed of what is to be enforced: it is held, and shown.
func TestMaxModeObserve(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-observe", "Enforce")
	r := s.start(func(options *Options) { options.MaxMode = ownership.Observe })
	s.eventually(r.counts(`remit_changes_held{brake="mode"} 1`))
	time.Sleep(2 * time.Second)
	if all := s.remediations(DefaultNamespace); len(all) != 0 || s.ownerOf("shop-observe") != "old-team" {
		t.Errorf("something was written: %v, the label is %q", statuses(all), s.ownerOf("shop-observe"))
	}
	if drift := s.area("shop-observe").Status.DriftTotal; drift != 1 {
		t.Errorf("%d differences are shown", drift)
	}
}

// Where it may go no further than Propose, what is to be enforced waits for an approval.
func TestMaxModePropose(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-propose", "Enforce")
	s.start(func(options *Options) { options.MaxMode = ownership.Propose })
	waiting := s.proposed(v1alpha1.RemediationAwaitingApproval)
	if ready := find(waiting.Status.Conditions, v1alpha1.ConditionReady); waiting.Spec.Mode != "Propose" || ready == nil || ready.Reason != "AwaitingApproval" {
		t.Errorf("%s: %+v", waiting.Spec.Mode, waiting.Status)
	}
	time.Sleep(2 * time.Second)
	s.proposed(v1alpha1.RemediationAwaitingApproval) // still, and none besides
	if owner := s.ownerOf("shop-propose"); owner != "old-team" {
		t.Errorf("the label was changed without approval, to %q", owner)
	}
}

// discovers declares a source that makes Areas of the namespaces with a label, and one such namespace.
func (s *scene) discovers(namespace, label string) {
	s.t.Helper()
	s.apply(fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {observed: %s}}\n", namespace, label) +
		objectText("OwnershipSource", "cluster", fmt.Sprintf("{kubernetes: {teamOrganization: acme, discover: true, namespaces: {matchLabels: {observed: %s}}}, materialize: {namespace: remit-system}}", label)))
}

// materialized are the Areas that were made of what a source discovers.
func (s *scene) materialized(source string) []v1alpha1.Area {
	s.t.Helper()
	var list v1alpha1.AreaList
	if err := s.admin.List(s.t.Context(), &list, client.MatchingLabels{labelMaterialized: source}); err != nil {
		s.t.Fatal(err)
	}
	return list.Items
}

// materializes waits for the one Area that is made of what a source discovers.
func (s *scene) materializes(source, of string) *v1alpha1.Area {
	s.t.Helper()
	var made *v1alpha1.Area
	s.eventually(func() error {
		all := s.materialized(source)
		if len(all) != 1 || all[0].Annotations[annotationMaterialized] != of {
			return fmt.Errorf("want one Area, of %s: %+v", of, all)
		}
		made = &all[0]
		return nil
	})
	return made
}

// Where it may only observe, no Area is made of what is discovered; where it may propose, one is.
func TestMaxModeMaterialize(t *testing.T) {
	s := newScene(t)
	s.discovers("mat-mode", "by-mode")
	r := s.start(func(options *Options) { options.MaxMode = ownership.Observe })
	s.expect(sourceNamed("cluster"), expected{ready: "Accepted"}) // a pass has seen it
	s.eventually(r.counts(`remit_areas{state="unowned",team="",tier=""} 1`))
	time.Sleep(2 * time.Second)
	if all := s.materialized("cluster"); len(all) != 0 {
		t.Errorf("made all the same: %+v", all)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	s.start(func(options *Options) { options.MaxMode = ownership.Propose })
	s.materializes("cluster", "namespace:mat-mode")
}
