package operator

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// declaring is a policy that declares who is accountable for each area.
const declaring = `
apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: declaring}
spec:
  mode: Observe
  rego: |
    # METADATA
    # title: Somebody is accountable for all
    # custom: {severity: low, subject: area}
    package remit.policies.declaring
    declare contains {"role": "accountable", "holder": "user:alice", "reason": "somebody must be"} if IF
`

func declaringIf(condition string) string { return strings.ReplaceAll(declaring, "IF", condition) }

// A policy that stops compiling is stalled, and what it declared last stays, marked as unknown. A controller that has just
// started does not know what it declared, and says that it is unknown; never that nobody owns the area.
func TestPolicyStopsCompiling(t *testing.T) {
	s := newScene(t)
	s.apply(areaText("kept", ""))
	s.apply(declaringIf("input.area.id"))
	first := s.start(nil)
	s.stateOf("kept", v1alpha1.AreaOwned)
	since := s.area("kept").Status.Since
	s.policyIs("True", "")

	s.apply(declaringIf("input.area.idd"))
	s.policyIs("False", "idd")
	s.eventually(func() error {
		area := s.area("kept")
		ready := find(area.Status.Conditions, v1alpha1.ConditionReady)
		if area.Status.Accountable != "user:alice" || area.Status.State != v1alpha1.AreaOwned || !area.Status.Since.Equal(since) ||
			ready == nil || ready.Status != "Unknown" || !strings.Contains(ready.Message, "declaring") {
			return fmt.Errorf("the area is to keep what was declared, marked: %+v", area.Status)
		}
		return nil
	})
	t.Log("kept: " + s.Kubectl(t, "get", "area", "kept", "-n", DefaultNamespace, "-o", "jsonpath={.status.conditions}"))

	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	s.start(nil)
	s.stateOf("kept", v1alpha1.AreaUnknown)
	if status := s.area("kept").Status; status.LastKnown == nil || status.LastKnown.State != v1alpha1.AreaOwned {
		t.Errorf("what was known last is to be kept: %+v", status)
	}
	s.apply(declaringIf("input.area.id"))
	s.stateOf("kept", v1alpha1.AreaOwned)
	s.policyIs("True", "")
	if now := s.area("kept").Status.Since; !now.Equal(since) {
		t.Errorf("it is owned since %s as before, and not since %s", since, now)
	}
	for _, event := range s.events("kept") {
		if strings.Contains(event.Note, "Unowned") {
			t.Errorf("told: %s", event.Note)
		}
	}
}

// policyIs waits until the policy is judged as it is now: ready, or stalled with a message that has these words.
func (s *scene) policyIs(ready, words string) {
	s.t.Helper()
	s.eventually(func() error {
		var policy v1alpha1.ResponsibilityPolicy
		if err := s.admin.Get(s.t.Context(), types.NamespacedName{Name: "declaring"}, &policy); err != nil {
			return err
		}
		is, stalled := find(policy.Status.Conditions, v1alpha1.ConditionReady), find(policy.Status.Conditions, v1alpha1.ConditionStalled)
		if is == nil || string(is.Status) != ready || policy.Status.ObservedGeneration != policy.Generation ||
			(ready == "True") != (stalled == nil) || !strings.Contains(is.Message, words) {
			return fmt.Errorf("generation %d: %+v", policy.Generation, policy.Status)
		}
		return nil
	})
}

// A pass reads the text of a policy, which takes for ever, or panics. It is given up, and what was found before stays; one that
// does not even end when it is given up makes /healthz say no. The next one is as if nothing had been.
func TestPassGoesWrong(t *testing.T) {
	const ends, deaf, panics = 1, 2, 3
	s := newScene(t)
	s.apply(areaText("judged", "user:alice") + strings.ReplaceAll(`
apiVersion: v1
kind: ConfigMap
metadata: {namespace: remit-system, name: text}
data:
  policy.rego: |
    # METADATA
    # title: Never
    # custom: {severity: low, subject: area}
    package remit.policies.never
    deny contains {"key": "never", "message": "VERSION"} if input.area.id == ""
---
apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: never}
spec: {mode: Observe, regoConfigMap: {name: text}}
`, "VERSION", "one"))
	config, err := s.ServiceAccountConfig(t.Context(), DefaultNamespace, Account)
	if err != nil {
		t.Fatal(err)
	}
	var wrong, met atomic.Int32
	release := make(chan struct{})
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(asked *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(asked.URL.Path, "/configmaps/text") || wrong.Load() == 0 {
				return next.RoundTrip(asked)
			}
			met.Add(1)
			switch wrong.Load() {
			case ends:
				<-asked.Context().Done()
				return nil, asked.Context().Err()
			case deaf:
				<-release
			case panics:
				panic("as a fault of the program does")
			}
			return next.RoundTrip(asked)
		})
	})
	r := s.startAs(controlplane.FailOnForbidden(t, config), func(options *Options) { options.PassTimeout = time.Second })
	s.stateOf("judged", v1alpha1.AreaOwned)
	before := s.area("judged")
	meets := func(kind int32, nudge string) {
		t.Helper()
		met.Store(0)
		wrong.Store(kind)
		s.apply(areaText(nudge, ""))
		s.eventually(func() error {
			if met.Load() == 0 {
				return fmt.Errorf("no pass has met it")
			}
			return nil
		})
	}
	recovers := func(name string) {
		t.Helper()
		wrong.Store(0)
		s.apply(areaText(name, "user:bob"))
		s.stateOf(name, v1alpha1.AreaOwned)
		if now := s.area("judged"); now.ResourceVersion != before.ResourceVersion {
			t.Errorf("%s: what was found before was to stay: %+v", name, now.Status)
		}
	}
	meets(ends, "slow")
	time.Sleep(2 * time.Second)
	if area := s.area("slow"); area.Status.State != "" {
		t.Errorf("a pass that was given up says %+v", area.Status)
	}
	if status, said := r.get("/healthz"); status != http.StatusOK {
		t.Errorf("a pass that ended when it was told to is no fault: %d %s", status, said)
	}
	recovers("after-slow")

	meets(panics, "panicked")
	recovers("after-panicked")

	meets(deaf, "deaf")
	s.eventually(func() error {
		if status, said := r.get("/healthz"); status != http.StatusServiceUnavailable {
			return fmt.Errorf("a pass hangs: %d %s", status, said)
		}
		return nil
	})
	close(release)
	recovers("after-deaf")
	if status, said := r.get("/healthz"); status != http.StatusOK {
		t.Errorf("it hangs no longer: %d %s", status, said)
	}
}
