package operator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// past makes a Remediation of an area that was finished some time ago, as Remit's account, which alone may.
func (s *scene) past(as client.Client, area, name, phase string, ago time.Duration, outcomes ...string) {
	s.t.Helper()
	made := &v1alpha1.Remediation{
		ObjectMeta: metav1.ObjectMeta{Namespace: DefaultNamespace, Name: name},
		Spec: v1alpha1.RemediationSpec{
			PlanHash: strings.Repeat("0a", 32), Mode: "Enforce", Areas: []string{area}, Total: 1,
			Changes: []v1alpha1.RemediationChange{{ID: "1", Target: "kubernetes", Operation: "set-label", Object: "namespace past", Area: area, Role: "accountable"}},
		},
	}
	if err := as.Create(s.t.Context(), made); err != nil {
		s.t.Fatal(err)
	}
	finished := made.DeepCopy()
	at := metav1.NewTime(time.Now().Add(-ago))
	finished.Status.Phase, finished.Status.FinishedAt = phase, &at
	for _, outcome := range outcomes {
		finished.Status.Changes = append(finished.Status.Changes, v1alpha1.ChangeOutcome{ID: "1", Outcome: outcome, At: at})
	}
	if err := as.Status().Patch(s.t.Context(), finished, client.MergeFrom(made)); err != nil {
		s.t.Fatal(err)
	}
}

// named waits until these are the Remediations of the controller's namespace, and those that wait.
func (s *scene) named(finished []string, waiting int) {
	s.t.Helper()
	s.eventually(func() error {
		var got []string
		n := 0
		for _, each := range s.remediations(DefaultNamespace) {
			switch {
			case each.Status.Phase == v1alpha1.RemediationAwaitingApproval:
				n++
			case each.Status.Phase == v1alpha1.RemediationSuperseded && strings.HasPrefix(each.Name, "shop-history-"):
				got = append(got, "superseded "+each.Spec.Changes[0].Before)
			default:
				got = append(got, each.Name)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(finished, got); diff != "" || n != waiting {
			return fmt.Errorf("%d wait; finished (-want +got):\n%s", n, diff)
		}
		return nil
	})
}

// Of finished Remediations an area keeps the last few, and those that brakes still count. One that is not finished stays, however old it is.
func TestHistoryIsKeptToALimit(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-history", "Propose")
	first := s.start(nil)
	waiting := s.proposed(v1alpha1.RemediationAwaitingApproval)
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	remit := s.asRemit()
	const day = 24 * time.Hour
	area := DefaultNamespace + "/shop-history"
	s.past(remit, area, "an-hour", v1alpha1.RemediationSucceeded, time.Hour, v1alpha1.ChangeMade)
	s.past(remit, area, "two-days", v1alpha1.RemediationFailed, 2*day, v1alpha1.ChangeRefused)
	s.past(remit, area, "three-days", v1alpha1.RemediationSucceeded, 3*day, v1alpha1.ChangeMade)
	s.past(remit, area, "four-days", v1alpha1.RemediationSucceeded, 4*day, v1alpha1.ChangeMade)
	s.past(remit, area, "ten-days", v1alpha1.RemediationSuperseded, 10*day)
	s.past(remit, "elsewhere/another", "of-another", v1alpha1.RemediationSucceeded, 30*day, v1alpha1.ChangeMade)

	_, requests := s.recorded(func(options *Options) { options.History = 2 })
	s.named([]string{"an-hour", "of-another", "two-days"}, 1)
	if err := s.admin.Get(t.Context(), client.ObjectKeyFromObject(waiting), waiting); err != nil || waiting.Status.Phase != v1alpha1.RemediationAwaitingApproval {
		t.Errorf("the one that waited does so no longer: %v %+v", err, waiting.Status)
	}
	deleted := requests.Of(func(request controlplane.Request) bool { return request.Verb == "delete" })
	if len(deleted) != 3 {
		t.Errorf("want each deleted once: %v", deleted)
	}
	for i, owner := range []string{"a-team", "b-team", "c-team"} { // each is another plan; the one before is superseded
		time.Sleep(1100 * time.Millisecond) // the times of finishing are of whole seconds
		s.Kubectl(t, "label", "namespace", "shop-history", "remit.dev/owner="+owner, "--overwrite")
		finished := [][]string{
			{"an-hour", "of-another", "superseded old-team"},
			{"an-hour", "of-another", "superseded a-team", "superseded old-team"},
			{"an-hour", "of-another", "superseded a-team", "superseded b-team"},
		}
		s.named(finished[i], 1)
	}
	t.Log("\n" + s.Kubectl(t, "get", "remediations", "-n", DefaultNamespace))
}
