package standalone

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/remit-dev/remit/controller/metrics"
	"github.com/remit-dev/remit/controller/serve"
)

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
			serve.Answer(w, http.StatusNotFound, "The metrics of each area are not served; start remit run with --area-metrics.\n")
		})
	}
	mux.HandleFunc("GET /healthz", p.health)
	mux.HandleFunc("GET /readyz", p.readiness)
	mux.HandleFunc("GET /{$}", p.index)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		serve.Answer(w, http.StatusNotFound, "There is nothing here; / says what is served.\n")
	})
	return mux
}

func (p pages) health(w http.ResponseWriter, _ *http.Request) {
	if since, is := p.pulse.hanging(p.now()); is {
		serve.Answer(w, http.StatusServiceUnavailable, fmt.Sprintf("A pass has been running since %s.\n", serve.Stamp(since)))
		return
	}
	serve.Answer(w, http.StatusOK, "ok\n")
}

func (p pages) readiness(w http.ResponseWriter, _ *http.Request) {
	if p.pulse.last.Load() == nil {
		serve.Answer(w, http.StatusServiceUnavailable, "The first pass is not done yet.\n")
		return
	}
	serve.Answer(w, http.StatusOK, "ok\n")
}

func (p pages) index(w http.ResponseWriter, _ *http.Request) {
	state := "The first pass is not done yet."
	if last := p.pulse.last.Load(); last != nil {
		state = fmt.Sprintf("The last pass was at %s; areas: %d.", serve.Stamp(last.at), last.areas)
	}
	areas := "metrics of each area"
	if p.areas == nil {
		areas += " (off; --area-metrics turns them on)"
	}
	serve.Answer(w, http.StatusOK, fmt.Sprintf(`Remit keeps who is responsible for what true.

%s

/metrics        metrics for Prometheus
/metrics/areas  %s
/healthz        200 while the loop is alive
/readyz         200 once the first pass is done
`, state, areas))
}
