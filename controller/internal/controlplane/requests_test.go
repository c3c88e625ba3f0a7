package controlplane

import (
	"io"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// What a client asks is collected, whether it is in this process or reaches the API server through one that it cannot tell from it.
func TestRequestsAreRecorded(t *testing.T) {
	plane := shared.Get(t)
	direct := &Requests{}
	own := direct.Record(plane.Config())
	account, err := plane.ServiceAccountConfig(t.Context(), "asking", "asker")
	must(t, err)
	_, err = clientOf(t)(plane.Config(), nil).RbacV1().RoleBindings("asking").Create(t.Context(), bindingOf("asking", "asker"), metav1.CreateOptions{})
	must(t, err)
	proxied, through := Proxy(t, FailOnForbidden(t, account))
	path := filepath.Join(t.TempDir(), "kubeconfig")
	must(t, WriteKubeconfig(path, proxied))
	read, err := clientcmd.BuildConfigFromFlags("", path)
	must(t, err)
	want := []Request{
		{Verb: "create", Resource: "configmaps", Namespace: "asking", Status: 201},
		{Verb: "patch", Resource: "configmaps", Namespace: "asking", Name: "asked", Status: 200},
		{Verb: "get", Resource: "configmaps", Namespace: "asking", Name: "absent", Status: 404},
		{Verb: "watch", Resource: "configmaps", Namespace: "asking", Status: 200},
		{Verb: "delete", Resource: "configmaps", Namespace: "asking", Name: "asked", Status: 200},
	}
	for name, c := range map[string]struct {
		config   *rest.Config
		requests *Requests
	}{"in this process": {own, direct}, "through another": {read, through}} {
		t.Run(name, func(t *testing.T) {
			client, err := kubernetes.NewForConfig(c.config)
			must(t, err)
			maps := client.CoreV1().ConfigMaps("asking")
			made, err := maps.Create(t.Context(), configMap("asked"), metav1.CreateOptions{})
			must(t, err)
			_, err = maps.Patch(t.Context(), "asked", types.MergePatchType, []byte(`{"data": {"kept": "no"}}`), metav1.PatchOptions{})
			must(t, err)
			_, _ = maps.Get(t.Context(), "absent", metav1.GetOptions{})
			watch, err := maps.Watch(t.Context(), metav1.ListOptions{ResourceVersion: made.ResourceVersion})
			must(t, err)
			if event := <-watch.ResultChan(); event.Type != "MODIFIED" { // it comes while the watch goes on
				t.Errorf("watched: %+v", event)
			}
			watch.Stop()
			must(t, maps.Delete(t.Context(), "asked", metav1.DeleteOptions{}))
			got := c.requests.All()
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Request{}, "At", "Accept")); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if writes := c.requests.Of(Request.Writes); len(writes) != 3 {
				t.Errorf("three of them write: %v", writes)
			}
		})
	}
}

// An answer that is still to be noted is waited for, as is one that never comes.
func TestRequestsAreAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		answer *http.Response
		want   int
	}{
		"answered": {reason: "the answer is on its way", answer: &http.Response{StatusCode: http.StatusOK}, want: http.StatusOK},
		"cut":      {reason: "the connection ends first", want: NoAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			requests, sent, answer := &Requests{}, make(chan struct{}), make(chan struct{})
			through := requests.wrap(roundTripper(func(*http.Request) (*http.Response, error) {
				close(sent)
				<-answer
				if c.answer == nil {
					return nil, io.ErrUnexpectedEOF
				}
				return c.answer, nil
			}))
			asked, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, "https://server/api/v1/namespaces/some", nil)
			must(t, err)
			var ended sync.WaitGroup
			ended.Go(func() { _, _ = through.RoundTrip(asked) }) //nolint:bodyclose // it has none
			<-sent
			if all := requests.All(); len(all) != 1 || all[0].Status != 0 {
				t.Errorf("it is under way: %v", all)
			}
			time.AfterFunc(20*time.Millisecond, func() { close(answer) })
			if all := requests.Answered(); len(all) != 1 || all[0].Status != c.want {
				t.Errorf("%s: want status %d: %v", c.reason, c.want, all)
			}
			ended.Wait()
		})
	}
}

// bindingOf lets an account edit what is in its namespace.
func bindingOf(namespace, account string) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: account},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "edit"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: account}},
	}
}
