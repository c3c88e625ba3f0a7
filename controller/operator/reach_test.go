package operator

import (
	"context"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/remit-dev/remit/crds"
)

// Who cannot start the controller reads what to do about it.
func TestUnreached(t *testing.T) {
	plane := shared.Get(t)
	stranger, err := plane.UserConfig("stranger")
	if err != nil {
		t.Fatal(err)
	}
	nobody := rest.CopyConfig(stranger)
	nobody.TLSClientConfig.CertData, nobody.TLSClientConfig.KeyData, nobody.BearerToken = nil, nil, "wrong"
	unknown := plane.Config()
	unknown.CAData = nil
	tests := map[string]struct {
		reason string
		config *rest.Config
		want   []string
	}{
		"not there":     {"nothing listens", &rest.Config{Host: "https://127.0.0.1:1"}, []string{"127.0.0.1:1 cannot be reached", "connection refused", "--kubeconfig"}},
		"not it":        {"another authority has signed its certificate", unknown, []string{"cannot be reached", "x509", "--context"}},
		"token expired": {"401", nobody, []string{"does not accept these credentials", "renew the token"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			err := Run(ctx, test.config, Options{Listen: "127.0.0.1:0"})
			if err == nil {
				t.Fatal("it runs")
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%s: %q is not in: %v", test.reason, part, err)
				}
			}
			if strings.Contains(err.Error(), "restmapping") {
				t.Errorf("%s: it is told in the library's words: %v", test.reason, err)
			}
		})
	}
}

// A cluster without Remit's kinds is told from one that cannot be reached.
func TestUnreachedWithoutKinds(t *testing.T) {
	s := newScene(t)
	s.Kubectl(t, "delete", "crd", "areas.remit.dev")
	defer func() {
		if err := s.Install(t.Context(), crds.FS); err != nil {
			t.Error(err)
		}
	}()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	err := Run(ctx, s.Config(), Options{Listen: "127.0.0.1:0"})
	if err == nil || !strings.Contains(err.Error(), "kubectl apply --server-side -f crds/") {
		t.Errorf("it is not said that the kinds are missing: %v", err)
	}
}
