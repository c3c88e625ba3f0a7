package standalone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/remit-dev/remit/controller/metrics"
	"github.com/remit-dev/remit/controller/ownership"
)

// stopWithin is how long requests in flight are waited for at the end.
const stopWithin = 5 * time.Second

// pulse is what the loop lets others know of itself.
type pulse struct {
	// started is when the pass that is running began, in nanoseconds of Unix time; 0 where none is.
	started atomic.Int64
	// last is what the last pass that succeeded found; nil before the first.
	last atomic.Pointer[passed]
	// deadline is how long a pass may take before the loop counts as hanging.
	deadline time.Duration
}

// passed is one pass that succeeded.
type passed struct {
	at    time.Time
	areas int
}

// hanging says since when a pass has been running that is past its deadline.
func (p *pulse) hanging(now time.Time) (since time.Time, is bool) {
	started := p.started.Load()
	since = time.Unix(0, started)
	return since, started != 0 && now.Sub(since) > p.deadline
}

// listen opens the address to serve at.
func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err == nil {
		return listener, nil
	}
	remedy := "give a host and a port of this machine with --listen, such as 127.0.0.1:7364"
	if errors.Is(err, syscall.EADDRINUSE) {
		remedy = "another program listens there: stop it, or give another port with --listen; port 0 takes any free one"
	}
	return nil, ownership.Problem{Message: fmt.Sprintf("cannot listen at %s: %v", address, err), Remedy: remedy}
}

// newServer makes a server that no client can hold for ever or fill.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// pages is what is served. areas is nil where the page of areas is not asked for.
type pages struct {
	metrics, areas http.Handler
	pulse          *pulse
	now            func() time.Time
}

// handler serves:
//
//	/                what is served, and when the last pass was
//	/metrics         the metrics
//	/metrics/areas   the metrics of each area; without --area-metrics 404, which says so
//	/healthz         200 while the loop is alive, 503 if a pass hangs
//	/readyz          200 from the end of the first pass on, 503 before
//	anything else    404
func (p pages) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(metrics.PagePath, p.metrics)
	if p.areas != nil {
		mux.Handle(metrics.AreasPath, p.areas)
	} else {
		mux.HandleFunc("GET "+metrics.AreasPath, func(w http.ResponseWriter, _ *http.Request) {
			answer(w, http.StatusNotFound, "The metrics of each area are not served; start remit run with --area-metrics.\n")
		})
	}
	mux.HandleFunc("GET /healthz", p.health)
	mux.HandleFunc("GET /readyz", p.readiness)
	mux.HandleFunc("GET /{$}", p.index)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusNotFound, "There is nothing here; / says what is served.\n")
	})
	return mux
}

func (p pages) health(w http.ResponseWriter, _ *http.Request) {
	if since, is := p.pulse.hanging(p.now()); is {
		answer(w, http.StatusServiceUnavailable, fmt.Sprintf("A pass has been running since %s.\n", stamp(since)))
		return
	}
	answer(w, http.StatusOK, "ok\n")
}

func (p pages) readiness(w http.ResponseWriter, _ *http.Request) {
	if p.pulse.last.Load() == nil {
		answer(w, http.StatusServiceUnavailable, "The first pass is not done yet.\n")
		return
	}
	answer(w, http.StatusOK, "ok\n")
}

func (p pages) index(w http.ResponseWriter, _ *http.Request) {
	state := "The first pass is not done yet."
	if last := p.pulse.last.Load(); last != nil {
		state = fmt.Sprintf("The last pass was at %s; areas: %d.", stamp(last.at), last.areas)
	}
	areas := "metrics of each area"
	if p.areas == nil {
		areas += " (off; --area-metrics turns them on)"
	}
	answer(w, http.StatusOK, fmt.Sprintf(`Remit keeps who is responsible for what true.

%s

/metrics        metrics for Prometheus
/metrics/areas  %s
/healthz        200 while the loop is alive
/readyz         200 once the first pass is done
`, state, areas))
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

func answer(w http.ResponseWriter, status int, text string) {
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprint(w, text) // a client that has gone needs no answer
}

// serve serves until ctx ends, and then finishes what is in flight.
func serve(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving at %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		// What is still in flight is cut off: a scrape that takes so long is lost anyway.
		return server.Close()
	}
	return nil
}
