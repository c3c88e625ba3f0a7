package controlplane

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

// Forbidden is one request that the API server did not allow (403).
type Forbidden struct {
	Verb      string // get, list, watch, create, update, patch, delete, deletecollection
	Resource  string // with its group and subresource: areas.remit.dev/status
	Namespace string // empty for what is in none
	Name      string // empty where the request names none
	Message   string // the API server's
}

// String is one line: "may not patch areas.remit.dev/status payments/checkout: ...".
func (f Forbidden) String() string {
	on := f.Name
	if f.Namespace != "" {
		on = f.Namespace + "/" + f.Name
	}
	return fmt.Sprintf("may not %s %s %s: %s", f.Verb, f.Resource, on, f.Message)
}

// Refusals collects what a client was forbidden.
type Refusals struct {
	mutex sync.Mutex
	all   []Forbidden
}

// All gives the requests that were forbidden up to now, in their order.
func (r *Refusals) All() []Forbidden {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Clone(r.all)
}

// RecordForbidden gives a config whose clients' forbidden requests are collected. A request that comes too late for a namespace
// that is being deleted is not among them: its author may do it, only not there and then.
func RecordForbidden(config *rest.Config) (*rest.Config, *Refusals) {
	refusals := &Refusals{}
	config = rest.CopyConfig(config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &recorder{next: next, refusals: refusals} })
	return config, refusals
}

// FailOnForbidden gives a config, and fails the test at its end for each forbidden request that was made with it: once for those
// that differ only in names.
func FailOnForbidden(t testing.TB, config *rest.Config) *rest.Config {
	t.Helper()
	config, refusals := RecordForbidden(config)
	t.Cleanup(func() {
		told := sets.New[string]()
		for _, refused := range refusals.All() {
			if kind := refused.Verb + " " + refused.Resource; !told.Has(kind) {
				told.Insert(kind)
				t.Errorf("a request was forbidden: %s", refused)
			}
		}
	})
	return config
}

// recorder looks at each answer and hands it on as it is.
type recorder struct {
	next     http.RoundTripper
	refusals *Refusals
}

// RoundTrip makes the request and records it where it is forbidden.
func (r *recorder) RoundTrip(asked *http.Request) (*http.Response, error) {
	answer, err := r.next.RoundTrip(asked)
	if err != nil || answer.StatusCode != http.StatusForbidden {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close() // all of it is read, or its error is the one that counts
	if err != nil {
		return nil, fmt.Errorf("read why a request is forbidden: %w", err)
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	status := &metav1.Status{Message: string(body)}
	if decoded, _, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, nil); err == nil {
		if said, ok := decoded.(*metav1.Status); ok {
			status = said
		}
	}
	if !terminating(status) {
		refused := describe(asked)
		refused.Message = status.Message
		r.refusals.mutex.Lock()
		defer r.refusals.mutex.Unlock()
		r.refusals.all = append(r.refusals.all, refused)
	}
	return answer, nil
}

func terminating(status *metav1.Status) bool {
	return status.Details != nil && slices.ContainsFunc(status.Details.Causes, func(cause metav1.StatusCause) bool {
		return cause.Type == corev1.NamespaceTerminatingCause
	})
}

// describe reads a request as the API server does.
func describe(asked *http.Request) Forbidden {
	resolver := request.RequestInfoFactory{APIPrefixes: sets.NewString("api", "apis"), GrouplessAPIPrefixes: sets.NewString("api")}
	info, err := resolver.NewRequestInfo(asked)
	if err != nil || !info.IsResourceRequest {
		return Forbidden{Verb: asked.Method, Resource: asked.URL.Path}
	}
	resource := info.Resource
	if info.APIGroup != "" {
		resource += "." + info.APIGroup
	}
	if info.Subresource != "" {
		resource += "/" + info.Subresource
	}
	return Forbidden{Verb: info.Verb, Resource: resource, Namespace: info.Namespace, Name: info.Name}
}
