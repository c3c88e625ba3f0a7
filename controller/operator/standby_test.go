package operator

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A replica that stands by is ready once it has all that a leader reads: it then takes over without a first look at the
// whole cluster. Before that it says that it is not.
func TestStandbyIsReadyWhenItsCachesAre(t *testing.T) {
	s := newScene(t)
	if err := s.admin.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: DefaultNamespace, Name: "people"}}); err != nil {
		t.Fatal(err)
	}
	leader := s.start(nil)
	leader.eventually(leader.answers("/", http.StatusOK, "This replica leads"))

	config, err := s.ServiceAccountConfig(t.Context(), DefaultNamespace, Account)
	if err != nil {
		t.Fatal(err)
	}
	slow := make(chan struct{})
	config = rest.CopyConfig(config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return lateFor{next, "/configmaps", slow} })
	started := make(chan string, 1)
	options := Options{
		LeaderElection: true, Listen: "127.0.0.1:0", Log: testLog(t), Started: func(address string) { started <- address },
	}
	standby, err := newController(config, options.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- standby.run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	second := &replica{scene: s, address: <-started}
	time.Sleep(2 * time.Second) // all else comes meanwhile
	if err := second.answers("/readyz", http.StatusServiceUnavailable, "not filled")(); err != nil {
		t.Error("while the ConfigMaps do not come:", err)
	}
	close(slow)
	s.eventually(second.answers("/readyz", http.StatusOK, "ok"))
	for _, kind := range append(listedKinds(), configMapKind) {
		if names, err := cached(ctx, standby, kind); err != nil || kind == configMapKind && !names["people"] {
			t.Errorf("%s: the cache of a standby has %v, %v", kind.Kind, names, err)
		}
	}
	if err := second.answers("/", http.StatusOK, "stands by")(); err != nil {
		t.Error(err)
	}
}

// answers asks the controller's own server for a path, and says what is not as it should be.
func (r *replica) answers(path string, status int, words string) func() error {
	return func() error {
		if code, text := r.get(path); code != status || !strings.Contains(text, words) {
			return fmt.Errorf("%s answers %d: %s", path, code, text)
		}
		return nil
	}
}

// lateFor keeps requests to a path waiting.
type lateFor struct {
	next http.RoundTripper
	path string
	slow chan struct{}
}

func (l lateFor) RoundTrip(request *http.Request) (*http.Response, error) {
	if strings.HasSuffix(request.URL.Path, l.path) {
		select {
		case <-l.slow:
		case <-request.Context().Done():
			return nil, request.Context().Err()
		}
	}
	return l.next.RoundTrip(request)
}

func cached(ctx context.Context, of *remit, kind schema.GroupVersionKind) (map[string]bool, error) {
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(kind.GroupVersion().WithKind(kind.Kind + "List"))
	if err := of.manager.GetCache().List(ctx, list, client.InNamespace(DefaultNamespace)); err != nil {
		return nil, fmt.Errorf("listing %s: %w", kind.Kind, err)
	}
	names := map[string]bool{}
	for i := range list.Items {
		names[list.Items[i].Name] = true
	}
	return names, nil
}
