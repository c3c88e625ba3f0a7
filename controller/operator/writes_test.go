package operator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// Each change of what is true is one patch of each object that it is about, and one event where something turns; what changes
// nothing is neither. What is watched by its metadata alone is asked for so, and Secrets are not asked for at all.
func TestOnePatchForEachChange(t *testing.T) {
	s := newScene(t)
	s.apply(areaText("one", "") + areaText("other", "user:alice"))
	_, requests := s.recorded(nil)
	s.stateOf("one", v1alpha1.AreaUnowned)
	s.stateOf("other", v1alpha1.AreaOwned)
	patches, events := map[string]int{"one": 1, "other": 1}, []string(nil)
	for _, step := range []struct {
		reason  string
		change  func()
		done    func()
		patched []string
		event   string
	}{
		{"somebody takes it", func() { s.apply(areaText("one", "user:bob")) }, func() { s.stateOf("one", v1alpha1.AreaOwned) }, []string{"one"}, "StateOwned"},
		{"a label that no policy asks for", func() { s.Kubectl(t, "label", "-n", DefaultNamespace, "area", "one", "team=web") }, nil, nil, ""},
		{"an annotation that says nothing to Remit", func() { s.Kubectl(t, "annotate", "-n", DefaultNamespace, "area", "one", "note=read") }, nil, nil, ""},
		{"applied as it is", func() { s.apply(areaText("one", "user:bob")) }, nil, nil, ""},
		{"a ConfigMap that nothing reads", func() {
			s.apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: remit-system, name: unread}\ndata: {a: b}\n")
		}, nil, nil, ""},
		{"a Team that no policy reads", func() {
			s.apply("apiVersion: remit.dev/v1alpha1\nkind: Team\nmetadata: {name: web}\nspec: {id: acme/web}\n")
		}, nil, nil, ""},
		{"asked to look again, which the status answers", func() {
			s.Kubectl(t, "annotate", "-n", DefaultNamespace, "area", "other", v1alpha1.AnnotationReconcileAt+"=now")
		}, func() {
			s.eventually(func() error {
				if handled := s.area("other").Status.LastHandledReconcileAt; handled != "now" {
					return fmt.Errorf("handled %q", handled)
				}
				return nil
			})
		}, []string{"other"}, ""},
		{"nobody has it any more", func() { s.apply(areaText("one", "")) }, func() { s.stateOf("one", v1alpha1.AreaUnowned) }, []string{"one"}, "StateUnowned"},
		{"taken again", func() { s.apply(areaText("one", "user:bob")) }, func() { s.stateOf("one", v1alpha1.AreaOwned) }, []string{"one"}, "StateOwned"},
	} {
		step.change()
		if step.done != nil {
			step.done()
		}
		time.Sleep(time.Second) // for what must not come
		for _, area := range step.patched {
			patches[area]++
		}
		if step.event != "" {
			events = append(events, step.event)
		}
		for area, want := range patches {
			if diff := cmp.Diff(map[int]int{http.StatusOK: want}, written(requests, area)); diff != "" {
				t.Errorf("%s: patches of %s (-want +got):\n%s", step.reason, area, diff)
			}
		}
		told := requests.Of(func(request controlplane.Request) bool {
			return request.Writes() && request.Resource == "events.events.k8s.io"
		})
		if len(told) != len(events) {
			t.Errorf("%s: want %d events in all, told %v", step.reason, len(events), told)
		}
	}
	var reasons []string
	for _, event := range s.events("one") {
		for range 1 + seriesCount(event.Series) {
			reasons = append(reasons, event.Reason)
		}
	}
	if len(reasons) != len(events) || len(s.events("other")) > 0 {
		t.Errorf("want events %v of one, and none of the other: %v", events, reasons)
	}
	for _, request := range requests.All() {
		switch {
		case strings.HasPrefix(request.Resource, "secrets"):
			t.Errorf("nothing needs a Secret: %s", request)
		case request.Resource == "configmaps" && request.Verb != "get" && !strings.Contains(request.Accept, "as=PartialObjectMetadata"):
			t.Errorf("ConfigMaps are watched by their metadata: %s, accepted %s", request, request.Accept)
		case request.Resource == "configmaps" && request.Namespace != DefaultNamespace:
			t.Errorf("ConfigMaps of the own namespace only: %s", request)
		}
	}
}

// seriesCount is how often an event was told again.
func seriesCount(series *eventsv1.EventSeries) int {
	if series == nil {
		return 0
	}
	return int(series.Count) - 1
}

// What is cached has no managed fields, and not what kubectl remembers of the last apply.
func TestCacheIsStripped(t *testing.T) {
	s := newScene(t)
	s.apply(areaText("cached", "user:alice"))
	s.Kubectl(t, "annotate", "-n", DefaultNamespace, "area", "cached", "kubectl.kubernetes.io/last-applied-configuration={}", "kept=yes")
	config, err := s.ServiceAccountConfig(t.Context(), DefaultNamespace, Account)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newController(controlplane.FailOnForbidden(t, config), Options{Listen: "127.0.0.1:0", Log: testLog(t)}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.run(ctx) }()
	var cached v1alpha1.Area
	s.eventually(func() error {
		if !r.synced.Load() {
			return errors.New("the caches are not filled")
		}
		return r.manager.GetCache().Get(ctx, types.NamespacedName{Namespace: DefaultNamespace, Name: "cached"}, &cached)
	})
	if len(s.area("cached").ManagedFields) == 0 {
		t.Error("the API server has managed fields")
	}
	if len(cached.ManagedFields) > 0 {
		t.Errorf("managed fields are cached: %v", cached.ManagedFields)
	}
	if diff := cmp.Diff(map[string]string{"kept": "yes"}, cached.Annotations); diff != "" {
		t.Errorf("cached annotations (-want +got):\n%s", diff)
	}
	if err := r.manager.GetCache().List(ctx, &corev1.SecretList{}); err == nil {
		t.Error("Secrets are listed when the cache is asked for them")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
