package operator

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// holding is a reader of objects that counts how often it is asked, and always fails if there is an error.
func holding(t *testing.T, fails error, objects ...client.Object) (reader client.Reader, asked *int) {
	t.Helper()
	scheme, err := newScheme()
	if err != nil {
		t.Fatal(err)
	}
	asked = new(int)
	return fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).WithInterceptorFuncs(interceptor.Funcs{
		Get: func(ctx context.Context, from client.WithWatch, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
			*asked++
			if fails != nil {
				return fails
			}
			return from.Get(ctx, key, object, options...)
		},
	}).Build(), asked
}

// stopIn is a ConfigMap of the kill switch.
func stopIn(namespace string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: stopName}, Data: data}
}

// Writes go on only where it is known that nobody has stopped them, and it is said who has, and why.
func TestStopped(t *testing.T) {
	incident := stopIn("own", map[string]string{"reason": " an incident\n"})
	tests := map[string]struct {
		reason  string
		asked   string
		objects []client.Object
		fails   error
		want    string
	}{
		"nothing":      {reason: "it goes on"},
		"blank":        {reason: "a variable of spaces is as good as none", asked: " \n"},
		"reason":       {reason: "people read why", objects: []client.Object{incident}, want: "the ConfigMap remit-stop says: an incident"},
		"no data":      {reason: "that it is there is enough", objects: []client.Object{stopIn("own", nil)}, want: "there is a ConfigMap remit-stop in the namespace own"},
		"blank reason": {reason: "that is none", objects: []client.Object{stopIn("own", map[string]string{"reason": " "})}, want: "there is a ConfigMap remit-stop in the namespace own"},
		"other key":    {reason: "it says false, and is there", objects: []client.Object{stopIn("own", map[string]string{"stop": "false"})}, want: "there is a ConfigMap remit-stop in the namespace own"},
		"elsewhere":    {reason: "who may write elsewhere stops nothing", objects: []client.Object{stopIn("shop", map[string]string{"reason": "mischief"})}},
		"other name":   {reason: "another ConfigMap", objects: []client.Object{&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "own", Name: "remit-stopped"}}}},
		"asked":        {reason: "by the environment", asked: " incident 7 ", want: "REMIT_STOP says: incident 7"},
		"both":         {reason: "the environment first", asked: "incident 7", objects: []client.Object{incident}, want: "REMIT_STOP says: incident 7"},
		"forbidden": {
			reason: "there may be one", fails: apierrors.NewForbidden(schema.GroupResource{Resource: "configmaps"}, stopName, errors.New("no right")),
			want: "whether there is a ConfigMap remit-stop cannot be told: configmaps \"remit-stop\" is forbidden: no right",
		},
		"no answer":        {reason: "there may be one", fails: errors.New("connection refused"), want: "whether there is a ConfigMap remit-stop cannot be told: connection refused"},
		"out of time":      {reason: "there may be one", fails: context.DeadlineExceeded, want: "whether there is a ConfigMap remit-stop cannot be told: context deadline exceeded"},
		"asked, no answer": {reason: "that needs no answer", asked: "incident 7", fails: errors.New("connection refused"), want: "REMIT_STOP says: incident 7"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server, _ := holding(t, test.fails, test.objects...)
			if got := (texts{reader: server, namespace: "own"}).stopped(t.Context(), test.asked); got != test.want {
				t.Errorf("%s: want %q, got %q", test.reason, test.want, got)
			}
			// A cache that can tell nothing decides nothing.
			blind, _ := holding(t, errors.New("not synced"))
			if got := (texts{reader: server, cache: blind, namespace: "own"}).seenStopped(t.Context(), test.asked); got != test.want {
				t.Errorf("%s: where the cache cannot tell, want %q, got %q", test.reason, test.want, got)
			}
		})
	}
}

