package standalone

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/serve"
)

func text(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { serve.Answer(w, http.StatusOK, body) })
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
