package operator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// While a source cannot be read, a plan that is not made now is not superseded, and none takes its place: it waits, and says for which source.
func TestRemediationWaitsForFacts(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-doubt", "Propose")
	s.start(nil)
	waiting := s.proposed(v1alpha1.RemediationAwaitingApproval)
	s.apply(`{apiVersion: remit.dev/v1alpha1, kind: OwnershipSource, metadata: {name: hr}, spec: {people: {configMap: {name: nowhere}}}}`)
	s.eventually(func() error {
		if area := s.area("shop-doubt"); area.Status.State != v1alpha1.AreaUnknown {
			return fmt.Errorf("the area is %s", area.Status.State)
		}
		return nil
	})
	s.Kubectl(t, "label", "namespace", "shop-doubt", "remit.dev/owner=another-team", "--overwrite") // it would be another plan
	s.eventually(func() error {
		all := s.remediations(DefaultNamespace)
		if len(all) != 1 || all[0].Name != waiting.Name || !strings.Contains(fmt.Sprint(all[0].Status.Conditions), "whether the plan still holds is unknown: source hr: ") {
			return fmt.Errorf("%v", statuses(all))
		}
		return nil
	})
	s.Kubectl(t, "delete", "ownershipsource", "hr")
	s.eventually(func() error {
		phases := map[string]int{}
		for _, each := range s.remediations(DefaultNamespace) {
			phases[each.Status.Phase]++
		}
		if diff := cmp.Diff(map[string]int{v1alpha1.RemediationSuperseded: 1, v1alpha1.RemediationAwaitingApproval: 1}, phases); diff != "" {
			return fmt.Errorf("once it is gone (-want +got):\n%s", diff)
		}
		return nil
	})
}
