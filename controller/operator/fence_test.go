package operator

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	coordinationv1 "k8s.io/api/coordination/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

const (
	leasePath = "/apis/coordination.k8s.io/v1/namespaces/remit-system/leases/remit"
	areaPath  = "/apis/remit.dev/v1alpha1/namespaces/default/areas/checkout/status"
	eventPath = "/apis/events.k8s.io/v1/namespaces/default/events"
)

// Each case is a series of requests, at seconds since the first: "0 PUT 200 PATH BODY" is answered so, and what is refused has
// not been sent.
func TestFence(t *testing.T) {
	for name, c := range map[string]struct {
		reason  string
		asked   []string
		refused []string
	}{
		"before the Lease": {
			reason: "a replica that never led writes nothing but the Lease, and reads", asked: []string{"0 GET 200 " + areaPath, "0 PATCH 200 " + areaPath, "1 POST 201 " + leasePath, "1 PATCH 200 " + areaPath},
			refused: []string{"0 PATCH 200 " + areaPath},
		},
		"renewed": {
			reason: "each renewal counts from when it was asked for", asked: []string{"0 PUT 200 " + leasePath, "9 PUT 200 " + leasePath, "18 PATCH 200 " + areaPath, "19 PATCH 200 " + areaPath},
			refused: []string{"19 PATCH 200 " + areaPath},
		},
		"not renewed": {
			reason: "a renewal that was refused is none", asked: []string{"0 PUT 200 " + leasePath, "9 PUT 409 " + leasePath, "10 PATCH 200 " + areaPath, "10 DELETE 200 /apis/remit.dev/v1alpha1/teams/web"},
			refused: []string{"10 PATCH 200 " + areaPath, "10 DELETE 200 /apis/remit.dev/v1alpha1/teams/web"},
		},
		"given back": {
			reason: "who stops and gives the Lease back leads no longer, whatever is still under way",
			asked: []string{
				"0 PUT 200 " + leasePath + " " + leaseOf("one"), "1 PATCH 200 " + areaPath, "2 PUT 200 " + leasePath + " " + leaseOf(""), "3 PATCH 200 " + areaPath,
			},
			refused: []string{"3 PATCH 200 " + areaPath},
		},
		"not given back": {
			reason: "whether the API server has it is not known", asked: []string{"0 PUT 200 " + leasePath, "2 PUT 409 " + leasePath + " " + leaseOf(""), "3 PATCH 200 " + areaPath},
			refused: []string{"3 PATCH 200 " + areaPath},
		},
		"events": {
			reason: "who led no longer may still say so", asked: []string{"0 PUT 200 " + leasePath, "60 POST 201 " + eventPath, "60 PATCH 200 /api/v1/namespaces/default/events/e"},
		},
		"names": {
			reason: "it is the resource that counts, and not what an object or a namespace is called", asked: []string{
				"0 PATCH 200 /apis/remit.dev/v1alpha1/namespaces/events/areas/leases", "0 PATCH 200 /api/v1/namespaces/leases", "0 PATCH 200 /apis/remit.dev/v1alpha1/teams/events",
			},
			refused: []string{
				"0 PATCH 200 /apis/remit.dev/v1alpha1/namespaces/events/areas/leases", "0 PATCH 200 /api/v1/namespaces/leases", "0 PATCH 200 /apis/remit.dev/v1alpha1/teams/events",
			},
		},
		"clock set back": {
			reason: "a clock that was set back says nothing", asked: []string{"100 PUT 200 " + leasePath, "0 PATCH 200 " + areaPath}, refused: []string{"0 PATCH 200 " + areaPath},
		},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
			now := start
			answer, sent := 0, 0
			guard := &fence{hold: 10 * time.Second, now: func() time.Time { return now }}
			transport := guard.wrap(roundTripper(func(*http.Request) (*http.Response, error) {
				sent++
				now = now.Add(time.Second) // answers take a second
				return &http.Response{StatusCode: answer, Body: http.NoBody}, nil
			}))
			var refused []string
			for _, line := range c.asked {
				parts := strings.Fields(line)
				after, err := time.ParseDuration(parts[0] + "s")
				if err != nil {
					t.Fatal(err)
				}
				now = start.Add(after)
				answer = map[string]int{"200": 200, "201": 201, "409": 409}[parts[2]]
				before := sent
				request, err := http.NewRequestWithContext(t.Context(), parts[1], parts[3], strings.NewReader(strings.Join(parts[4:], "")))
				if err != nil {
					t.Fatal(err)
				}
				response, err := transport.RoundTrip(request)
				if err == nil {
					_ = response.Body.Close()
				}
				if errors.Is(err, errFenced) {
					refused = append(refused, line)
				}
				if (err == nil) != (sent == before+1) {
					t.Errorf("%s: %v, and %d requests were sent", line, err, sent-before)
				}
			}
			if diff := cmp.Diff(c.refused, refused); diff != "" {
				t.Errorf("%s: refused (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// A Lease is read in whichever form a client writes it: as protobuf, if it is client-go's.
func TestGivesBack(t *testing.T) {
	nobody, somebody := "", "one"
	for name, c := range map[string]struct {
		object runtime.Object
		want   bool
	}{
		"given back": {&coordinationv1.Lease{Spec: coordinationv1.LeaseSpec{HolderIdentity: &nobody}}, true},
		"renewed":    {&coordinationv1.Lease{Spec: coordinationv1.LeaseSpec{HolderIdentity: &somebody}}, false},
		"of nobody":  {&coordinationv1.Lease{}, false},
		"no Lease":   {&coordinationv1.LeaseList{}, false},
	} {
		for _, mediaType := range []string{runtime.ContentTypeJSON, runtime.ContentTypeProtobuf} {
			form, known := runtime.SerializerInfoForMediaType(scheme.Codecs.SupportedMediaTypes(), mediaType)
			if !known {
				t.Fatal(mediaType)
			}
			text, err := runtime.Encode(scheme.Codecs.EncoderForVersion(form.Serializer, coordinationv1.SchemeGroupVersion), c.object)
			if err != nil {
				t.Fatal(err)
			}
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, leasePath, bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if got := givesBack(request); got != c.want {
				t.Errorf("%s as %s: %v", name, mediaType, got)
			}
		}
	}
	if givesBack(httptest.NewRequest(http.MethodPut, leasePath, http.NoBody)) {
		t.Error("what has no body gives nothing back")
	}
}

// leaseOf is a Lease with a holder, as JSON.
func leaseOf(holder string) string {
	return `{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","spec":{"holderIdentity":"` + holder + `"}}`
}

// roundTripper is a function that makes requests.
type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip makes the request.
func (f roundTripper) RoundTrip(asked *http.Request) (*http.Response, error) { return f(asked) }
