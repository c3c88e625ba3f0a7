package operator

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
	"github.com/remit-dev/remit/crds"
)

var shared controlplane.Shared

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

// scene is a cluster in which Remit is installed, for one test. The control plane is shared, and emptied afterwards.
type scene struct {
	*controlplane.ControlPlane
	t     *testing.T
	admin client.Client
}

// newScene installs the kinds and the controller's account.
func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{ControlPlane: shared.Get(t), t: t}
	ctx := t.Context()
	if err := s.Install(ctx, crds.FS); err != nil {
		t.Fatal(err)
	}
	scheme, err := newScheme()
	if err != nil {
		t.Fatal(err)
	}
	if s.admin, err = client.New(s.Config(), client.Options{Scheme: scheme}); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateNamespace(ctx, DefaultNamespace); err != nil {
		t.Fatal(err)
	}
	if err := s.Install(ctx, crds.RBAC); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.empty)
	return s
}

// empty deletes all objects of the kinds, the policies and sources first.
func (s *scene) empty() {
	ctx := context.Background() // the test's own is over
	all := []client.Object{
		&v1alpha1.ResponsibilityPolicy{}, &v1alpha1.OwnershipSource{}, &v1alpha1.RoleConfiguration{}, &v1alpha1.Team{},
	}
	for _, object := range all {
		if err := s.admin.DeleteAllOf(ctx, object); err != nil {
			s.t.Error(err)
		}
	}
	var namespaces corev1.NamespaceList
	if err := s.admin.List(ctx, &namespaces); err != nil {
		s.t.Error(err)
	}
	for _, namespace := range namespaces.Items {
		for _, object := range []client.Object{&v1alpha1.Area{}, &v1alpha1.RoleAssignment{}, &v1alpha1.Remediation{}, &coordinationv1.Lease{}} {
			if err := s.admin.DeleteAllOf(ctx, object, client.InNamespace(namespace.Name)); err != nil {
				s.t.Error(err)
			}
		}
	}
}

// apply applies manifests as a user would.
func (s *scene) apply(text string) {
	s.t.Helper()
	if out, err := s.TryKubectl(s.t, text, "apply", "--server-side", "-f", "-"); err != nil {
		s.t.Fatalf("kubectl apply: %v\n%s", err, out)
	}
}

// replica is one controller that runs.
type replica struct {
	*scene
	stop    func() error
	address string
}

// start runs a controller as the service account, with the rights that the code declares and no others.
func (s *scene) start(change func(*Options)) *replica {
	s.t.Helper()
	config, err := s.ServiceAccountConfig(s.t.Context(), DefaultNamespace, Account)
	if err != nil {
		s.t.Fatal(err)
	}
	config, refusals := controlplane.RecordForbidden(config)
	s.t.Cleanup(func() {
		for _, refused := range refusals.All() {
			// The probe of the admission policy is to be refused, by that policy.
			if !strings.Contains(refused.Message, probeName) || !strings.Contains(refused.Message, policyName) {
				s.t.Errorf("a request was forbidden: %s", refused)
			}
		}
	})
	return s.startAs(config, change)
}

func (s *scene) startAs(config *rest.Config, change func(*Options)) *replica {
	s.t.Helper()
	started := make(chan string, 1)
	options := Options{
		LeaderElection: true, Listen: "127.0.0.1:0", Version: "test", Log: testLog(s.t),
		LeaseDuration: 30 * time.Second, RenewDeadline: 20 * time.Second, RetryPeriod: 500 * time.Millisecond, // long, for busy machines: all stop cleanly
		Started: func(address string) { started <- address },
	}
	if change != nil {
		change(&options)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, asked.Record(config), options) }()
	r := &replica{scene: s, stop: sync.OnceValue(func() error { cancel(); return <-ended })}
	s.t.Cleanup(func() {
		if err := r.stop(); err != nil {
			s.t.Errorf("the controller failed: %v", err)
		}
	})
	select {
	case r.address = <-started:
	case err := <-ended:
		s.t.Fatalf("the controller did not start: %v", err)
	case <-time.After(patience):
		s.t.Fatal("the controller did not start")
	}
	return r
}

// testLog writes a log into the test's output.
func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(text []byte) (int, error) {
	if w.t.Context().Err() == nil { // else the test is over
		w.t.Log(strings.TrimSpace(string(text)))
	}
	return len(text), nil
}

// patience is for how long a test waits for what is to come. How fast it comes is for benchmarks to say: the machine may be busy.
const patience = 2 * time.Minute

// eventually asks again and again until there is no error, and fails with the last one.
func (s *scene) eventually(ask func() error) {
	s.t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err = ask(); err == nil {
			return
		}
	}
	s.t.Fatalf("after %s: %v", patience, err)
}
