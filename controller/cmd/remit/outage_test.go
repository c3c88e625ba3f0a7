package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// The API server may go and come back: the controller goes on where it was, if that takes less than the Lease's time, and
// otherwise ends and is started again. Either way it ends up with what is declared then, and writes nothing that is written.
func TestAPIServerGoesAndComesBack(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.apply(twoAreas)
	want := map[string]v1alpha1.AreaState{"lonely": v1alpha1.AreaUnowned, "held": v1alpha1.AreaOwned}
	first := c.controllerAs(c.account)
	c.states(want)
	var outages []outage
	for name, end := range map[string]func() error{"killed": c.KillAPIServer, "stopped": c.StopAPIServer} {
		outages = append(outages, c.outage(end, time.Second))
		began := time.Now()
		c.apply(held(name))
		want[name] = v1alpha1.AreaOwned
		c.states(want) // a watch is tried again after up to half a minute
		t.Logf("%s: %s after the API server is back, what was applied then is judged", name, time.Since(began).Round(time.Millisecond))
		select {
		case <-first.ended:
			t.Fatalf("%s for a few seconds: the controller ended: %v", name, first.command.ProcessState)
		default:
		}
	}
	first.wroteOnce("lonely", "held", "killed", "stopped")

	// Longer than the Lease lasts: it ends, and cannot start while there is no API server. A kubelet tries again.
	outages = append(outages, c.outage(func() error {
		err := c.KillAPIServer()
		if code := first.exit(); code != 2 {
			t.Errorf("a controller that lost its Lease ends with exit code %d", code)
		}
		early := c.launch(c.account)
		if code := early.exit(); code != 2 || !strings.Contains(strings.Join(early.logged(), "\n"), "cannot be reached") {
			t.Errorf("a controller that is started without an API server ends with exit code %d:\n%s", code, early.logged())
		}
		return err
	}, 0))
	second := c.restarted(c.account)
	c.apply(held("later"))
	want["later"] = v1alpha1.AreaOwned
	c.states(want)
	second.wroteOnce("later")
	for _, r := range []*replica{first, second} {
		r.forbiddenOnlyIn(outages)
	}
}

// restarted starts a controller as a kubelet does: one that ends at once is started again.
func (c *cluster) restarted(config *rest.Config) *replica {
	c.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Second) {
		r := c.launch(config)
		select {
		case r.address = <-r.started:
			return r
		case <-r.ended:
			c.t.Logf("it ended at once: %s", strings.Join(r.logged(), "\n"))
		}
	}
	c.t.Fatal("it did not start")
	return nil
}

// outage is from when to when the API server was not ready.
type outage struct{ from, to time.Time }

// outage ends the API server, and starts it again after some time.
func (c *cluster) outage(end func() error, pause time.Duration) outage {
	c.t.Helper()
	o := outage{from: time.Now()}
	if err := end(); err != nil {
		c.t.Fatal(err)
	}
	time.Sleep(pause)
	if err := c.StartAPIServer(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	o.to = time.Now()
	return o
}

// forbiddenOnlyIn says that nothing was forbidden but by an API server that starts: until it has read who may do what, it
// lets nobody do anything.
func (r *replica) forbiddenOnlyIn(outages []outage) {
	r.t.Helper()
	for _, request := range r.requests.Of(func(request controlplane.Request) bool { return request.Status == http.StatusForbidden }) {
		starting := false
		for _, o := range outages {
			starting = starting || request.At.After(o.from) && request.At.Before(o.to)
		}
		if !starting {
			r.t.Errorf("forbidden: %s", request)
		}
	}
}
