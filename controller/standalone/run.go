package standalone

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/metrics"
	"github.com/remit-dev/remit/controller/serve"
)

// DefaultPassTimeout is how long a pass may take.
const DefaultPassTimeout = 5 * time.Minute

// RunSettings say what to keep checking, and where to serve what is found.
type RunSettings struct {
	Settings
	// Recorded is what a recording holds: then it alone is judged, once, and nothing is watched. Else it is nil.
	Recorded *engine.Input
	// Listen is the address to serve at, "HOST:PORT"; port 0 takes any free one.
	Listen string
	// AreaMetrics serves metrics of each area too, at most AreaSeries series; 0 is the default budget.
	AreaMetrics bool
	AreaSeries  int
	// Cache is the folder that keeps first-seen times; empty is DefaultCache.
	Cache string
	// PassTimeout is how long a pass may take; 0 is DefaultPassTimeout.
	PassTimeout time.Duration
	// Version is Remit's own.
	Version string
	Now     func() time.Time
	Log     *slog.Logger
}

// Run checks again whenever something changes, and serves the metrics of the last check, until ctx ends; then it
// finishes what is in flight and gives nil. It fails where it cannot start.
func Run(ctx context.Context, settings RunSettings) error {
	checker, err := newChecks(settings)
	if err != nil {
		return err
	}
	page, err := metrics.New(metrics.Options{Version: settings.Version, AreaSeries: settings.AreaSeries})
	if err != nil {
		return err
	}
	listener, err := serve.Listen(settings.Listen)
	if err != nil {
		return err
	}
	loop := newLoop(checker, page, settings)
	served := pages{metrics: page, pulse: &loop.pulse, now: settings.Now}
	if settings.AreaMetrics {
		served.areas = page.Areas()
	}
	address := "http://" + listener.Addr().String()
	settings.Log.Info("started", "manifests", settings.Manifests, "checkouts", strings.Join(settings.Checkouts, " "),
		"address", address+"/", "metrics", address+metrics.PagePath, "version", settings.Version)

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	looped := make(chan struct{})
	go func() {
		defer close(looped)
		loop.run(ctx)
	}()
	err = serve.Serve(ctx, serve.New(served.handler(), settings.Log), listener)
	stop()
	select {
	case <-looped:
	case <-time.After(serve.StopWithin): // a pass that does not listen must not keep the process from ending
	}
	if err == nil {
		settings.Log.Info("stopped")
	}
	return err
}

func newChecks(settings RunSettings) (checks, error) {
	if settings.Recorded != nil {
		return recorded{*settings.Recorded}, nil
	}
	settings.Settings.cache = settings.Cache
	return New(settings.Settings)
}

// DefaultCache is the cache folder: ".remit" in the folder of the manifests; without manifests, a folder for these
// checkouts in the user's cache. It is empty where the user has none.
func DefaultCache(settings Settings) string {
	if settings.Manifests != "" {
		folder := settings.Manifests
		if info, err := os.Stat(folder); err == nil && !info.IsDir() {
			folder = filepath.Dir(folder)
		}
		return filepath.Join(folder, ".remit")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	sum := sha256.New()
	for _, path := range settings.Checkouts {
		_, _ = sum.Write([]byte(absolute(path) + "\x00")) // a hash's Write never fails
	}
	return filepath.Join(cache, "remit-"+hex.EncodeToString(sum.Sum(nil))[:16])
}
