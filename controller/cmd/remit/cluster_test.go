package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os/exec" //nolint:depguard // the test starts Remit itself, as a kubelet does
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
	"github.com/remit-dev/remit/crds"
)

// system is the namespace of the controller.
const system = "remit-system"

// cluster is a control plane of a test's own in which Remit is installed, but does not run yet.
type cluster struct {
	*controlplane.ControlPlane
	t     *testing.T
	admin client.WithWatch
	// account is how the controller's account reaches the API server.
	account *rest.Config
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{ControlPlane: controlplane.Start(t), t: t}
	scheme := runtime.NewScheme()
	ctx := t.Context()
	for _, step := range []func() error{
		func() error { return clientgoscheme.AddToScheme(scheme) },
		func() error { return v1alpha1.AddToScheme(scheme) },
		func() error { return c.CreateNamespace(ctx, system) },
		func() error { return c.Install(ctx, crds.FS, crds.RBAC) },
		func() (err error) {
			c.admin, err = client.NewWithWatch(c.Config(), client.Options{Scheme: scheme})
			return err
		},
		func() (err error) {
			c.account, err = c.ServiceAccountConfig(ctx, system, "remit")
			return err
		},
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// apply applies manifests as a user would.
func (c *cluster) apply(text string) {
	c.t.Helper()
	if out, err := c.TryKubectl(c.t, text, "apply", "--server-side", "-f", "-"); err != nil {
		c.t.Fatalf("kubectl apply: %v\n%s", err, out)
	}
}

// patience is for how long a test waits for what is to come. How fast it comes is for benchmarks to say: the machine may be busy.
const patience = 2 * time.Minute

// eventually asks again and again until there is no error, and fails with the last one.
func (c *cluster) eventually(ask func() error) {
	c.t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err = ask(); err == nil {
			return
		}
	}
	c.t.Fatalf("after %s: %v", patience, err)
}

// states waits until inStates.
func (c *cluster) states(want map[string]v1alpha1.AreaState) {
	c.t.Helper()
	c.eventually(func() error { return c.inStates(want) })
}

// inStates says whether the areas of the controller's namespace are judged as they are now, and in these states.
func (c *cluster) inStates(want map[string]v1alpha1.AreaState) error {
	var areas v1alpha1.AreaList
	if err := c.admin.List(c.t.Context(), &areas, client.InNamespace(system)); err != nil {
		return err
	}
	got := map[string]v1alpha1.AreaState{}
	for _, area := range areas.Items {
		if area.Status.ObservedGeneration == area.Generation {
			got[area.Name] = area.Status.State
		}
	}
	if !maps.Equal(got, want) {
		return fmt.Errorf("the areas are %v, want %v", got, want)
	}
	return nil
}

// holder is who holds the Lease; empty where nobody does.
func (c *cluster) holder() string {
	c.t.Helper()
	var lease coordinationv1.Lease
	err := c.admin.Get(c.t.Context(), types.NamespacedName{Namespace: system, Name: "remit"}, &lease)
	if client.IgnoreNotFound(err) != nil {
		c.t.Fatal(err)
	}
	if lease.Spec.HolderIdentity == nil {
		return ""
	}
	return *lease.Spec.HolderIdentity
}

// replica is one `remit controller`, a process of its own, that asks the API server through the test.
type replica struct {
	*cluster
	command  *exec.Cmd
	address  string // ends with a slash
	requests *controlplane.Requests
	started  chan string   // is told the address
	ended    chan struct{} // closed when it has
	mutex    sync.Mutex
	log      []string
}

// controller starts one, which must ask for nothing that the account may not do, and returns once it serves.
func (c *cluster) controller(arguments ...string) *replica {
	c.t.Helper()
	return c.controllerAs(controlplane.FailOnForbidden(c.t, c.account), arguments...)
}

func (c *cluster) controllerAs(config *rest.Config, arguments ...string) *replica {
	c.t.Helper()
	r := c.launch(config, arguments...)
	select {
	case r.address = <-r.started:
	case <-r.ended:
		c.t.Fatal("it ended at once")
	case <-time.After(patience):
		c.t.Fatal("it did not start")
	}
	return r
}

// launch starts one, and does not wait.
func (c *cluster) launch(config *rest.Config, arguments ...string) *replica {
	c.t.Helper()
	proxied, requests := controlplane.Proxy(c.t, config)
	kubeconfig := filepath.Join(c.t.TempDir(), "kubeconfig")
	if err := controlplane.WriteKubeconfig(kubeconfig, proxied); err != nil {
		c.t.Fatal(err)
	}
	arguments = append([]string{"controller", "--kubeconfig", kubeconfig, "--listen", "127.0.0.1:0", "--log-format", "json"}, arguments...)
	r := &replica{
		cluster: c, command: exec.Command(binary, arguments...), requests: requests, started: make(chan string, 1), ended: make(chan struct{}),
	}
	written, err := r.command.StderrPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := r.command.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		_ = r.command.Process.Kill() // where it has not ended yet
		<-r.ended
		if c.t.Failed() {
			c.t.Logf("the log of process %d:\n%s", r.command.Process.Pid, strings.Join(r.logged(), "\n"))
		}
	})
	go r.follow(written)
	return r
}

// follow reads the log to its end.
func (r *replica) follow(written io.Reader) {
	defer close(r.ended)
	lines := bufio.NewScanner(written)
	for lines.Scan() {
		r.mutex.Lock()
		r.log = append(r.log, lines.Text())
		r.mutex.Unlock()
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "started" {
			r.started <- line.Address
		}
	}
	_ = r.command.Wait() // how it ended stands in ProcessState
}

func (r *replica) logged() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Clone(r.log)
}

// signal sends a signal.
func (r *replica) signal(signal syscall.Signal) {
	r.t.Helper()
	if err := r.command.Process.Signal(signal); err != nil {
		r.t.Fatal(err)
	}
}

// exit waits until the process has ended and gives its exit code, -1 where a signal ended it.
func (r *replica) exit() int {
	r.t.Helper()
	select {
	case <-r.ended:
	case <-time.After(patience):
		r.t.Fatalf("the process runs on after %s", patience)
	}
	return r.command.ProcessState.ExitCode()
}

// get asks the replica's own server.
func (r *replica) get(path string) (status int, body string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.address+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = answer.Body.Close() }() // nothing was written
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, string(text)
}

// leads waits until the replica leads and has made a pass.
func (r *replica) leads() {
	r.t.Helper()
	r.eventually(func() error {
		if _, said := r.get(""); !strings.Contains(said, "This replica leads. The last pass was at") {
			return fmt.Errorf("it does not lead: %s", said)
		}
		return nil
	})
}

// wrote are the requests by which the replica wrote anything but its Lease and events.
func (r *replica) wrote() []controlplane.Request {
	return r.requests.Of(func(request controlplane.Request) bool {
		return request.Writes() && request.Resource != "leases.coordination.k8s.io" && !strings.HasPrefix(request.Resource, "events")
	})
}
