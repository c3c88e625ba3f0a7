package metrics

import (
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/remit-dev/remit/controller/ownership"
)

// The paths at which the pages are meant to be served; they are label values of
// remit_series_dropped.
const (
	PagePath  = "/metrics"
	AreasPath = "/metrics/areas"
)

// Options say who exposes the metrics.
type Options struct {
	// Version is Remit's own; GoVersion the compiler's, and empty means that of the running program.
	Version, GoVersion string
	// AreaSeries is the page of areas' budget of series; 0 is DefaultAreaSeries.
	AreaSeries int
}

// Page holds the rendered metrics of the last result. It is safe for concurrent use.
type Page struct {
	options Options
	compressors
	runtime *prometheus.Registry
	changes *changes

	setting  sync.Mutex // one Set at a time
	detailed atomic.Bool
	page     atomic.Pointer[rendered]
	areas    atomic.Pointer[rendered]
}

// New makes a page that holds, before the first Set, the build and the runtime alone.
func New(options Options) (*Page, error) {
	if options.GoVersion == "" {
		options.GoVersion = runtime.Version()
	}
	if options.AreaSeries == 0 {
		options.AreaSeries = DefaultAreaSeries
	}
	compressors, err := newCompressors()
	if err != nil {
		return nil, err
	}
	p := &Page{options: options, compressors: compressors, runtime: prometheus.NewRegistry()}
	for _, collector := range []prometheus.Collector{
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := p.runtime.Register(collector); err != nil {
			return nil, fmt.Errorf("register the runtime's metrics: %w", err)
		}
	}
	if p.changes, err = newChanges(p.runtime); err != nil {
		return nil, err
	}
	if err := p.Clear(); err != nil {
		return nil, err
	}
	return p, nil
}

// Set renders a result. Since says since when an unowned area has been unowned;
// pass is how long the pass took. Scrapes are served the old page until the new
// one is whole; on an error the old one stays.
func (p *Page) Set(result *ownership.Result, since map[ownership.AreaID]time.Time, pass time.Duration) error {
	p.setting.Lock()
	defer p.setting.Unlock()
	families := p.newOverview()
	families.fill(result, since, pass)
	var areas *rendered
	left := 0
	if p.detailed.Load() {
		detail := newDetail(p.options.AreaSeries)
		detail.fill(result, since)
		left = detail.dropped
		var err error
		if areas, err = p.render(detail.families(), true); err != nil {
			return fmt.Errorf("render the metrics of areas: %w", err)
		}
	}
	families.dropped.add(float64(left), AreasPath)
	page, err := p.render(families.families(), false)
	if err != nil {
		return fmt.Errorf("render the metrics: %w", err)
	}
	p.page.Store(page)
	if areas != nil {
		p.areas.Store(areas)
	}
	return nil
}

// Clear takes the ownership families off the pages, as one that no longer leads must. What was counted stays counted.
func (p *Page) Clear() error {
	p.setting.Lock()
	defer p.setting.Unlock()
	page, err := p.render(p.newOverview().families(), false)
	if err != nil {
		return fmt.Errorf("render the metrics: %w", err)
	}
	areas, err := p.render(nil, true)
	if err != nil {
		return fmt.Errorf("render the metrics of areas: %w", err)
	}
	p.page.Store(page)
	p.areas.Store(areas)
	p.changes.held.Reset()
	return nil
}

// newOverview makes the families with the build's set.
func (p *Page) newOverview() *overview {
	families := newOverview()
	families.build.add(1, labelValue(p.options.Version), labelValue(p.options.GoVersion))
	return families
}

// ServeHTTP serves the default page.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	serve(w, r, func(as format, in encoding) ([2][]byte, error) {
		families, err := p.runtime.Gather()
		if err != nil {
			return [2][]byte{}, fmt.Errorf("gather the runtime's metrics: %w", err)
		}
		tail, err := write(families, as.exposition(), true)
		if err != nil {
			return [2][]byte{}, err
		}
		// The tail is some ten kilobytes: compressing it without state costs no memory.
		if tail, err = p.compress(tail, in, gzip.StatelessCompression); err != nil {
			return [2][]byte{}, err
		}
		return [2][]byte{p.page.Load()[as][in], tail}, nil
	})
}

// Areas serves the page of areas, and has it rendered from the next Set on: call
// it once, before the first Set.
func (p *Page) Areas() http.Handler {
	p.detailed.Store(true)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve(w, r, func(as format, in encoding) ([2][]byte, error) {
			return [2][]byte{p.areas.Load()[as][in]}, nil
		})
	})
}
