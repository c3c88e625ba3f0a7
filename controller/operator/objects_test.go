package operator

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	corev1 "k8s.io/api/core/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// recorded starts a controller whose requests are collected.
func (s *scene) recorded(change func(*Options)) (*replica, *controlplane.Requests) {
	s.t.Helper()
	config, err := s.ServiceAccountConfig(s.t.Context(), DefaultNamespace, Account)
	if err != nil {
		s.t.Fatal(err)
	}
	requests := &controlplane.Requests{}
	return s.startAs(requests.Record(controlplane.FailOnForbidden(s.t, config)), change), requests
}

// written counts the patches of an area's status by how they were answered.
func written(requests *controlplane.Requests, area string) map[int]int {
	counts := map[int]int{}
	for _, request := range requests.Answered() {
		if request.Verb == "patch" && request.Resource == "areas.remit.dev/status" && request.Name == area {
			counts[request.Status]++
		}
	}
	return counts
}

// areaText is an area of the namespace remit-system, with who is accountable for it if that is somebody.
func areaText(name, holder string) string {
	text := "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {namespace: remit-system, name: " + name + "}\nspec:\n  description: it is tried out\n"
	if holder != "" {
		text += "  roles: [{role: accountable, holders: [\"" + holder + "\"]}]\n"
	}
	return text + "---\n"
}

// Somebody else writes the same object all the time, its labels and its status: what they write stays, the status ends up as
// it should be, and a conflict is not answered by a storm of requests.
func TestOthersWriteTheSameObject(t *testing.T) {
	s := newScene(t)
	s.apply(areaText("contended", ""))
	config, err := s.ServiceAccountConfig(t.Context(), DefaultNamespace, Account)
	if err != nil {
		t.Fatal(err)
	}
	const forced = 3
	var tries atomic.Int32
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { // somebody is always a moment earlier, at first
		return roundTripper(func(asked *http.Request) (*http.Response, error) {
			if n := tries.Load(); asked.Method == http.MethodPatch && strings.HasSuffix(asked.URL.Path, "/areas/contended/status") && n < forced {
				tries.Add(1)
				s.Kubectl(t, "label", "-n", DefaultNamespace, "area", "contended", fmt.Sprintf("before=%d", n), "--overwrite")
			}
			return next.RoundTrip(asked)
		})
	})
	requests := &controlplane.Requests{}
	s.startAs(requests.Record(controlplane.FailOnForbidden(t, config)), nil)
	s.stateOf("contended", v1alpha1.AreaUnowned)
	if diff := cmp.Diff(map[int]int{http.StatusConflict: forced, http.StatusOK: 1}, written(requests, "contended")); diff != "" {
		t.Errorf("patches by status code, where somebody was earlier %d times (-want +got):\n%s", forced, diff)
	}

	const writes = 60
	var writers sync.WaitGroup
	for i, write := range []func(area *v1alpha1.Area, n int) error{
		func(area *v1alpha1.Area, n int) error { // labels
			area.Labels["count"] = fmt.Sprint(n)
			return s.admin.Update(t.Context(), area)
		},
		func(area *v1alpha1.Area, n int) error { // the status, which is Remit's alone
			area.Status.Accountable = fmt.Sprintf("user:intruder-%d", n)
			return s.admin.Status().Update(t.Context(), area)
		},
		func(area *v1alpha1.Area, n int) error { // the spec, which changes what is true
			holder := []string{"user:alice", "user:bob"}[n%2]
			area.Spec.Roles = []v1alpha1.RoleHolders{{Role: "accountable", Holders: []string{holder}}}
			return s.admin.Update(t.Context(), area)
		},
	} {
		writers.Go(func() {
			for n := 1; n <= writes; {
				switch err := write(s.area("contended"), n); {
				case err == nil:
					n++
					time.Sleep(20 * time.Millisecond)
				case !apierrors.IsConflict(err):
					t.Errorf("writer %d: %v", i, err)
					return
				}
			}
		})
	}
	writers.Wait()
	s.eventually(func() error {
		area := s.area("contended")
		if area.Status.State != v1alpha1.AreaOwned || area.Status.Accountable != "user:alice" || area.Status.ObservedGeneration != area.Generation {
			return fmt.Errorf("generation %d, status %+v", area.Generation, area.Status)
		}
		return nil
	})
	if got := s.area("contended").Labels["count"]; got != fmt.Sprint(writes) {
		t.Errorf("the last label that was written is gone: %q", got)
	}
	counts := written(requests, "contended")
	t.Logf("%d writes of others: patches by status code %v", 3*writes, counts)
	if all := counts[http.StatusOK] + counts[http.StatusConflict]; all > 3*writes {
		t.Errorf("there were to be no more patches than writes: %v", counts)
	}
	quiet := len(requests.Of(controlplane.Request.Writes))
	time.Sleep(2 * time.Second)
	for _, request := range requests.Of(controlplane.Request.Writes)[quiet:] {
		if !strings.HasPrefix(request.Resource, "leases") {
			t.Errorf("nobody writes any more, and yet: %s", request)
		}
	}
}

