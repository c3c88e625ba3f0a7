package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// gate holds one request of a replica back on its way to the API server: the first that is wanted once it is set.
type gate struct {
	set atomic.Bool
	// wants picks the request, by what is asked and what is sent along.
	wants func(asked *http.Request, body string) bool
	// reached is closed when the request is there; it goes on when open is closed, whether or not its sender is still alive.
	reached, open chan struct{}
	// answered is told the API server's status code.
	answered chan int
	once     sync.Once
}

func newGate(t *testing.T, wants func(*http.Request, string) bool) *gate {
	g := &gate{wants: wants, reached: make(chan struct{}), open: make(chan struct{}), answered: make(chan int, 1)}
	t.Cleanup(g.release)
	return g
}

// release lets the request go on.
func (g *gate) release() { g.once.Do(func() { close(g.open) }) }

// through gives a config whose requests pass the gate.
func (g *gate) through(config *rest.Config) *rest.Config {
	config = rest.CopyConfig(config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return gated{g, next} })
	return config
}

type gated struct {
	*gate
	next http.RoundTripper
}

// RoundTrip makes the request, or holds it back.
func (g gated) RoundTrip(asked *http.Request) (*http.Response, error) {
	if asked.Method != http.MethodPatch || !g.set.Load() {
		return g.next.RoundTrip(asked)
	}
	body, err := io.ReadAll(asked.Body)
	if err != nil {
		return nil, err
	}
	asked = asked.Clone(context.WithoutCancel(asked.Context()))
	asked.Body = io.NopCloser(bytes.NewReader(body))
	if !g.wants(asked, string(body)) || !g.set.CompareAndSwap(true, false) {
		return g.next.RoundTrip(asked)
	}
	close(g.reached)
	<-g.open
	answer, err := g.next.RoundTrip(asked)
	if err == nil {
		g.answered <- answer.StatusCode
	}
	return answer, err
}

// controllerAt starts a replica whose requests pass the gate.
func (c *cluster) controllerAt(g *gate) *replica {
	c.t.Helper()
	r := c.controllerAs(controlplane.FailOnForbidden(c.t, g.through(c.account)))
	c.t.Cleanup(g.release) // before the proxy is closed, which waits for the request
	return r
}

// killAt kills a replica while a request of it is held back.
func (r *replica) killAt(g *gate) {
	r.t.Helper()
	select {
	case <-g.reached:
	case <-time.After(patience):
		r.t.Fatal("the request was not made")
	}
	r.signal(syscall.SIGKILL)
	if code := r.exit(); code != -1 {
		r.t.Fatalf("it ended with exit code %d", code)
	}
}

// labels are the patches of namespaces that a replica made, with the API server's answer.
func (r *replica) labels() []string {
	var made []string
	for _, request := range r.requests.Of(func(request controlplane.Request) bool {
		return request.Verb == "patch" && request.Resource == "namespaces"
	}) {
		made = append(made, request.String())
	}
	return made
}

// late waits for the API server's answer to a request whose sender was killed long ago.
func (c *cluster) late(g *gate) int {
	c.t.Helper()
	g.release()
	select {
	case code := <-g.answered:
		return code
	case <-time.After(patience):
		c.t.Fatal("the request that was held back was not answered")
	}
	return 0
}

// A replica may be killed at any point between the claim of a change and the note of its outcome. The next one looks at the live object: a
// change that was not made it makes, one that was made it notes. What the killed one still had on the way comes too late.
func TestKilledBetweenClaimAndOutcome(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.apply(labelled("pay-1", "old-one") + owning("pay-1", "Enforce", "pay-1"))
	before := newGate(t, func(asked *http.Request, _ string) bool { return asked.URL.Path == "/api/v1/namespaces/pay-1" })
	before.set.Store(true)
	after := newGate(t, func(asked *http.Request, body string) bool {
		return strings.HasSuffix(asked.URL.Path, "/status") && strings.Contains(body, v1alpha1.ChangeMade)
	})

	first := c.controllerAt(before)
	second := c.controllerAt(after)
	second.standsBy()
	first.killAt(before)
	claimed := c.remediations("Running Running: Claimed")[0]
	if owner := c.owner("pay-1"); owner != "old-one" {
		t.Fatalf("the label is %s before the change arrives", owner)
	}
	second.leads()
	made := c.remediations("Succeeded Succeeded: Made")[0]
	if was, is := claimed.Status.Changes[0], made.Status.Changes[0]; claimed.Name != made.Name || was.By == is.By || is.Message != "" {
		t.Errorf("the same Remediation is carried on by the next replica: %+v, then %+v", was, is)
	}
	second.counts(`remit_changes_total{op="set-label",result="made",target="kubernetes"} 1`)
	if got := strings.Join(second.labels(), "; "); got != "patch namespaces pay-1/pay-1: 200" {
		t.Errorf("the next replica makes the change once: %s", got)
	}
	if code := c.late(before); code != http.StatusConflict {
		t.Errorf("what the killed replica asked for is answered with %d", code)
	}
	if owner := c.owner("pay-1"); owner != "payments" {
		t.Errorf("the label is %s", owner)
	}

	after.set.Store(true)
	c.apply(labelled("pay-2", "old-two") + owning("pay-2", "Enforce", "pay-2"))
	third := c.controller()
	second.killAt(after)
	if owner := c.owner("pay-2"); owner != "payments" {
		t.Fatalf("the label is %s although the change is made", owner)
	}
	c.remediations("Running Running: Claimed", "Succeeded Succeeded: Made")
	third.leads()
	all := c.remediations("Succeeded Succeeded: Made", "Succeeded Succeeded: Made")
	noted := all[0]
	if noted.Name == made.Name {
		noted = all[1]
	}
	if outcome := noted.Status.Changes[0]; !strings.Contains(outcome.Message, "found made") || noted.Status.Made != 1 {
		t.Errorf("it is not said that the change was found made: %+v", noted.Status)
	}
	third.counts(`remit_changes_total{op="set-label",result="made",target="kubernetes"} 1`) // it is the one that notes it
	if got := third.labels(); len(got) != 0 {
		t.Errorf("what is made is not made again: %v", got)
	}
	if code := c.late(after); code != http.StatusConflict {
		t.Errorf("what the killed replica noted is answered with %d", code)
	}
	if one, two := c.owner("pay-1"), c.owner("pay-2"); one != "payments" || two != "payments" {
		t.Errorf("the labels are %s and %s", one, two)
	}
	t.Log("\n" + c.Kubectl(t, "get", "remediations,areas", "-n", system))
}
