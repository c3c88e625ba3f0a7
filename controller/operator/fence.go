package operator

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	"k8s.io/client-go/kubernetes/scheme"
)

// errFenced says that a write was not sent, since another replica may lead by now.
var errFenced = errors.New("not written: this replica may lead no longer")

// fence lets writes through only while it is certain that no other replica leads. Leader election alone does not: a
// replica that was paused, or cannot reach the API server, learns too late that its Lease is over, and goes on until then.
//
//	the request                       sent
//	reads                             always
//	writes a Lease, or tells events   always
//	writes else                       for hold since the Lease was last written, counted from before that was asked for,
//	                                  and not once it is given back
//
// A request that is sent at the last moment may arrive later: hold is shorter than the Lease lasts by as much as that may
// take, and an object that another replica has written meanwhile refuses it by its resourceVersion.
type fence struct {
	hold time.Duration
	// now is the time. What has passed is taken by both of its clocks, since one of them stands still while a machine sleeps,
	// and the other may be set.
	now func() time.Time

	mutex   sync.Mutex
	renewed time.Time
}

// wrap gives a transport that the fence guards.
func (f *fence) wrap(next http.RoundTripper) http.RoundTripper { return fenced{f, next} }

type fenced struct {
	*fence
	next http.RoundTripper
}

// RoundTrip makes a request, or refuses it.
func (f fenced) RoundTrip(asked *http.Request) (*http.Response, error) {
	if asked.Method == http.MethodGet || asked.Method == http.MethodHead {
		return f.next.RoundTrip(asked)
	}
	resource := resourceOf(asked.URL.Path)
	if resource == "events" {
		return f.next.RoundTrip(asked)
	}
	if resource == "leases" {
		began, givenBack := f.now(), givesBack(asked)
		if givenBack {
			f.renew(time.Time{}) // before another replica can see it
		}
		answer, err := f.next.RoundTrip(asked)
		if err == nil && answer.StatusCode < http.StatusMultipleChoices && !givenBack {
			f.renew(began)
		}
		return answer, err
	}
	if !f.open() {
		if asked.Body != nil {
			_ = asked.Body.Close() // a transport closes it whatever happens
		}
		return nil, errFenced
	}
	return f.next.RoundTrip(asked)
}

// givesBack says whether a request leaves the Lease to nobody, as a replica does that stops.
func givesBack(asked *http.Request) bool {
	if asked.GetBody == nil {
		return false
	}
	body, err := asked.GetBody()
	if err != nil {
		return false
	}
	defer func() { _ = body.Close() }() // nothing was written
	text, err := io.ReadAll(body)
	if err != nil {
		return false
	}
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(text, nil, nil) // client-go writes it as protobuf
	lease, is := object.(*coordinationv1.Lease)
	return err == nil && is && lease.Spec.HolderIdentity != nil && *lease.Spec.HolderIdentity == ""
}

func (f *fence) renew(at time.Time) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.renewed = at
}

func (f *fence) open() bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	now := f.now()
	wall := now.Round(0).Sub(f.renewed.Round(0))
	return now.Sub(f.renewed) < f.hold && wall < f.hold && wall > -f.hold
}

// resourceOf is the resource that a path of the API asks for; empty where it is none:
//
//	/api/v1/namespaces/NAMESPACE/RESOURCE...
//	/apis/GROUP/VERSION/namespaces/NAMESPACE/RESOURCE...
//	/apis/GROUP/VERSION/RESOURCE...
func resourceOf(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case len(parts) > 2 && parts[0] == "api":
		parts = parts[2:]
	case len(parts) > 3 && parts[0] == "apis":
		parts = parts[3:]
	default:
		return ""
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		return parts[2]
	}
	return parts[0]
}
