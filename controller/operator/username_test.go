package operator

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// oneSecret is an API server that has one Secret.
type oneSecret struct {
	client.Reader
	secret corev1.Secret
}

func (o oneSecret) Get(_ context.Context, _ client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	*into.(*corev1.Secret) = o.secret
	return nil
}

// A user name goes into the same header as the token, of which servers take some kilobytes.
func TestUsername(t *testing.T) {
	address, err := url.Parse("https://git.acme.example/acme/shop.git")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		reason, username, message string
	}{
		"none":       {"it is git then", "", ""},
		"plain":      {"as services want it", "x-token-auth", ""},
		"colon":      {"it ends a user name", "a:b", "a colon or a line break"},
		"line break": {"a header has one line", "a\n", "a colon or a line break"},
		"long":       {"no server takes such a header", strings.Repeat("x", maxTokenBytes+1), "longer than 8192 bytes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			held := corev1.Secret{
				ObjectMeta: metav1.ObjectMeta{
					Name: "shop", Labels: map[string]string{v1alpha1.LabelCredentials: "true"},
					Annotations: map[string]string{v1alpha1.AnnotationAllowedHosts: address.Host},
				},
				Data: map[string][]byte{"token": []byte(canary), usernameKey: []byte(test.username)},
			}
			got, err := secrets{reader: oneSecret{secret: held}, namespace: "remit-system"}.read(t.Context(), v1alpha1.SecretKey{Name: "shop"}, address)
			if test.message == "" {
				if err != nil || got.Username != test.username {
					t.Errorf("%s: %+v, %v", test.reason, got, err)
				}
				return
			}
			var problem ownership.Problem
			if !errors.As(err, &problem) || problem.Reason != "SecretKeyInvalid" || !strings.Contains(problem.Message, test.message) || problem.Remedy == "" {
				t.Errorf("%s: %v", test.reason, err)
			}
			if err != nil && (strings.Contains(err.Error(), canary) || len(err.Error()) > 500) {
				t.Errorf("the error shows what is in the Secret: %v", err)
			}
		})
	}
}
