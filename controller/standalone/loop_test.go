package standalone

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/metrics"
	"github.com/remit-dev/remit/controller/ownership"
)

// scripted answers each check by the next line of a script; the last one is repeated.
type scripted struct {
	script    []func(ctx context.Context) (*ownership.Result, error)
	checks    atomic.Int32
	forgotten atomic.Int32
	interval  time.Duration
	next      time.Time
}

func (s *scripted) Check(ctx context.Context, _ time.Time, _ Progress) (*engine.Outcome, error) {
	n := int(s.checks.Add(1))
	result, err := s.script[min(n, len(s.script))-1](ctx)
	return &engine.Outcome{Result: result}, err
}
func (s *scripted) Watch() []string         { return nil }
func (s *scripted) Interval() time.Duration { return s.interval }
func (s *scripted) Next() time.Time         { return s.next }
func (s *scripted) forget()                 { s.forgotten.Add(1) }

func finds(states ...ownership.State) func(context.Context) (*ownership.Result, error) {
	return func(context.Context) (*ownership.Result, error) {
		result := &ownership.Result{At: monday}
		for i, state := range states {
			result.Areas = append(result.Areas, area(string(rune('a'+i)), state))
		}
		return result, nil
	}
}

func newTestLoop(t *testing.T, checker checks, timeout time.Duration) (*loop, *record) {
	t.Helper()
	page, err := metrics.New(metrics.Options{Version: "v0"})
	if err != nil {
		t.Fatal(err)
	}
	log, logger := newRecord()
	return newLoop(checker, page, RunSettings{
		Cache: filepath.Join(t.TempDir(), "cache"), PassTimeout: timeout, Now: time.Now, Log: logger,
	}), log
}

func scrape(l *loop) string {
	recorder := httptest.NewRecorder()
	l.page.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return recorder.Body.String()
}

const (
	oneUnowned = `remit_areas{state="unowned",team="",tier=""} 1`
	oneOwned   = `remit_areas{state="owned",team="",tier=""} 1`
)

// Whatever becomes of one pass, the next one counts, and what was found before stays until then.
func TestLoopSurvivesBadPasses(t *testing.T) {
	tests := map[string]struct {
		reason string
		bad    func(ctx context.Context) (*ownership.Result, error)
		log    string
		forget int32
	}{
		"panic":   {"a fault of the program", func(context.Context) (*ownership.Result, error) { panic("nil map") }, "nil map", 1},
		"timeout": {"a pass that takes too long", func(ctx context.Context) (*ownership.Result, error) { <-ctx.Done(); return nil, ctx.Err() }, "took too long", 0},
		"error":   {"manifests that are gone", func(context.Context) (*ownership.Result, error) { return nil, errors.New("no such folder") }, "no such folder", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			checker := &scripted{interval: time.Millisecond, script: []func(context.Context) (*ownership.Result, error){
				finds(ownership.Unowned), test.bad, finds(ownership.Owned),
			}}
			l, log := newTestLoop(t, checker, 50*time.Millisecond)
			l.pass(t.Context())
			l.pass(t.Context())
			if !strings.Contains(scrape(l), oneUnowned) {
				t.Errorf("%s: what was found before is gone", test.reason)
			}
			if !strings.Contains(log.String(), test.log) || checker.forgotten.Load() != test.forget {
				t.Errorf("%s: forgotten %d times, log:\n%s", test.reason, checker.forgotten.Load(), log)
			}
			if _, is := l.pulse.hanging(time.Now().Add(time.Hour)); is {
				t.Errorf("%s: the pass is over, but seems to hang", test.reason)
			}
			l.pass(t.Context())
			if !strings.Contains(scrape(l), oneOwned) {
				t.Errorf("%s: the next pass did not count", test.reason)
			}
		})
	}
}

func TestLoopIsNotReadyBeforeAPassSucceeds(t *testing.T) {
	l, _ := newTestLoop(t, &scripted{script: []func(context.Context) (*ownership.Result, error){
		func(context.Context) (*ownership.Result, error) { return nil, errors.New("no") }, finds(),
	}}, time.Second)
	l.pass(t.Context())
	if l.pulse.last.Load() != nil {
		t.Error("ready without a pass that succeeded")
	}
	l.pass(t.Context())
	if l.pulse.last.Load() == nil {
		t.Error("not ready after one")
	}
}

