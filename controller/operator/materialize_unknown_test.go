package operator

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// While a source cannot be read, and what it said is too old to stand in, what was made of it stays, and is not made again if
// people delete it.
func TestMaterializeOfUnreadable(t *testing.T) {
	g := newGitServer(t, canary)
	s := newScene(t)
	s.keep(g.credential("vaults"))
	s.apply(fmt.Sprintf(`
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: vaults}
spec:
  git: {url: "%s/acme/vault.git", discover: true}
  credentials: {read: {name: vaults}}
  maxStaleness: 1s
  materialize: {namespace: remit-system}
`, g.URL))
	s.start(g.trust)
	first := s.materializes("vaults", "repository:acme/vault")
	look := func(when string) {
		s.Kubectl(t, "annotate", "--overwrite", "ownershipsource", "vaults", v1alpha1.AnnotationReconcileAt+"="+when)
	}
	time.Sleep(time.Second) // now what it said is too old
	g.token.Store("another")
	look("1")
	s.expect(sourceNamed("vaults"), expected{stalled: "NoAccess"})
	s.stateOf(first.Name, v1alpha1.AreaUnknown)
	time.Sleep(2 * time.Second)
	if still := s.materializes("vaults", "repository:acme/vault"); still.UID != first.UID {
		t.Errorf("it was made again: %+v", still)
	}
	if err := s.admin.Delete(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second)
	if all := s.materialized("vaults"); len(all) != 0 {
		t.Errorf("made of what cannot be read: %+v", all)
	}
	g.token.Store(canary)
	look("2")
	s.materializes("vaults", "repository:acme/vault")
}

// The Area of a namespace that is deleted stays: that people declare something of it is not undone by what is observed.
func TestMaterializedNamespaceIsDeleted(t *testing.T) {
	s := newScene(t)
	s.discovers("mat-gone", "by-gone")
	s.start(nil)
	first := s.materializes("cluster", "namespace:mat-gone")
	if err := s.admin.Delete(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "mat-gone"}}); err != nil {
		t.Fatal(err)
	}
	s.eventually(func() error {
		if err := s.admin.Get(t.Context(), types.NamespacedName{Name: "mat-gone"}, &corev1.Namespace{}); !apierrors.IsNotFound(err) {
			return fmt.Errorf("the namespace is there: %w", err)
		}
		return nil
	})
	s.apply("{apiVersion: v1, kind: Namespace, metadata: {name: mat-next, labels: {observed: by-gone}}}")
	s.eventually(func() error { // a pass has seen the namespaces as they are now
		if made := len(s.materialized("cluster")); made != 2 {
			return fmt.Errorf("%d Areas", made)
		}
		return nil
	})
	var still v1alpha1.Area
	if err := s.admin.Get(t.Context(), client.ObjectKeyFromObject(first), &still); err != nil || still.UID != first.UID || still.DeletionTimestamp != nil {
		t.Errorf("it did not stay: %v, %+v", err, still)
	}
}

// What is unknown makes no Area, and neither does what is claimed, is made already, or is not asked for.
func TestMissingAreas(t *testing.T) {
	const why = "the answer was cut off"
	name := objectName("acme/shop", "repository:acme/shop")
	tests := map[string]struct {
		reason string
		change func(source *v1alpha1.OwnershipSource, observed *ownership.Observation, declared *declared, outcome *engine.Outcome)
		want   []string
	}{
		"all": {"each thing that is seen, and claimed by none", nil, []string{"repository:acme/shop", "namespace:shop"}},
		"source unknown": {"these are facts of before", func(_ *v1alpha1.OwnershipSource, observed *ownership.Observation, _ *declared, _ *engine.Outcome) {
			observed.Unknown = why
		}, nil},
		"repository unknown": {"of one alone", func(_ *v1alpha1.OwnershipSource, observed *ownership.Observation, _ *declared, _ *engine.Outcome) {
			observed.Repositories[0].Unknown = why
		}, []string{"namespace:shop"}},
		"namespace unknown": {"of one alone", func(_ *v1alpha1.OwnershipSource, observed *ownership.Observation, _ *declared, _ *engine.Outcome) {
			observed.Namespaces[0].Unknown = why
		}, []string{"repository:acme/shop"}},
		"not looked at": {"nothing is known of it", func(_ *v1alpha1.OwnershipSource, _ *ownership.Observation, _ *declared, outcome *engine.Outcome) {
			outcome.Snapshot.Sources = nil
		}, nil},
		"claimed": {"an Area claims part of it, so that it is no area by itself", func(_ *v1alpha1.OwnershipSource, _ *ownership.Observation, _ *declared, outcome *engine.Outcome) {
			outcome.Areas = outcome.Areas[1:]
		}, []string{"namespace:shop"}},
		"made": {"one of that name is there, whatever it claims now", func(_ *v1alpha1.OwnershipSource, _ *ownership.Observation, declared *declared, _ *engine.Outcome) {
			declared.seen[subject{"Area", types.NamespacedName{Namespace: "areas", Name: name}}] = seen{}
		}, []string{"namespace:shop"}},
		"made elsewhere": {"that is another object", func(_ *v1alpha1.OwnershipSource, _ *ownership.Observation, declared *declared, _ *engine.Outcome) {
			declared.seen[subject{"Area", types.NamespacedName{Namespace: "others", Name: name}}] = seen{}
		}, []string{"repository:acme/shop", "namespace:shop"}},
		"suspended": {"the source is not in force", func(source *v1alpha1.OwnershipSource, _ *ownership.Observation, _ *declared, _ *engine.Outcome) {
			source.Spec.Suspend = true
		}, nil},
		"not asked for": {"virtual areas are enough", func(source *v1alpha1.OwnershipSource, _ *ownership.Observation, _ *declared, _ *engine.Outcome) {
			source.Spec.Materialize = nil
		}, nil},
	}
	for title, test := range tests {
		t.Run(title, func(t *testing.T) {
			source := sourceNamed("found")
			source.Spec.Materialize = &v1alpha1.Materialize{Namespace: "areas"}
			declared := &declared{seen: map[subject]seen{}}
			declared.objects.Sources = []*v1alpha1.OwnershipSource{source}
			virtual := func(id ownership.AreaID) drift.Area {
				return drift.Area{Area: &snapshot.Area{AreaManifest: &snapshot.AreaManifest{ID: id, Virtual: true}}}
			}
			outcome := &engine.Outcome{
				Areas: []drift.Area{virtual("repository:acme/shop"), virtual("namespace:shop")},
				Snapshot: &snapshot.Snapshot{Sources: []snapshot.Source{{Name: "found", Observation: ownership.Observation{
					Source: "found", Repositories: []ownership.Repository{{ID: "acme/shop"}}, Namespaces: []ownership.Namespace{{Name: "shop"}},
				}}}},
			}
			if test.change != nil {
				test.change(source, &outcome.Snapshot.Sources[0].Observation, declared, outcome)
			}
			var got []string
			for _, area := range missingAreas(declared, outcome)["found"] {
				got = append(got, area.Annotations[annotationMaterialized])
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}
