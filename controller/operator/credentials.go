package operator

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/internal/secret"
	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/git/fetch"
)

const (
	// usernameKey is the key of a Secret's user name.
	usernameKey = "username"
	// maxTokenBytes bounds a token, and a user name. Servers take some 8 to 16 kB of headers in all.
	maxTokenBytes = 8 << 10
)

// secrets reads Secrets of the controller's own namespace, by name and from the API server, each time one is needed: none
// is kept, listed or watched, so that a new token is used at the next look.
type secrets struct {
	reader    client.Reader
	namespace string
}

// read gives what an address may be asked with. The error is an ownership.Problem, which says nothing of what is in the Secret.
// What is checked, in this order, so that of a Secret that is not meant for this nothing but its name is told:
//
//	it exists                                    SecretNotFound, or SecretUnreadable
//	its label remit.dev/credentials is "true"    SecretNotOptedIn
//	its annotation remit.dev/allowed-hosts is    AllowedHostsInvalid
//	  a list of hosts, the address's among them  HostNotAllowed
//	it has the key                               SecretKeyNotFound
//	the value can be a token, and what stands    SecretKeyInvalid
//	  under username a user name
func (s secrets) read(ctx context.Context, at v1alpha1.SecretKey, address *url.URL) (*fetch.Credentials, error) {
	const field = "spec.credentials.read"
	var object corev1.Secret
	err := s.reader.Get(ctx, types.NamespacedName{Namespace: s.namespace, Name: at.Name}, &object)
	switch {
	case apierrors.IsNotFound(err):
		return nil, ownership.Problem{
			Field: field + ".name", Reason: "SecretNotFound",
			Message: fmt.Sprintf("there is no Secret %q in the namespace %q", at.Name, s.namespace), Remedy: "create it there, where the controller runs",
		}
	case err != nil:
		return nil, ownership.Problem{
			Field: field, Reason: "SecretUnreadable",
			Message: fmt.Sprintf("the Secret %q cannot be read: %v", at.Name, err), Remedy: "see that the controller's Role lets it read Secrets",
		}
	}
	if err := s.mayUse(&object, address); err != nil {
		return nil, err
	}
	token, err := tokenIn(&object, at.Key)
	if err != nil {
		return nil, err
	}
	username := string(object.Data[usernameKey])
	if strings.ContainsRune(username, ':') || hasControl(username) {
		return nil, ownership.Problem{
			Field: field, Reason: "SecretKeyInvalid",
			Message: fmt.Sprintf("the key %q of the Secret %q has a colon or a line break in it, which no user name has", usernameKey, at.Name),
			Remedy:  "write it without, also without one at its end",
		}
	}
	if len(username) > maxTokenBytes {
		return nil, ownership.Problem{
			Field: field, Reason: "SecretKeyInvalid",
			Message: fmt.Sprintf("the key %q of the Secret %q is longer than %d bytes, which no user name is", usernameKey, at.Name, maxTokenBytes),
			Remedy:  "write the user name there, or take the key out",
		}
	}
	return &fetch.Credentials{Name: at.Name, Username: username, Token: token, AllowedHosts: []string{address.Host}}, nil
}

// mayUse checks that whoever made the Secret meant it for Remit and for this host.
func (s secrets) mayUse(object *corev1.Secret, address *url.URL) error {
	const field = "spec.credentials.read"
	command := func(verb, setting string) string {
		return fmt.Sprintf("kubectl -n %s %s secret %s %s", s.namespace, verb, object.Name, setting)
	}
	if object.Labels[v1alpha1.LabelCredentials] != "true" {
		return ownership.Problem{
			Field: field + ".name", Reason: "SecretNotOptedIn",
			Message: fmt.Sprintf("the Secret %q is not for Remit to use: it lacks the label %s: \"true\"", object.Name, v1alpha1.LabelCredentials),
			Remedy:  "if it is meant for this: " + command("label", v1alpha1.LabelCredentials+"=true"),
		}
	}
	list, has := object.Annotations[v1alpha1.AnnotationAllowedHosts]
	hosts, err := safehttp.ParseHosts(list)
	switch {
	case err != nil:
		return ownership.Problem{
			Field: field, Reason: "AllowedHostsInvalid",
			Message: fmt.Sprintf("the annotation %s of the Secret %q is no list of hosts: %v", v1alpha1.AnnotationAllowedHosts, object.Name, err),
			Remedy:  "name each host as it stands in the url, separated by commas",
		}
	case (&safehttp.Credential{Hosts: hosts}).Allows(address):
		return nil
	}
	problem := ownership.Problem{
		Field: field, Reason: "HostNotAllowed",
		Message: fmt.Sprintf("the Secret %q may not be sent to %s: its annotation %s does not name that host", object.Name, address.Host, v1alpha1.AnnotationAllowedHosts),
		Remedy:  "if that server is to have it, add the host to the annotation",
	}
	if !has {
		problem.Message = fmt.Sprintf("the Secret %q may not be sent anywhere: it lacks the annotation %s", object.Name, v1alpha1.AnnotationAllowedHosts)
		problem.Remedy = "if that server is to have it: " + command("annotate", v1alpha1.AnnotationAllowedHosts+"="+address.Host)
	}
	return problem
}

// tokenIn takes the token out of a Secret. A key that is not given is "token", as the schema has it.
func tokenIn(object *corev1.Secret, key string) (secret.Text, error) {
	if key == "" {
		key = "token"
	}
	value, has := object.Data[key]
	if !has {
		keys := slices.Sorted(maps.Keys(object.Data))
		problem := ownership.Problem{
			Field: "spec.credentials.read.key", Reason: "SecretKeyNotFound",
			Message: fmt.Sprintf("the Secret %q has no key %q", object.Name, key), Remedy: nearest.Question(key, keys),
		}
		if problem.Remedy == "" {
			problem.Remedy = "add it, or name the key of the token"
		}
		return secret.Text{}, problem
	}
	var wrong, remedy string
	switch {
	case len(value) == 0:
		wrong, remedy = "is empty", "put the token there"
	case hasControl(string(value)):
		wrong, remedy = "has a line break in it, or another control character", "write the token without, also without one at its end: echo adds one, printf %s does not"
	case len(value) > maxTokenBytes:
		wrong, remedy = fmt.Sprintf("is longer than %d bytes, which no token is", maxTokenBytes), "name the key of the token"
	default:
		return secret.New(string(value)), nil
	}
	return secret.Text{}, ownership.Problem{
		Field: "spec.credentials.read.key", Reason: "SecretKeyInvalid",
		Message: fmt.Sprintf("the key %q of the Secret %q %s", key, object.Name, wrong), Remedy: remedy,
	}
}

// hasControl says whether a text has a control character, which no header can carry.
func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}
