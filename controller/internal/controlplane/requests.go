package controlplane

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"k8s.io/client-go/rest"
)

// Request is one request to the API server, as it reads it.
type Request struct {
	At        time.Time // when it was sent
	Verb      string    // get, list, watch, create, update, patch, delete, deletecollection
	Resource  string    // with its group and subresource: areas.remit.dev/status; a path where it asks for no resource
	Namespace string    // empty for what is in none, and for all namespaces
	Name      string    // empty where the request names none
	Accept    string    // the header: what form of answer is asked for
	// Status is the answer's status code, 0 while there is none, and NoAnswer where none came. A watch has one once it begins.
	Status int
}

// NoAnswer is the status of a request that the API server did not answer.
const NoAnswer = -1

// String is one line: "patch areas.remit.dev/status payments/checkout: 200".
func (r Request) String() string {
	return fmt.Sprintf("%s %s %s/%s: %d", r.Verb, r.Resource, r.Namespace, r.Name, r.Status)
}

// Writes says whether it asks for a change.
func (r Request) Writes() bool {
	return !slices.Contains([]string{"get", "list", "watch", http.MethodGet, http.MethodHead}, r.Verb)
}

// Requests collects what was asked of the API server.
type Requests struct {
	mutex sync.Mutex
	all   []Request
}

// All gives the requests up to now, in their order.
func (r *Requests) All() []Request {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Clone(r.all)
}

// Answered waits until no change is under way that was asked for, for half a minute at most, and gives the requests up to
// then: who looks at the object may see a change before its answer is noted here.
func (r *Requests) Answered() []Request {
	underWay := func(request Request) bool { return request.Writes() && request.Status == 0 }
	all := r.All()
	for end := time.Now().Add(30 * time.Second); slices.ContainsFunc(all, underWay) && time.Now().Before(end); all = r.All() {
		time.Sleep(5 * time.Millisecond)
	}
	return all
}

// Of gives those of Answered that are wanted.
func (r *Requests) Of(wanted func(Request) bool) []Request {
	return slices.DeleteFunc(r.Answered(), func(request Request) bool { return !wanted(request) })
}

// Record gives a config whose clients' requests are collected besides.
func (r *Requests) Record(config *rest.Config) *rest.Config {
	config = rest.CopyConfig(config)
	config.Wrap(r.wrap)
	return config
}

func (r *Requests) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(asked *http.Request) (*http.Response, error) {
		what := describe(asked)
		r.mutex.Lock()
		at := len(r.all)
		r.all = append(r.all, Request{
			At: time.Now(), Verb: what.Verb, Resource: what.Resource, Namespace: what.Namespace, Name: what.Name, Accept: asked.Header.Get("Accept"),
		})
		r.mutex.Unlock()
		answer, err := next.RoundTrip(asked)
		status := NoAnswer
		if err == nil {
			status = answer.StatusCode
		}
		r.mutex.Lock()
		r.all[at].Status = status
		r.mutex.Unlock()
		return answer, err
	})
}

// roundTripper is a function that makes requests.
type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip makes the request.
func (f roundTripper) RoundTrip(asked *http.Request) (*http.Response, error) { return f(asked) }
