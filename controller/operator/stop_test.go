package operator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// While Remediations wait, passes go on and ask the API server for nothing: Remediations, and whether there is a kill switch, are in the cache.
func TestWaitingAsksForNothing(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-idle", "Propose")
	s.Kubectl(t, "patch", "ownershipsource", "cluster", "--type=merge", "--patch", `{"spec": {"interval": "1s"}}`)
	r, requests := s.recorded(nil)
	s.proposed(v1alpha1.RemediationAwaitingApproval)
	time.Sleep(3 * time.Second) // until all is written
	began := time.Now()
	_, before := r.get("")
	for passes := 0; passes < 3; { // the page says when the last one was, in seconds
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%d passes in %s: %s", passes, time.Since(began), before)
		}
		time.Sleep(100 * time.Millisecond)
		if _, now := r.get(""); now != before {
			before = now
			passes++
		}
	}
	for _, request := range requests.Of(func(request controlplane.Request) bool { return request.At.After(began) }) {
		if request.Resource != "leases.coordination.k8s.io" && request.Verb != "watch" {
			t.Errorf("asked while nothing happens: %s", request)
		}
	}
}

// stoppedOnceProposed is the controller's configuration, where somebody sets the kill switch when a Remediation was just made.
func (s *scene) stoppedOnceProposed() *rest.Config {
	s.t.Helper()
	config, err := s.ServiceAccountConfig(s.t.Context(), DefaultNamespace, Account)
	if err != nil {
		s.t.Fatal(err)
	}
	config = rest.CopyConfig(controlplane.FailOnForbidden(s.t, config))
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(asked *http.Request) (*http.Response, error) {
			answer, err := next.RoundTrip(asked)
			if asked.Method == http.MethodPost && strings.HasSuffix(asked.URL.Path, "/remediations") { // it is proposed, and would be made next
				s.Kubectl(s.t, "create", "configmap", stopName, "-n", DefaultNamespace, "--from-literal=reason=in the middle")
			}
			return answer, err
		})
	})
	return config
}

// The kill switch is asked for before each change, at the API server: one that is set in the middle of a pass stops what the pass has begun.
func TestKillSwitchInTheMiddle(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-middle", "Enforce")
	s.startAs(s.stoppedOnceProposed(), nil)
	s.eventually(func() error {
		all := s.remediations(DefaultNamespace)
		if len(all) != 1 {
			return fmt.Errorf("%d Remediations", len(all))
		}
		if ready := find(all[0].Status.Conditions, v1alpha1.ConditionReady); ready == nil || ready.Reason != "Stopped" || !strings.Contains(ready.Message, "in the middle") {
			return fmt.Errorf("it is not said that it is stopped: %+v", all[0].Status)
		}
		if len(all[0].Status.Changes) > 0 {
			return fmt.Errorf("it was begun: %+v", all[0].Status)
		}
		return nil
	})
	if owner := s.ownerOf("shop-middle"); owner != "old-team" {
		t.Errorf("the label is %s", owner)
	}
	s.Kubectl(t, "delete", "configmap", stopName, "-n", DefaultNamespace)
	s.proposed(v1alpha1.RemediationSucceeded)
	if owner := s.ownerOf("shop-middle"); owner != "payments" {
		t.Errorf("the label is %s", owner)
	}
}
