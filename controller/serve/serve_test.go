package serve

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestListenSaysWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	tests := map[string]struct{ reason, address, want string }{
		"taken":   {"another program is there", taken.Addr().String(), "another program listens there"},
		"no port": {"half an address", "localhost", "give a host and a port"},
		"foreign": {"no address of this machine", "192.0.2.1:1", "give a host and a port of this machine"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			listener, err := Listen(test.address)
			if err == nil {
				_ = listener.Close()
				t.Fatalf("%s: no error", test.reason)
			}
			var problem ownership.Problem
			if !errors.As(err, &problem) || !strings.Contains(problem.Remedy, test.want) {
				t.Errorf("%s: %v", test.reason, err)
			}
		})
	}
}

// A request in flight when the end comes is finished.
func TestServeFinishesRequests(t *testing.T) {
	listener, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	arrived, release := make(chan struct{}), make(chan struct{})
	log := slog.New(slog.DiscardHandler)
	server := New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		Answer(w, http.StatusOK, "whole")
	}), log)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, server, listener) }()
	got := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			body = []byte(err.Error())
		}
		got <- string(body)
	}()
	<-arrived
	stop()
	time.AfterFunc(50*time.Millisecond, func() { close(release) })
	if body := <-got; body != "whole" {
		t.Errorf("got %q", body)
	}
	if err := <-served; err != nil {
		t.Errorf("a clean stop is no error: %v", err)
	}
}

// A client that sends its header byte by byte is cut off, and one with a header that is too long is refused.
func TestServerIsBounded(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	server := New(http.NotFoundHandler(), log)
	if server.ReadHeaderTimeout == 0 || server.ReadTimeout == 0 || server.WriteTimeout == 0 || server.IdleTimeout == 0 {
		t.Errorf("something is without a bound: %+v", server)
	}
	listener, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, server, listener) }()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+listener.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Long", strings.Repeat("x", 1<<20))
	response, err := http.DefaultClient.Do(request)
	if err == nil {
		_ = response.Body.Close()
		if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("a header of 1 MiB: %s", response.Status)
		}
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
