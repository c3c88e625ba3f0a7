package standalone

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

func text(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, body) })
}

func TestPages(t *testing.T) {
	idle := func() *pulse { return &pulse{deadline: time.Minute} }
	ready := idle()
	ready.last.Store(&passed{at: monday, areas: 26})
	busy, hanging := idle(), idle()
	busy.started.Store(monday.Add(-time.Minute).UnixNano())
	hanging.started.Store(monday.Add(-2 * time.Minute).UnixNano())
	tests := map[string]struct {
		reason, method, path string
		pulse                *pulse
		areas                http.Handler
		status               int
		want                 string
	}{
		"metrics":       {"the metrics", "GET", "/metrics", ready, nil, 200, "families"},
		"no areas":      {"which flag is missing is said", "GET", "/metrics/areas", ready, nil, 404, "--area-metrics"},
		"areas":         {"where they are asked for", "GET", "/metrics/areas", ready, text("areas"), 200, "areas"},
		"alive":         {"before the first pass too", "GET", "/healthz", idle(), nil, 200, "ok"},
		"busy":          {"a long pass is no hanging one", "GET", "/healthz", busy, nil, 200, "ok"},
		"hanging":       {"a pass past its deadline", "GET", "/healthz", hanging, nil, 503, "A pass has been running since 2026-03-02T08:58:00Z."},
		"not ready":     {"before the first pass", "GET", "/readyz", idle(), nil, 503, "not done yet"},
		"ready":         {"after it", "GET", "/readyz", ready, nil, 200, "ok"},
		"index":         {"what is served, and when the last pass was", "GET", "/", ready, nil, 200, "The last pass was at 2026-03-02T09:00:00Z; areas: 26."},
		"index, off":    {"what could be served", "GET", "/", ready, nil, 200, "off; --area-metrics turns them on"},
		"index at once": {"before the first pass", "GET", "/", idle(), nil, 200, "The first pass is not done yet."},
		"elsewhere":     {"nothing else", "GET", "/debug/pprof/", ready, nil, 404, "/ says what is served"},
		"below":         {"nothing below", "GET", "/metrics/x", ready, nil, 404, "/ says what is served"},
		"head":          {"HEAD is a GET without body", "HEAD", "/healthz", ready, nil, 200, ""},
		"post":          {"nothing is taken in", "POST", "/healthz", ready, nil, 404, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			handler := pages{metrics: text("families"), areas: test.areas, pulse: test.pulse, now: func() time.Time { return monday }}.handler()
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, httptest.NewRequest(test.method, test.path, nil))
			if recorder.Code != test.status || !strings.Contains(recorder.Body.String(), test.want) {
				t.Errorf("%s: %d %q, want %d and %q", test.reason, recorder.Code, recorder.Body, test.status, test.want)
			}
			if got := recorder.Header().Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("%s: no browser should guess what it is: %q", test.reason, got)
			}
		})
	}
}

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
			listener, err := listen(test.address)
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
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	arrived, release := make(chan struct{}), make(chan struct{})
	_, log := newRecord()
	server := newServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		answer(w, http.StatusOK, "whole")
	}), log)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, server, listener) }()
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
	_, log := newRecord()
	server := newServer(http.NotFoundHandler(), log)
	if server.ReadHeaderTimeout == 0 || server.ReadTimeout == 0 || server.WriteTimeout == 0 || server.IdleTimeout == 0 {
		t.Errorf("something is without a bound: %+v", server)
	}
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, server, listener) }()
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
