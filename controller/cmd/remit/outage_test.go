package main

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
	k := c.kubelet(c.account)
	k.states(want)
	var outages []outage
	for name, end := range map[string]func() error{"killed": c.KillAPIServer, "stopped": c.StopAPIServer} {
		before := len(k.started)
		o := k.outage(end, time.Second)
		outages = append(outages, o)
		began := time.Now()
		c.apply(held(name))
		want[name] = v1alpha1.AreaOwned
		k.states(want) // a watch is tried again after up to half a minute
		t.Logf("%s for %s: %s after the API server is back, what was applied then is judged", name, o.lasted(), time.Since(began).Round(time.Millisecond))
		if len(k.started) > before && o.lasted() < 5*time.Second { // well below the 10 seconds for which a Lease is to be renewed
			t.Errorf("the controller ended: %v", k.started[before-1].command.ProcessState)
		}
	}

	// Longer than the Lease lasts: it ends, and cannot start while there is no API server.
	k.tend()
	before := len(k.started)
	outages = append(outages, k.outage(func() error {
		err := c.KillAPIServer()
		c.eventually(func() error {
			if k.tend(); len(k.started) < before+2 {
				return errors.New("the controller was to end, and the one that is started after it")
			}
			return nil
		})
		if ended := strings.Join(k.started[before].logged(), "\n"); !strings.Contains(ended, "cannot be reached") {
			t.Errorf("a controller that is started without an API server does not say so:\n%s", ended)
		}
		return err
	}, 0))
	c.apply(held("later"))
	want["later"] = v1alpha1.AreaOwned
	k.states(want)

	wrote := map[string]int{}
	for i, r := range k.started {
		if i < len(k.started)-1 && r.exit() != 2 {
			t.Errorf("a controller that lost its Lease, or cannot start, ends with exit code %d", r.exit())
		}
		for _, request := range r.wrote() {
			if request.Status == http.StatusOK {
				wrote[request.Name]++
			}
		}
		r.forbiddenOnlyIn(outages)
	}
	if diff := cmp.Diff(map[string]int{"lonely": 1, "held": 1, "killed": 1, "stopped": 1, "later": 1}, wrote); diff != "" {
		t.Errorf("statuses are written once, by whichever controller (-want +got):\n%s", diff)
	}
}

// kubelet starts a controller, and another one when it is seen to have ended, whatever for.
type kubelet struct {
	*cluster
	config  *rest.Config
	started []*replica
}

func (c *cluster) kubelet(config *rest.Config) *kubelet {
	c.t.Helper()
	return &kubelet{cluster: c, config: config, started: []*replica{c.launch(config)}}
}

// tend looks after the controller.
func (k *kubelet) tend() {
	k.t.Helper()
	select {
	case <-k.started[len(k.started)-1].ended:
		k.started = append(k.started, k.launch(k.config))
	default:
	}
}

// states is the cluster's, and looks after the controller meanwhile.
func (k *kubelet) states(want map[string]v1alpha1.AreaState) {
	k.t.Helper()
	k.eventually(func() error {
		k.tend()
		return k.inStates(want)
	})
}

// outage is the cluster's, once all that was asked for is answered: a status that is written and not answered yet would seem not to
// have been.
func (k *kubelet) outage(end func() error, pause time.Duration) outage {
	k.t.Helper()
	for _, r := range k.started {
		r.requests.Answered()
	}
	return k.cluster.outage(end, pause)
}

// outage is from when to when the API server was not ready.
type outage struct{ from, to time.Time }

func (o outage) lasted() time.Duration { return o.to.Sub(o.from).Round(time.Millisecond) }

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