// An object that is deleted and made again is another one: nothing of the first one's status, nor of what is told of it, goes to it.
func TestObjectIsMadeAgain(t *testing.T) {
	s := newScene(t)
	s.apply(areaText("again", ""))
	_, requests := s.recorded(nil)
	s.stateOf("again", v1alpha1.AreaUnowned)
	first := s.area("again")
	time.Sleep(1100 * time.Millisecond) // times in statuses are whole seconds
	for range 5 {
		if err := s.admin.Delete(t.Context(), s.area("again")); err != nil {
			t.Fatal(err)
		}
		s.apply(areaText("again", ""))
		time.Sleep(30 * time.Millisecond) // in the midst of the pass for the one before
	}
	s.stateOf("again", v1alpha1.AreaUnowned)
	last := s.area("again")
	if last.UID == first.UID || last.Status.Since.Before(&last.CreationTimestamp) || !first.Status.Since.Before(last.Status.Since) {
		t.Errorf("the new area, made at %s, is unowned since %s; the old one was since %s", last.CreationTimestamp, last.Status.Since, first.Status.Since)
	}
	for _, condition := range last.Status.Conditions {
		if condition.LastTransitionTime.Before(&last.CreationTimestamp) {
			t.Errorf("condition %s turned at %s, before the area was made at %s", condition.Type, condition.LastTransitionTime, last.CreationTimestamp)
		}
	}
	if events := s.events("again"); len(events) > 0 {
		t.Errorf("an area's first state is no news, and it is the first one of each: %v", events)
	}
	s.apply(areaText("again", "user:alice"))
	s.stateOf("again", v1alpha1.AreaOwned)
	s.eventually(func() error {
		events := s.events("again")
		if len(events) != 1 || events[0].Regarding.UID != last.UID {
			return fmt.Errorf("one event is to be about the new area %s: %v", last.UID, events)
		}
		return nil
	})
	t.Logf("patches by status code: %v", written(requests, "again"))
}

// events are those about an area of the namespace remit-system.
func (s *scene) events(area string) []eventsv1.Event {
	s.t.Helper()
	var events eventsv1.EventList
	if err := s.admin.List(s.t.Context(), &events, client.InNamespace("remit-system")); err != nil {
		s.t.Fatal(err)
	}
	return slices.DeleteFunc(events.Items, func(event eventsv1.Event) bool { return event.Regarding.Name != area || event.Regarding.Kind != "Area" })
}

// A namespace with areas in it is deleted: it goes, nothing that is forbidden is tried, and the metrics forget the areas.
func TestNamespaceIsDeleted(t *testing.T) {
	s := newScene(t)
	if err := s.CreateNamespace(t.Context(), "leaving"); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for i := range 30 {
		all.WriteString(strings.ReplaceAll(areaText(fmt.Sprintf("a%d", i), ""), "remit-system", "leaving"))
	}
	s.apply(all.String())
	s.apply(areaText("stays", "user:alice"))
	r, requests := s.recorded(func(options *Options) { options.AreaMetrics = true })
	s.stateOf("stays", v1alpha1.AreaOwned)
	s.eventually(r.shows(`area="leaving/a29"`, true))
	if err := s.admin.Delete(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "leaving"}}); err != nil {
		t.Fatal(err)
	}
	s.eventually(func() error {
		err := s.admin.Get(t.Context(), types.NamespacedName{Name: "leaving"}, &corev1.Namespace{})
		if apierrors.IsNotFound(err) {
			return nil
		}
		return fmt.Errorf("the namespace is there: %w", err)
	})
	s.eventually(r.shows(`area="leaving/`, false))
	s.eventually(r.shows(`area="remit-system/stays"`, true))
	for _, request := range requests.Of(controlplane.Request.Writes) {
		if request.Namespace == "leaving" && request.Status != http.StatusOK && request.Status != http.StatusNotFound && request.Status != http.StatusConflict {
			t.Errorf("written into a namespace that goes: %s", request)
		}
	}
}

// shows says whether the page of areas' metrics has a text, or has it no longer.
func (r *replica) shows(text string, want bool) func() error {
	return func() error {
		if _, page := r.get("/metrics/areas"); strings.Contains(page, text) != want {
			return fmt.Errorf("%s: want %v\n%s", text, want, page)
		}
		return nil
	}
}

// get asks the controller's own server.
func (r *replica) get(path string) (int, string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.address+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }() // nothing was written
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}
