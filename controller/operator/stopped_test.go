package operator

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubeevents "k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/remediation"
	"github.com/remit-dev/remit/controller/target/kubernetes"
)

// planned is a target on which everything is as planned.
type planned struct{ noTarget }

func (planned) Kind() string { return ownership.TargetKubernetes }

func (planned) Look(context.Context, ownership.Change) (kubernetes.Finding, string, error) {
	return kubernetes.AsPlanned, "", nil
}

// The kill switch stops what is left of a long list of proposals, and of finished ones to delete.
func TestKillSwitchStopsProposals(t *testing.T) {
	scheme, err := newScheme()
	if err != nil {
		t.Fatal(err)
	}
	stop := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "own", Name: stopName}, Data: map[string]string{"reason": "an incident"}}
	made := 0
	server := fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(&v1alpha1.Remediation{}).WithInterceptorFuncs(interceptor.Funcs{
		Create: func(ctx context.Context, server client.WithWatch, object client.Object, options ...client.CreateOption) error {
			if _, proposes := object.(*v1alpha1.Remediation); proposes {
				if made++; made == 2 { // somebody pulls it now
					if err := server.Create(ctx, stop); err != nil {
						return err
					}
				}
			}
			return server.Create(ctx, object, options...)
		},
		Delete: func(context.Context, client.WithWatch, client.Object, ...client.DeleteOption) error {
			t.Error("something was deleted")
			return nil
		},
	}).Build()
	r := &remediator{
		client: server, targets: []target{planned{}}, admission: admission{live: server, creates: server}, texts: texts{reader: server, namespace: "own"},
		options: Options{Now: time.Now, Identity: "test"}, events: events{kubeevents.NewFakeRecorder(10)}, log: slog.New(slog.DiscardHandler),
	}
	var changes []ownership.Change
	for _, name := range []string{"a", "b", "c", "d"} {
		changes = append(changes, ownership.Change{
			Target: ownership.TargetKubernetes, Operation: ownership.SetLabel, Namespace: name, Key: "remit.dev/owner", After: "x",
			Area: ownership.AreaID("own/" + name), Role: ownership.Accountable, Mode: ownership.Propose,
		})
	}
	proposals := remediation.Propose(ownership.Plan{Changes: changes}, "own")
	decision := remediation.Decide(proposals, nil, remediation.Settings{Now: time.Now()})
	decision.Prune = []*v1alpha1.Remediation{plain("own", "old")}
	err = r.do(t.Context(), decision, nil)
	if err == nil || !strings.Contains(err.Error(), "all writes are stopped: the ConfigMap remit-stop says: an incident") || made != 2 {
		t.Errorf("%d of %d were made: %v", made, len(proposals), err)
	}
}
