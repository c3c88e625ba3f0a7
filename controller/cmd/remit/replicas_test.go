package main

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

const twoAreas = `
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: remit-system, name: lonely}
spec: {description: nobody answers for it}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: remit-system, name: held}
spec: {roles: [{role: accountable, holders: ["user:alice"]}]}
`

// held is one more area that somebody holds.
func held(name string) string {
	return strings.ReplaceAll(`
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: remit-system, name: NAME}
spec: {roles: [{role: accountable, holders: ["user:alice"]}]}
`, "NAME", name)
}

// Of several replicas one leads, and the next one takes over however it ends: stopped, killed, or paused so long that it
// must not write when it goes on. No status is written twice.
func TestReplicas(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.apply(twoAreas)
	want := map[string]v1alpha1.AreaState{"lonely": v1alpha1.AreaUnowned, "held": v1alpha1.AreaOwned}
	first := c.controller()
	first.leads()
	c.states(want)
	second := c.controller()
	second.standsBy()

	released := c.releases()
	began := time.Now()
	first.signal(syscall.SIGTERM)
	second.leads()
	t.Logf("stopped with SIGTERM: the next leads and has made a pass after %s", time.Since(began).Round(time.Millisecond))
	if code := first.exit(); code != 0 {
		t.Errorf("a clean stop ends with exit code %d", code)
	}
	if err := released(); err != nil {
		t.Error(err)
	}
	second.changedNothing(first)

	third := c.controller()
	third.standsBy()
	began = time.Now()
	second.signal(syscall.SIGKILL)
	c.apply(held("meanwhile")) // nobody leads when it is made
	want["meanwhile"] = v1alpha1.AreaOwned
	third.leads()
	t.Logf("killed with SIGKILL: the next leads and has made a pass after %s", time.Since(began).Round(time.Millisecond))
	c.states(want)
	third.wroteOnce("meanwhile")

	fourth := c.controller()
	fourth.standsBy()
	third.signal(syscall.SIGSTOP)
	began = time.Now()
	c.apply(held("later"))
	want["later"] = v1alpha1.AreaOwned
	fourth.leads()
	t.Logf("paused with SIGSTOP: the next leads and has made a pass after %s", time.Since(began).Round(time.Millisecond))
	c.states(want)
	fourth.wroteOnce("later")
	before := c.versions()
	wrote := len(third.wrote())
	third.signal(syscall.SIGCONT)
	if code := third.exit(); code != 2 {
		t.Errorf("a leader that was replaced ends with exit code %d", code)
	}
	if all := third.wrote(); len(all) != wrote {
		t.Errorf("a leader that was replaced wrote %v", all[wrote:])
	}
	if diff := cmp.Diff(before, c.versions()); diff != "" {
		t.Errorf("the areas have changed (-before +after):\n%s", diff)
	}
	if last := strings.Join(third.logged(), "\n"); !strings.Contains(last, "leader election lost") {
		t.Errorf("it does not say why it ended:\n%s", last)
	}
	c.apply(held("lonely"))
	want["lonely"] = v1alpha1.AreaOwned
	c.states(want)
	fourth.wroteOnce("later", "lonely")
}

// standsBy waits until the replica's caches are filled, and looks what it shows while another leads.
func (r *replica) standsBy() {
	r.t.Helper()
	r.eventually(func() error {
		if status, body := r.get("readyz"); status != http.StatusOK {
			return fmt.Errorf("/readyz: %d %s", status, body)
		}
		return nil
	})
	if status, body := r.get("healthz"); status != http.StatusOK {
		r.t.Errorf("/healthz of a standby: %d %s", status, body)
	}
	if _, body := r.get(""); !strings.Contains(body, "stands by") {
		r.t.Errorf("it is to stand by: %s", body)
	}
	_, page := r.get("metrics")
	if !strings.Contains(page, "remit_build_info") {
		r.t.Errorf("a standby says what it is: %s", page)
	}
	for _, family := range []string{"remit_areas", "remit_unowned", "remit_coverage", "remit_findings", "remit_drift", "remit_source"} {
		if strings.Contains(page, family) {
			r.t.Errorf("a standby exports %s", family)
		}
	}
	if wrote := r.wrote(); len(wrote) > 0 {
		r.t.Errorf("a standby wrote %v", wrote)
	}
}

// changedNothing says that the replica took over what another had done, and had nothing to write.
func (r *replica) changedNothing(from *replica) {
	r.t.Helper()
	from.wroteOnce("lonely", "held")
	time.Sleep(2 * time.Second) // for what it might write after its first pass
	r.wroteOnce()
}

// wroteOnce says that the replica wrote the statuses of these areas, each once, and nothing else.
func (r *replica) wroteOnce(areas ...string) {
	r.t.Helper()
	want, got := map[string]int{}, map[string]int{}
	for _, area := range areas {
		want["patch areas.remit.dev/status remit-system/"+area+": 200"] = 1
	}
	for _, request := range r.wrote() {
		got[request.String()]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("written (-want +got):\n%s", diff)
	}
}

// versions are the areas' resourceVersions.
func (c *cluster) versions() map[string]string {
	c.t.Helper()
	var areas v1alpha1.AreaList
	if err := c.admin.List(c.t.Context(), &areas); err != nil {
		c.t.Fatal(err)
	}
	versions := map[string]string{}
	for _, area := range areas.Items {
		versions[area.Namespace+"/"+area.Name] = area.ResourceVersion
	}
	return versions
}

// releases watches the Lease, and then says whether its holder gave it back before another took it.
func (c *cluster) releases() func() error {
	c.t.Helper()
	holder := c.holder()
	watched, err := c.admin.Watch(c.t.Context(), &coordinationv1.LeaseList{}, client.InNamespace(system))
	if err != nil {
		c.t.Fatal(err)
	}
	return func() error {
		defer watched.Stop()
		for {
			select {
			case event := <-watched.ResultChan():
				lease, is := event.Object.(*coordinationv1.Lease)
				switch {
				case !is || event.Type != watch.Modified && event.Type != watch.Added:
				case lease.Spec.HolderIdentity == nil || *lease.Spec.HolderIdentity == "":
					return nil
				case *lease.Spec.HolderIdentity != holder:
					return fmt.Errorf("%s took the Lease of %s, which had not given it back", *lease.Spec.HolderIdentity, holder)
				}
			case <-time.After(patience):
				return fmt.Errorf("%s still holds the Lease", c.holder())
			}
		}
	}
}
