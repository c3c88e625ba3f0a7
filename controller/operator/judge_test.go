package operator

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/types"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// One area without and one with a holder get the states that they have, and a new pass is made when one changes.
func TestAreasAreJudged(t *testing.T) {
	s := newScene(t)
	s.apply(`
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: remit-system, name: lonely}
spec: {description: nobody answers for it}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: remit-system, name: held}
spec: {roles: [{role: accountable, holders: ["user:alice"]}]}
`)
	s.start(nil)
	s.stateOf("lonely", v1alpha1.AreaUnowned)
	s.stateOf("held", v1alpha1.AreaOwned)
	s.apply(`
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: remit-system, name: lonely}
spec: {roles: [{role: accountable, holders: ["user:bob"]}]}
`)
	s.stateOf("lonely", v1alpha1.AreaOwned)
	t.Log(s.Kubectl(t, "get", "areas", "-A"))
}

func (s *scene) area(name string) *v1alpha1.Area {
	s.t.Helper()
	var area v1alpha1.Area
	if err := s.admin.Get(s.t.Context(), types.NamespacedName{Namespace: "remit-system", Name: name}, &area); err != nil {
		s.t.Fatal(err)
	}
	return &area
}

// stateOf waits until an area of the namespace remit-system is judged as it is now, and in this state.
func (s *scene) stateOf(name string, want v1alpha1.AreaState) {
	s.t.Helper()
	s.eventually(func() error {
		area := s.area(name)
		if area.Status.State != want || area.Status.ObservedGeneration != area.Generation {
			return fmt.Errorf("area %s (generation %d) is %+v, want %s", name, area.Generation, area.Status, want)
		}
		return nil
	})
}
