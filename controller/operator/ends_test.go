package operator

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// A controller whose caches cannot be filled ends when it is told to.
func TestEndsWithoutCaches(t *testing.T) {
	s := newScene(t)
	config, err := s.ServiceAccountConfig(t.Context(), DefaultNamespace, Account)
	if err != nil {
		t.Fatal(err)
	}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(asked *http.Request) (*http.Response, error) {
			if strings.HasSuffix(asked.URL.Path, "/areas") {
				return nil, errors.New("no answer")
			}
			return next.RoundTrip(asked)
		})
	})
	ctx, stop := context.WithCancel(t.Context())
	started, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- Run(ctx, controlplane.FailOnForbidden(t, config), Options{
			LeaderElection: true, Listen: "127.0.0.1:0", Log: testLog(t), Started: func(address string) { started <- address },
		})
	}()
	<-started
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it was only told to end: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
}

// One that may not read its own namespace says so, and does not wait for rights that nobody will give it.
func TestStartsInItsOwnNamespaceOnly(t *testing.T) {
	s := newScene(t)
	config, err := s.ServiceAccountConfig(t.Context(), DefaultNamespace, Account)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	err = Run(ctx, config, Options{Listen: "127.0.0.1:0", Namespace: "default"})
	if err == nil || !strings.Contains(err.Error(), "may not read ConfigMaps in its namespace default") || !strings.Contains(err.Error(), "--namespace") {
		t.Errorf("it is not said what is wrong: %v", err)
	}
}
