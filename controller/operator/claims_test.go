package operator

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// onLabel has the first patch of a namespace's label made by a function, and counts the patches.
func onLabel(config *rest.Config, namespace string, first func(next http.RoundTripper, asked *http.Request) (*http.Response, error)) (*rest.Config, *atomic.Int32) {
	var patches atomic.Int32
	config = rest.CopyConfig(config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(asked *http.Request) (*http.Response, error) {
			if asked.Method == http.MethodPatch && asked.URL.Path == "/api/v1/namespaces/"+namespace && patches.Add(1) == 1 {
				return first(next, asked)
			}
			return next.RoundTrip(asked)
		})
	})
	return config, &patches
}

// counts says whether a line is in the metrics.
func (r *replica) counts(line string) func() error {
	return func() error {
		if _, page := r.get("/metrics"); !strings.Contains(page, "\n"+line+"\n") {
			return fmt.Errorf("no %s in\n%s", line, page)
		}
		return nil
	}
}

// Whether a change that was asked for was made may stay unknown, since no answer came. Its claim stands then, and the live object says what has
// become of it. (That a replica is killed at this point is tested with processes, in cmd/remit.)
func TestClaimIsSettledByTheLiveObject(t *testing.T) {
	broken := errors.New("the connection broke")
	for title, c := range map[string]struct {
		reason  string
		first   func(s *scene, next http.RoundTripper, asked *http.Request) (*http.Response, error)
		phase   string
		outcome string
		message string
		patches int32
		counted string
	}{
		"made": {
			reason: "the answer was lost, and the change is not asked for again",
			first: func(_ *scene, next http.RoundTripper, asked *http.Request) (*http.Response, error) {
				answer, err := next.RoundTrip(asked)
				if err == nil {
					err = answer.Body.Close()
				}
				return nil, errors.Join(broken, err)
			},
			phase: v1alpha1.RemediationSucceeded, outcome: v1alpha1.ChangeMade, message: "found made", patches: 1, counted: `result="made",target="kubernetes"} 1`,
		},
		"not made": {
			reason:  "the request was lost, and the change is asked for once more",
			first:   func(*scene, http.RoundTripper, *http.Request) (*http.Response, error) { return nil, broken },
			phase:   v1alpha1.RemediationSucceeded,
			outcome: v1alpha1.ChangeMade, patches: 2, counted: `result="made",target="kubernetes"} 1`,
		},
		"moved": {
			reason: "the request was lost, and somebody else labels the namespace meanwhile: that is another plan",
			first: func(s *scene, _ http.RoundTripper, _ *http.Request) (*http.Response, error) {
				s.Kubectl(s.t, "label", "namespace", "claim-moved", "remit.dev/owner=third-team", "--overwrite")
				return nil, broken
			},
			phase: v1alpha1.RemediationSuperseded, outcome: v1alpha1.ChangeRefused, message: "not made", patches: 2, counted: `result="refused",target="kubernetes"} 1`,
		},
		"edited": {
			reason: "somebody edits the namespace a moment earlier, and says nothing of its owner: it is looked at again, and made",
			first: func(s *scene, next http.RoundTripper, asked *http.Request) (*http.Response, error) {
				s.Kubectl(s.t, "annotate", "namespace", "claim-edited", "example.com/note=other")
				return next.RoundTrip(asked)
			},
			phase: v1alpha1.RemediationSucceeded, outcome: v1alpha1.ChangeMade, patches: 2, counted: `result="made",target="kubernetes"} 1`,
		},
	} {
		t.Run(title, func(t *testing.T) {
			s, name := newScene(t), "claim-"+strings.ReplaceAll(title, " ", "-")
			s.shopIsLabelled(name, "Enforce")
			config, err := s.ServiceAccountConfig(t.Context(), DefaultNamespace, Account)
			if err != nil {
				t.Fatal(err)
			}
			config, patches := onLabel(controlplane.FailOnForbidden(t, config), name, func(next http.RoundTripper, asked *http.Request) (*http.Response, error) {
				return c.first(s, next, asked)
			})
			r := s.startAs(config, nil)
			s.eventually(func() error {
				for _, each := range s.remediations(DefaultNamespace) {
					if each.Spec.Changes[0].Before != "old-team" {
						continue
					}
					if each.Status.Phase != c.phase || each.Status.Changes[0].Outcome != c.outcome || !strings.Contains(each.Status.Changes[0].Message, c.message) {
						return fmt.Errorf("%s: %+v", c.reason, each.Status)
					}
					return nil
				}
				return errors.New("there is no Remediation")
			})
			s.eventually(func() error {
				if owner := s.ownerOf(name); owner != "payments" {
					return fmt.Errorf("%s: the label is %s, of %v", c.reason, owner, statuses(s.remediations(DefaultNamespace)))
				}
				return nil
			})
			s.eventually(r.counts(`remit_changes_total{op="set-label",` + c.counted))
			time.Sleep(time.Second) // for what must not come
			if n := patches.Load(); n != c.patches {
				t.Errorf("%s: %d patches, want %d", c.reason, n, c.patches)
			}
		})
	}
}

// A change rests on all that names the namespace's owner: what names another one since the plan was made is heeded, though the label is as
// planned.
func TestOtherOwnerIsHeeded(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("claim-other", "Enforce")
	config, err := s.ServiceAccountConfig(t.Context(), DefaultNamespace, Account)
	if err != nil {
		t.Fatal(err)
	}
	config = controlplane.FailOnForbidden(t, config)
	var once atomic.Bool
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(asked *http.Request) (*http.Response, error) {
			if asked.Method == http.MethodGet && asked.URL.Path == "/api/v1/namespaces/claim-other" && once.CompareAndSwap(false, true) { // the live look
				s.Kubectl(t, "annotate", "namespace", "claim-other", "remit.dev/owner=ops")
			}
			return next.RoundTrip(asked)
		})
	})
	s.startAs(config, nil)
	s.eventually(func() error {
		if !once.Load() {
			return errors.New("nothing was looked at yet")
		}
		for _, each := range s.remediations(DefaultNamespace) {
			if each.Status.Phase == v1alpha1.RemediationFailed && strings.Contains(each.Status.Changes[0].Message, "names another owner than when the plan was made") {
				return nil
			}
		}
		return fmt.Errorf("%v", statuses(s.remediations(DefaultNamespace)))
	})
	if owner := s.ownerOf("claim-other"); owner != "old-team" {
		t.Errorf("the label is %s", owner)
	}
}
