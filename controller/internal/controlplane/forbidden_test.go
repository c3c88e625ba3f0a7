package controlplane

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestRecordForbidden(t *testing.T) {
	plane := shared.Get(t)
	stranger, err := plane.UserConfig("stranger")
	must(t, err)
	for _, encoding := range []string{runtime.ContentTypeJSON, runtime.ContentTypeProtobuf} {
		t.Run(encoding, func(t *testing.T) {
			config, refusals := RecordForbidden(stranger)
			config.ContentType, config.AcceptContentTypes = encoding, encoding
			core := clientOf(t)(config, nil).CoreV1()
			ctx := t.Context()
			_, err := core.Secrets("default").Get(ctx, "token", metav1.GetOptions{})
			if err == nil || !strings.Contains(err.Error(), "stranger") {
				t.Errorf("the client is not told why: %v", err)
			}
			_, _ = core.ConfigMaps("").Watch(ctx, metav1.ListOptions{}) // what is recorded is looked at
			_, _ = core.Namespaces().UpdateStatus(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}}, metav1.UpdateOptions{})
			_ = clientOf(t)(config, nil).AppsV1().Deployments("default").DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{})
			want := []Forbidden{
				{Verb: "get", Resource: "secrets", Namespace: "default", Name: "token"},
				{Verb: "watch", Resource: "configmaps"},
				{Verb: "update", Resource: "namespaces/status", Namespace: "default", Name: "default"},
				{Verb: "deletecollection", Resource: "deployments.apps", Namespace: "default"},
			}
			got := refusals.All()
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Forbidden{}, "Message")); diff != "" {
				t.Errorf("recorded (-want +got):\n%s", diff)
			}
			for _, refused := range got {
				if !strings.Contains(refused.Message, `User "stranger" cannot`) || strings.ContainsRune(refused.Message, '\x00') {
					t.Errorf("the API server's message: %q", refused.Message)
				}
			}
		})
	}
}

// told is a test of which it matters only what it is told.
type told struct {
	testing.TB
	errors []string
	atEnd  []func()
}

func (t *told) Helper()          {}
func (t *told) Cleanup(f func()) { t.atEnd = append(t.atEnd, f) }
func (t *told) Errorf(format string, arguments ...any) {
	t.errors = append(t.errors, format)
}

func TestFailOnForbidden(t *testing.T) {
	plane := shared.Get(t)
	stranger, err := plane.UserConfig("stranger")
	must(t, err)
	cases := map[string]struct {
		reason string
		config *rest.Config
		ask    func(kubernetes.Interface)
		want   int
	}{
		"allowed": {reason: "an administrator may read", config: plane.Config(), want: 0, ask: func(c kubernetes.Interface) {
			_, err := c.CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{})
			must(t, err)
		}},
		"forbidden twice": {reason: "the same is told once, another verb by itself", config: stranger, want: 2, ask: func(c kubernetes.Interface) {
			_, _ = c.CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{}) // what is told is looked at
			_, _ = c.CoreV1().Secrets("kube-system").List(t.Context(), metav1.ListOptions{})
			_, _ = c.CoreV1().Secrets("default").Get(t.Context(), "a", metav1.GetOptions{})
		}},
		"namespace is being deleted": {reason: "there and then nobody may", config: plane.Config(), want: 0, ask: func(c kubernetes.Interface) {
			lingering := configMap("lingering")
			lingering.Finalizers = []string{"remit.dev/test"}
			must(t, plane.CreateNamespace(t.Context(), "terminating"))
			_, err := c.CoreV1().ConfigMaps("terminating").Create(t.Context(), lingering, metav1.CreateOptions{})
			must(t, err)
			must(t, c.CoreV1().Namespaces().Delete(t.Context(), "terminating", metav1.DeleteOptions{}))
			if _, err := c.CoreV1().ConfigMaps("terminating").Create(t.Context(), configMap("late"), metav1.CreateOptions{}); err == nil {
				t.Error("a namespace that is being deleted takes another object")
			}
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			inner := &told{TB: t}
			tc.ask(clientOf(t)(FailOnForbidden(inner, tc.config), nil))
			for _, end := range inner.atEnd {
				end()
			}
			if len(inner.errors) != tc.want {
				t.Errorf("%s, but the test was told %d things: %q", tc.reason, len(inner.errors), inner.errors)
			}
		})
	}
}
