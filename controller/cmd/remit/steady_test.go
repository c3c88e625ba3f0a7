package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/metadata"

	"github.com/remit-dev/remit/controller/internal/acme"
	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// steady is for how long nothing must change.
const steady = 2 * time.Minute

// Where nothing changes, nothing is written for two minutes but the Lease, however often sources are looked at: of the
// example organisation, every 2 seconds.
func TestSteadyState(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes two minutes")
	}
	t.Parallel()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../../examples/acme")); err != nil {
		t.Fatal(err)
	}
	if _, err := acme.Make(folder, time.Now()); err != nil {
		t.Fatal(err)
	}
	manifests := filepath.Join(folder, "manifests")
	c := newCluster(t)
	c.Kubectl(t, "apply", "--server-side", "-f", manifests)
	for _, name := range strings.Fields(c.Kubectl(t, "get", "ownershipsources", "-o", "name")) {
		c.Kubectl(t, "patch", name, "--type=merge", "--patch", `{"spec": {"interval": "2s"}}`)
	}
	r := c.controller("--files", manifests, "--files-root", folder)
	r.leads()
	r.settles()

	before, asked, first := c.objects(), len(r.requests.All()), r.lastPass()
	time.Sleep(steady)
	after := c.objects()
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("objects have changed in %s in which nothing happened (-before +after):\n%s", steady, diff)
	}
	if len(before) < 80 {
		t.Errorf("the example has more than these %d objects", len(before))
	}
	renewed := 0
	for _, request := range r.requests.All()[asked:] {
		switch {
		case request.Verb == "update" && request.Resource == "leases.coordination.k8s.io":
			renewed++
		case request.Writes():
			t.Errorf("written: %s", request)
		}
	}
	if last := r.lastPass(); last.Sub(first) < steady/2 {
		t.Errorf("there were to be passes meanwhile: the last before was at %s, the last after at %s", first, last)
	}
	t.Logf("%d objects stayed as they were; the Lease was renewed %d times", len(after), renewed)
}

// settles waits until nothing has been written for some seconds but the Lease.
func (r *replica) settles() {
	r.t.Helper()
	r.eventually(func() error {
		writes := r.requests.Of(func(request controlplane.Request) bool {
			return request.Writes() && request.Resource != "leases.coordination.k8s.io"
		})
		if len(writes) == 0 {
			return fmt.Errorf("nothing was written yet")
		}
		if last := writes[len(writes)-1]; time.Since(last.At) < 5*time.Second {
			return fmt.Errorf("it still writes: %s", last)
		}
		return nil
	})
}

// lastPass is when the replica's last pass was, which its page says.
func (r *replica) lastPass() time.Time {
	r.t.Helper()
	_, page := r.get("")
	_, after, _ := strings.Cut(page, "The last pass was at ")
	stamp, _, _ := strings.Cut(after, ".\n")
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		r.t.Fatalf("%v:\n%s", err, page)
	}
	return at
}

// objects are the resourceVersions of all objects of the cluster, of every kind, but for Leases.
func (c *cluster) objects() map[string]string {
	c.t.Helper()
	found, err := discovery.NewDiscoveryClientForConfig(c.Config())
	if err != nil {
		c.t.Fatal(err)
	}
	lists, err := found.ServerPreferredResources()
	if err != nil {
		c.t.Fatal(err)
	}
	reader, err := metadata.NewForConfig(c.Config())
	if err != nil {
		c.t.Fatal(err)
	}
	versions := map[string]string{}
	for _, list := range lists {
		group, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, resource := range list.APIResources {
			if resource.Name == "leases" || !slices.Contains(resource.Verbs, "list") || !slices.Contains(resource.Verbs, "watch") {
				continue // Leases move; what cannot be watched is not stored
			}
			objects, err := reader.Resource(group.WithResource(resource.Name)).List(c.t.Context(), metav1.ListOptions{})
			if err != nil {
				c.t.Fatalf("%s: %v", resource.Name, err)
			}
			for _, object := range objects.Items {
				versions[resource.Name+"."+group.Group+" "+object.Namespace+"/"+object.Name] = object.ResourceVersion
			}
		}
	}
	return versions
}
