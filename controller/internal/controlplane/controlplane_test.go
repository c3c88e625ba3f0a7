package controlplane

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/go-logr/logr"
)

var shared Shared

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard()) // controller-runtime complains otherwise
	os.Exit(shared.Run(m))
}

// clientOf makes a client, also for configs that failed to be made.
func clientOf(t *testing.T) func(*rest.Config, error) kubernetes.Interface {
	return func(config *rest.Config, err error) kubernetes.Interface {
		t.Helper()
		must(t, err)
		made, err := kubernetes.NewForConfig(config)
		must(t, err)
		return made
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually asks until there is no error any more.
func eventually(t *testing.T, ask func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(every) {
		if err = ask(); err == nil {
			return
		}
	}
	t.Fatal("not within a minute: ", err)
}

func configMap(name string, owners ...metav1.OwnerReference) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, OwnerReferences: owners}, Data: map[string]string{"kept": "yes"}}
}

func TestRBACDecides(t *testing.T) {
	plane := shared.Get(t)
	cases := map[string]struct {
		reason  string
		groups  []string
		refused bool
	}{
		"stranger":      {reason: "nobody gave this user anything", refused: true},
		"administrator": {reason: "RBAC lets system:masters do everything", groups: []string{"system:masters"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := clientOf(t)(plane.UserConfig(name, tc.groups...)).CoreV1().Secrets("kube-system").List(t.Context(), metav1.ListOptions{})
			if errors.IsForbidden(err) != tc.refused || (err != nil) != tc.refused {
				t.Errorf("list Secrets: %v, but %s", err, tc.reason)
			}
		})
	}
	anonymous := clientOf(t)(plane.anonymous(), nil)
	if _, err := anonymous.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{}); !errors.IsForbidden(err) && !errors.IsUnauthorized(err) {
		t.Errorf("list namespaces without a name: %v", err)
	}
}

// The controller manager works: without it, a namespace would stay Terminating for ever.
func TestNamespaceGoesWithWhatIsInIt(t *testing.T) {
	plane := shared.Get(t)
	admin := clientOf(t)(plane.Config(), nil)
	must(t, plane.CreateNamespace(t.Context(), "leaving"))
	_, err := admin.CoreV1().ConfigMaps("leaving").Create(t.Context(), configMap("inside"), metav1.CreateOptions{})
	must(t, err)
	must(t, admin.CoreV1().Namespaces().Delete(t.Context(), "leaving", metav1.DeleteOptions{}))
	eventually(t, func() error {
		_, err := admin.CoreV1().Namespaces().Get(t.Context(), "leaving", metav1.GetOptions{})
		if errors.IsNotFound(err) {
			return nil
		}
		return errors.NewConflict(corev1.Resource("namespaces"), "leaving", err)
	})
	must(t, plane.CreateNamespace(t.Context(), "leaving"))
	if _, err := admin.CoreV1().ConfigMaps("leaving").Get(t.Context(), "inside", metav1.GetOptions{}); !errors.IsNotFound(err) {
		t.Errorf("what was in a deleted namespace is in the new one of its name: %v", err)
	}
}

func TestOwnedObjectsAreCollected(t *testing.T) {
	plane := shared.Get(t)
	must(t, plane.CreateNamespace(t.Context(), "owned"))
	maps := clientOf(t)(plane.Config(), nil).CoreV1().ConfigMaps("owned")
	owner, err := maps.Create(t.Context(), configMap("owner"), metav1.CreateOptions{})
	must(t, err)
	_, err = maps.Create(t.Context(), configMap("dependent", metav1.OwnerReference{
		APIVersion: "v1", Kind: "ConfigMap", Name: owner.Name, UID: owner.UID,
	}), metav1.CreateOptions{})
	must(t, err)
	must(t, maps.Delete(t.Context(), "owner", metav1.DeleteOptions{}))
	eventually(t, func() error {
		_, err := maps.Get(t.Context(), "dependent", metav1.GetOptions{})
		if errors.IsNotFound(err) {
			return nil
		}
		return errors.NewConflict(corev1.Resource("configmaps"), "dependent", err)
	})
}

// What clients know of the API server and what it stored stay the same over its restarts.
func TestAPIServerIsRestarted(t *testing.T) {
	plane := Start(t)
	must(t, plane.CreateNamespace(t.Context(), "kept"))
	maps := clientOf(t)(plane.Config(), nil).CoreV1().ConfigMaps("kept")
	stored, err := maps.Create(t.Context(), configMap("kept"), metav1.CreateOptions{})
	must(t, err)
	account := clientOf(t)(plane.ServiceAccountConfig(t.Context(), "kept", "reader"))
	for name, end := range map[string]func() error{"stopped": plane.StopAPIServer, "killed": plane.KillAPIServer} {
		begin := time.Now()
		must(t, end())
		ended := time.Since(begin)
		if _, err := maps.Get(t.Context(), "kept", metav1.GetOptions{}); err == nil {
			t.Errorf("an API server that was %s answers", name)
		}
		must(t, end()) // again: nothing
		begin = time.Now()
		must(t, plane.StartAPIServer(t.Context()))
		t.Logf("%s in %s, ready again after %s", name, ended.Round(time.Millisecond), time.Since(begin).Round(time.Millisecond))
		again, err := maps.Get(t.Context(), "kept", metav1.GetOptions{}) // the client knows the old address only
		must(t, err)
		if again.ResourceVersion != stored.ResourceVersion || again.Data["kept"] != "yes" {
			t.Errorf("%s: stored %v, read %v", name, stored, again)
		}
		if _, err := account.CoreV1().ConfigMaps("kept").List(t.Context(), metav1.ListOptions{}); !errors.IsForbidden(err) {
			t.Errorf("%s: a token from before is not known, or worth more than before: %v", name, err)
		}
		if err := plane.StartAPIServer(t.Context()); err == nil {
			t.Error("a second API server was started")
		}
	}
}

func TestStopLeavesNothing(t *testing.T) {
	plane := Start(t)
	ended := []*process{plane.etcd, plane.api, plane.manager}
	for _, program := range []string{etcd, apiServer, controllerManager} {
		if _, err := os.Stat(filepath.Join(plane.Folder(), program+".log")); err != nil {
			t.Errorf("where the log should be: %v", err)
		}
	}
	if written, err := os.Stat(plane.Kubeconfig()); err != nil || written.Mode().Perm() != 0o600 {
		t.Errorf("the kubeconfig is to be its owner's alone: %v, %v", written.Mode(), err)
	}
	must(t, plane.Stop())
	for _, program := range ended {
		select {
		case <-program.ended:
		default:
			t.Errorf("%s runs on", program.name)
		}
	}
	if _, err := os.Stat(plane.Folder()); !os.IsNotExist(err) {
		t.Errorf("the folder is there: %v", err)
	}
	must(t, plane.Stop()) // again: nothing
}
