// Command metrics measures a scrape of 100,000 series about areas: Remit's page, which is rendered before, beside
// client_golang's handler over constant metrics and over gauge vectors that hold the very same series. Run it as:
// go -C bench run ./cmd/metrics
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/remit-dev/remit/controller/metrics"
)

func main() {
	areas := flag.Int("areas", 12_500, "how many areas; each has eight series")
	repeats := flag.Int("repeats", 7, "how often each is measured; the median counts")
	flag.Parse()
	if err := run(os.Stdout, *areas, *repeats); err != nil {
		fmt.Fprintln(os.Stderr, "metrics:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, areas, repeats int) error {
	page, err := metrics.New(metrics.Options{Version: "bench", AreaSeries: 10 * areas})
	if err != nil {
		return err
	}
	ours := page.Areas()
	result, since := organisation(areas)
	started := time.Now()
	if err := page.Set(result, since, time.Second); err != nil {
		return err
	}
	rendering := time.Since(started)
	families, series, err := scraped(ours)
	if err != nil {
		return err
	}
	constant, err := constantMetrics(families)
	if err != nil {
		return err
	}
	vectors, err := gaugeVectors(families)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "A scrape of %d series, median of %d; rendering them once, in both formats and all encodings: %v\n\n",
		series, repeats, rendering.Round(time.Millisecond))
	handlers := []named{
		{"Remit, areas", ours, 200},
		{"Remit, default page with the runtime's series", page, 50},
		{"client_golang, constant metrics", constant, 1},
		{"client_golang, gauge vectors", vectors, 1},
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "what\thow\ttime\tallocated\tallocations\tRemit, areas, is faster by")
	for _, encoding := range []string{"gzip", "identity"} {
		var base cost
		for i, handler := range handlers {
			got := measure(direct(handler.handler, encoding), handler.scrapes, repeats)
			if i == 0 {
				base = got
			}
			row(table, handler.name, encoding+", handler alone", got, base)
		}
	}
	var base cost
	for i, handler := range handlers {
		server := httptest.NewServer(handler.handler)
		got := measure(overHTTP(server.URL), min(handler.scrapes, 20), repeats)
		server.Close()
		if i == 0 {
			base = got
		}
		row(table, handler.name, "gzip, over HTTP on this machine", got, base)
	}
	return table.Flush()
}

type named struct {
	name    string
	handler http.Handler
	scrapes int
}

func row(w io.Writer, what, how string, got, base cost) {
	faster := ""
	if !strings.HasPrefix(what, "Remit") {
		faster = fmt.Sprintf("%.0f times", float64(got.time)/float64(base.time))
	}
	fmt.Fprintf(w, "%s\t%s\t%v\t%.1f KiB\t%d\t%s\n", what, how, got.time, float64(got.bytes)/1024, got.allocations, faster)
}

// cost is what one scrape takes.
type cost struct {
	time        time.Duration
	bytes       uint64
	allocations uint64
}

// direct scrapes a handler without a network, and keeps nothing.
func direct(handler http.Handler, encoding string) func() error {
	request := &http.Request{Method: http.MethodGet, Header: http.Header{"Accept-Encoding": {encoding}}}
	return func() error {
		handler.ServeHTTP(discard{http.Header{}}, request)
		return nil
	}
}

// overHTTP scrapes an address as Prometheus does, and reads the bytes without unpacking them.
func overHTTP(address string) func() error {
	return func() error {
		request, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		request.Header.Set("Accept-Encoding", "gzip")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, response.Body)
		return errors.Join(err, response.Body.Close())
	}
}

// measure gives the median cost of a scrape over repeats of so many scrapes each.
func measure(scrape func() error, scrapes, repeats int) cost {
	must(scrape()) // warm up
	costs := make([]cost, 0, repeats)
	for range repeats {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		started := time.Now()
		for range scrapes {
			must(scrape())
		}
		took := time.Since(started)
		runtime.ReadMemStats(&after)
		n := uint64(scrapes)
		costs = append(costs, cost{took / time.Duration(scrapes), (after.TotalAlloc - before.TotalAlloc) / n, (after.Mallocs - before.Mallocs) / n})
	}
	slices.SortFunc(costs, func(a, b cost) int { return int(a.time - b.time) })
	return costs[len(costs)/2]
}

// must ends the measurement where a scrape fails: there is nothing to compare then.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// discard is a response that keeps nothing, so that the handler alone is measured.
type discard struct{ header http.Header }

func (d discard) Header() http.Header          { return d.header }
func (discard) Write(text []byte) (int, error) { return len(text), nil }
func (discard) WriteHeader(int)                {}
