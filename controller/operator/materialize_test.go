package operator

import (
	"fmt"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// Where a source asks for it, what it discovers and nobody claims becomes an Area: one that people can edit, that is not made
// again, and that stays when the source cannot be read.
func TestMaterialize(t *testing.T) {
	s := newScene(t)
	s.apply(`
apiVersion: v1
kind: Namespace
metadata: {name: mat-one, labels: {observed: "yes", remit.dev/owner: payments}}
---
apiVersion: v1
kind: Namespace
metadata: {name: mat-claimed, labels: {observed: "yes"}}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: cluster}
spec:
  kubernetes: {teamOrganization: acme, discover: true, namespaces: {matchLabels: {observed: "yes"}}}
  materialize: {namespace: remit-system}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: remit-system, name: claims}
spec: {scope: {namespaces: [{name: mat-claimed}]}}
`)
	s.start(nil)
	made := func(want int) (areas []v1alpha1.Area) {
		t.Helper()
		s.eventually(func() error {
			var list v1alpha1.AreaList
			if err := s.admin.List(t.Context(), &list, client.MatchingLabels{labelMaterialized: "cluster"}); err != nil {
				return err
			}
			areas = list.Items
			for _, area := range areas {
				if area.Status.State == "" {
					return fmt.Errorf("%s is not judged yet", area.Name)
				}
			}
			if len(areas) != want {
				return fmt.Errorf("%d Areas were made, want %d", len(areas), want)
			}
			return nil
		})
		return areas
	}
	first := made(1)[0]
	if first.Annotations[annotationMaterialized] != "namespace:mat-one" || first.Spec.Scope.Namespaces[0].Name != "mat-one" || first.Status.State != v1alpha1.AreaOwned {
		t.Errorf("the Area is %+v", first)
	}
	s.Kubectl(t, "patch", "area", first.Name, "-n", DefaultNamespace, "--type=merge", "-p", `{"spec":{"tier":"critical"}}`)
	s.Kubectl(t, "patch", "ownershipsource", "cluster", "--type=merge", "-p", `{"spec":{"suspend":true}}`)
	time.Sleep(2 * time.Second)
	if again := made(1)[0]; again.UID != first.UID || again.Spec.Tier != "critical" {
		t.Errorf("the Area was made again, or what people wrote is gone: %+v", again)
	}
	s.apply(`{apiVersion: v1, kind: Namespace, metadata: {name: mat-two, labels: {observed: "yes"}}}`)
	time.Sleep(2 * time.Second)
	made(1) // a suspended source makes none
	s.Kubectl(t, "patch", "ownershipsource", "cluster", "--type=merge", "-p", `{"spec":{"suspend":false}}`)
	made(2)
}

// Into a namespace that may not claim what is discovered, or is not there, nothing is made, and the source says so.
func TestMaterializeNeedsGrants(t *testing.T) {
	s := newScene(t)
	s.apply(`
apiVersion: v1
kind: Namespace
metadata: {name: mat-granted, labels: {observed: by-grant}}
---
apiVersion: v1
kind: Namespace
metadata: {name: mat-denied, labels: {observed: by-grant}}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: cluster}
spec:
  kubernetes: {teamOrganization: acme, discover: true, namespaces: {matchLabels: {observed: by-grant}}}
  materialize: {namespace: mat-areas}
`)
	s.start(nil)
	source := &v1alpha1.OwnershipSource{}
	source.Name = "cluster"
	s.expect(source, expected{ready: "Accepted", message: []string{"spec.materialize.namespace", `there is no namespace "mat-areas"`}})
	s.apply(`{apiVersion: v1, kind: Namespace, metadata: {name: mat-areas}}`)
	s.expect(source, expected{ready: "Accepted", message: []string{`2 things that are discovered become no Area, since no grant gives that to the namespace "mat-areas"`}})
	s.Kubectl(t, "patch", "ownershipsource", "cluster", "--type=merge", "-p", `{"spec":{"grants":[{"to":{"namespaces":["mat-areas"]},"namespaces":["mat-granted"]}]}}`)
	s.expect(source, expected{ready: "Accepted", message: []string{"1 thing that is discovered becomes no Area"}})
	s.eventually(func() error {
		var list v1alpha1.AreaList
		if err := s.admin.List(t.Context(), &list, client.InNamespace("mat-areas")); err != nil {
			return err
		}
		if len(list.Items) != 1 || list.Items[0].Spec.Scope.Namespaces[0].Name != "mat-granted" || list.Items[0].Status.State != v1alpha1.AreaUnowned {
			return fmt.Errorf("want one Area, of mat-granted: %+v", list.Items)
		}
		return nil
	})
}

// Two things whose names read alike are two objects.
func TestObjectNames(t *testing.T) {
	names := map[string]string{}
	for _, id := range []string{"acme/shop", "acme-shop", "Acme/shop", "acme/.shop", "acme/shop-", "-/-"} {
		name := objectName(id, "repository:"+id)
		if other, taken := names[name]; taken {
			t.Errorf("%s and %s are both %s", id, other, name)
		}
		names[name] = id
		if !notInNames.MatchString("_") || len(name) > 253 || name[0] == '-' {
			t.Errorf("%q is no name", name)
		}
	}
}