// The log has a line for a pass that found something else than the one before, and none for others.
func TestLoopTellsOnlyChanges(t *testing.T) {
	l, log := newTestLoop(t, &scripted{script: []func(context.Context) (*ownership.Result, error){
		finds(), finds(), finds(ownership.Unowned), finds(ownership.Unowned), finds(ownership.Owned),
	}}, time.Second)
	for range 5 {
		l.pass(t.Context())
	}
	if got := strings.Count(log.String(), "msg=checked"); got != 3 {
		t.Errorf("%d lines, want 3:\n%s", got, log)
	}
}

func TestLoopChecksAtTheInterval(t *testing.T) {
	checker := &scripted{interval: time.Millisecond, script: []func(context.Context) (*ownership.Result, error){finds()}}
	l, _ := newTestLoop(t, checker, time.Second)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { l.run(ctx); close(ended) }()
	eventually(t, "the third check", func() bool { return checker.checks.Load() >= 3 })
	cancel()
	<-ended
}

// A pass that does not end when it is told to makes the process unhealthy.
func TestLoopThatHangs(t *testing.T) {
	release := make(chan struct{})
	checker := &scripted{script: []func(context.Context) (*ownership.Result, error){
		func(context.Context) (*ownership.Result, error) { <-release; return nil, errors.New("late") },
	}}
	l, _ := newTestLoop(t, checker, 20*time.Millisecond)
	ended := make(chan struct{})
	go func() { l.pass(t.Context()); close(ended) }()
	eventually(t, "that it counts as hanging", func() bool { _, is := l.pulse.hanging(time.Now()); return is })
	close(release)
	<-ended
}

func TestRun(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	manifests := newManifests(t, organisation(root))
	log, logger := newRecord()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, RunSettings{
			Settings: Settings{Manifests: manifests}, Listen: "127.0.0.1:0", Version: "v0", Now: time.Now, Log: logger,
		})
	}()
	eventually(t, "the first pass", func() bool { return strings.Contains(log.String(), "owned=1") })
	// The area loses its code owner: by a commit, which is seen without waiting for the interval of a minute.
	write(t, root, map[string]string{"CODEOWNERS": "/README.md @acme/docs\n"})
	commit(t, root, []string{"CODEOWNERS"})
	eventually(t, "the commit to be seen", func() bool { return strings.Contains(log.String(), "partial=1") })
	stop()
	if err := <-ended; err != nil {
		t.Errorf("a clean stop is no error: %v", err)
	}
	if text := log.String(); strings.Contains(text, "level=WARN") || !strings.Contains(text, "msg=started") || !strings.Contains(text, "msg=stopped") {
		t.Errorf("the log:\n%s", text)
	}
	if note := openSince(filepath.Join(manifests, ".remit"), logger.Warn).notes["shop/payments"]; note.State != ownership.Partial {
		t.Errorf("since when the area is partly owned was not kept: %+v", note)
	}
}

func TestDefaultCache(t *testing.T) {
	manifests := newManifests(t, map[string]string{"a.yaml": ""})
	t.Setenv("XDG_CACHE_HOME", "/cache")
	if got := DefaultCache(Settings{Manifests: manifests}); got != filepath.Join(manifests, ".remit") {
		t.Errorf("in the folder of the manifests: %s", got)
	}
	if got := DefaultCache(Settings{Manifests: filepath.Join(manifests, "a.yaml")}); got != filepath.Join(manifests, ".remit") {
		t.Errorf("beside the only manifest: %s", got)
	}
	one, two := DefaultCache(Settings{Checkouts: []string{"/a"}}), DefaultCache(Settings{Checkouts: []string{"/b"}})
	if one == two || filepath.Dir(one) != "/cache" {
		t.Errorf("each set of checkouts has its own: %s, %s", one, two)
	}
}

func TestRest(t *testing.T) {
	for name, test := range map[string]struct {
		reason   string
		interval time.Duration
		next     time.Time
		want     time.Duration
	}{
		"nothing ends":       {"the interval alone counts", time.Hour, time.Time{}, time.Hour},
		"soon":               {"an assignment that ends sooner is noticed when it does", time.Hour, monday.Add(10 * time.Minute), 10 * time.Minute},
		"later":              {"the interval comes first", time.Hour, monday.Add(2 * time.Hour), time.Hour},
		"now":                {"a moment that is over does not make the loop spin", time.Hour, monday.Add(-time.Minute), minRest},
		"a shorter interval": {"neither does it make the rest longer", time.Millisecond, monday.Add(-time.Minute), time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			l := &loop{checker: &scripted{interval: test.interval, next: test.next}, settings: RunSettings{Now: func() time.Time { return monday }}}
			if got := l.rest(); got != test.want {
				t.Errorf("rests %s, want %s: %s", got, test.want, test.reason)
			}
		})
	}
}