// The API server is asked only where the cache does not show that there is no ConfigMap; and it has the last word.
func TestSeenStopped(t *testing.T) {
	incident := stopIn("own", map[string]string{"reason": "an incident"})
	refused := errors.New("connection refused")
	tests := map[string]struct {
		reason        string
		cache, server []client.Object
		fails         error
		asked         string
		want          string
		requests      int
	}{
		"none":           {reason: "a pass that writes nothing costs no request"},
		"not in cache":   {reason: "it is asked for again before anything is written", server: []client.Object{incident}},
		"none, no reply": {reason: "nothing is asked, so that nothing fails", fails: refused},
		"there":          {reason: "the cache has not its text", cache: []client.Object{stopIn("own", nil)}, server: []client.Object{incident}, want: "the ConfigMap remit-stop says: an incident", requests: 1},
		"gone by now":    {reason: "the cache is behind", cache: []client.Object{incident}, requests: 1},
		"there, no reply": {
			reason: "it may be there still", cache: []client.Object{incident}, fails: refused, want: "whether there is a ConfigMap remit-stop cannot be told: connection refused", requests: 1,
		},
		"asked": {reason: "whatever the cache shows", asked: "incident 7", want: "REMIT_STOP says: incident 7"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cache, _ := holding(t, nil, test.cache...)
			server, requests := holding(t, test.fails, test.server...)
			if got := (texts{reader: server, cache: cache, namespace: "own"}).seenStopped(t.Context(), test.asked); got != test.want || *requests != test.requests {
				t.Errorf("%s: want %q after %d requests, got %q after %d", test.reason, test.want, test.requests, got, *requests)
			}
		})
	}
}

// A reason may be of any length; what is said in statuses is not.
func TestStoppedIsBounded(t *testing.T) {
	long := strings.Repeat("why ", 5000)
	server, _ := holding(t, nil, stopIn("own", map[string]string{"reason": long}))
	for by, asked := range map[string]string{"the environment": long, "a ConfigMap": ""} {
		if got := (texts{reader: server, namespace: "own"}).stopped(t.Context(), asked); len(got) > v1alpha1.MaxMessageBytes+100 || !strings.Contains(got, "why why") {
			t.Errorf("by %s: %d bytes", by, len(got))
		}
	}
}

// While the kill switch is on, no Area is made of what is discovered; once it is taken back, one is.
func TestKillSwitchMaterialize(t *testing.T) {
	s := newScene(t)
	s.apply(`{apiVersion: v1, kind: ConfigMap, metadata: {namespace: remit-system, name: remit-stop}}`)
	s.discovers("mat-stop", "by-stop")
	r := s.start(nil)
	s.expect(sourceNamed("cluster"), expected{ready: "Accepted"}) // a pass has seen it
	s.eventually(r.counts(`remit_areas{state="unowned",team="",tier=""} 1`))
	time.Sleep(2 * time.Second)
	if all := s.materialized("cluster"); len(all) != 0 {
		t.Errorf("made all the same: %+v", all)
	}
	s.Kubectl(t, "delete", "configmap", stopName, "-n", DefaultNamespace)
	s.materializes("cluster", "namespace:mat-stop")
}

// What the environment says stops as the ConfigMap does: nothing is proposed or made, and no Area is made.
func TestKillSwitchOfTheEnvironment(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-variable", "Enforce")
	s.Kubectl(t, "label", "namespace", "shop-variable", "observed=by-variable")
	s.apply("{apiVersion: v1, kind: Namespace, metadata: {name: mat-variable, labels: {observed: by-variable}}}")
	s.Kubectl(t, "patch", "ownershipsource", "cluster", "--type=merge", "-p",
		`{"spec":{"kubernetes":{"discover":true,"namespaces":{"matchLabels":{"observed":"by-variable"}}},"materialize":{"namespace":"remit-system"}}}`)
	r := s.start(func(options *Options) { options.Stop = "incident 7" })
	s.eventually(r.counts(`remit_changes_held{brake="kill-switch"} 1`))
	time.Sleep(2 * time.Second)
	if all := s.remediations(DefaultNamespace); len(all) != 0 || s.ownerOf("shop-variable") != "old-team" {
		t.Errorf("something was written: %v, %q", statuses(all), s.ownerOf("shop-variable"))
	}
	if all := s.materialized("cluster"); len(all) != 0 {
		t.Errorf("made all the same: %+v", all)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	s.start(nil)
	s.proposed(v1alpha1.RemediationSucceeded)
	s.materializes("cluster", "namespace:mat-variable")
}
