package operator

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/remit-dev/remit/controller/metrics"
	"github.com/remit-dev/remit/controller/serve"
)

// stopWithin is how long what is in flight is waited for at the end.
const stopWithin = 10 * time.Second

// server serves metrics and health, on every replica.
type server struct{ remit *remit }

// serve serves until ctx ends.
func (s *server) serve(ctx context.Context) error {
	options := s.remit.options
	listener, err := serve.Listen(options.Listen)
	if err != nil {
		return err
	}
	address := "http://" + listener.Addr().String()
	options.Log.Info("started", "namespace", options.Namespace, "address", address+"/", "metrics", address+metrics.PagePath, "version", options.Version)
	if options.Started != nil {
		options.Started(address)
	}
	return serve.Serve(ctx, serve.New(s.handler(), options.Log), listener)
}

// handler serves:
//
//	/                what is served, and who leads
//	/metrics         the metrics; those of areas on the leader only
//	/metrics/areas   the metrics of each area, with --area-metrics
//	/healthz         200 while the replica is alive, 503 if a pass hangs
//	/readyz          200 once the caches are filled, on a standby as well
//	anything else    404
func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(metrics.PagePath, s.remit.page)
	if s.remit.options.AreaMetrics {
		mux.Handle(metrics.AreasPath, s.remit.page.Areas())
	} else {
		mux.HandleFunc("GET "+metrics.AreasPath, func(w http.ResponseWriter, _ *http.Request) {
			serve.Answer(w, http.StatusNotFound, "The metrics of each area are not served; start remit controller with --area-metrics.\n")
		})
	}
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /readyz", s.readiness)
	mux.HandleFunc("GET /{$}", s.index)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		serve.Answer(w, http.StatusNotFound, "There is nothing here; / says what is served.\n")
	})
	return mux
}

// health says no where a pass goes on twice as long as it may: it is told to end at its timeout, and does not listen.
func (s *server) health(w http.ResponseWriter, _ *http.Request) {
	options, began := s.remit.options, s.remit.passes.pulse.Load()
	if since := time.Unix(0, began); began != 0 && options.Now().Sub(since) > 2*options.PassTimeout {
		serve.Answer(w, http.StatusServiceUnavailable, fmt.Sprintf("A pass has been running since %s.\n", serve.Stamp(since)))
		return
	}
	serve.Answer(w, http.StatusOK, "ok\n")
}

func (s *server) readiness(w http.ResponseWriter, _ *http.Request) {
	if !s.remit.synced.Load() {
		serve.Answer(w, http.StatusServiceUnavailable, "The caches are not filled yet.\n")
		return
	}
	serve.Answer(w, http.StatusOK, "ok\n")
}

func (s *server) index(w http.ResponseWriter, _ *http.Request) {
	state := "This replica stands by: another one leads, or none does yet."
	select {
	case <-s.remit.manager.Elected():
		state = "This replica leads. The first pass is not done yet."
		if last := s.remit.passes.last.Load(); last != 0 {
			state = fmt.Sprintf("This replica leads. The last pass was at %s.", serve.Stamp(time.Unix(0, last)))
		}
	default:
	}
	serve.Answer(w, http.StatusOK, fmt.Sprintf(`Remit keeps who is responsible for what true.

%s

/metrics        metrics for Prometheus
/metrics/areas  metrics of each area, with --area-metrics
/healthz        200 while this replica is alive
/readyz         200 once its caches are filled
`, state))
}
