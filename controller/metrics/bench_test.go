package metrics

import (
	"net/http"
	"testing"
	"time"
)

// discard is a response that keeps nothing, so that a benchmark measures the page alone.
type discard struct{ header http.Header }

func (d discard) Header() http.Header          { return d.header }
func (discard) Write(text []byte) (int, error) { return len(text), nil }
func (discard) WriteHeader(int)                {}

func benchmarkScrape(b *testing.B, encoding string) {
	page := newPage(b)
	areas := page.Areas()
	result, since := many(12_500) // about 100,000 series of areas
	set(b, page, result, since)
	request, err := http.NewRequest(http.MethodGet, "/metrics/areas", nil)
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", encoding)
	b.ReportAllocs()
	for b.Loop() {
		areas.ServeHTTP(discard{http.Header{}}, request)
		page.ServeHTTP(discard{http.Header{}}, request)
	}
}

func BenchmarkScrape(b *testing.B)      { benchmarkScrape(b, "gzip") }
func BenchmarkScrapePlain(b *testing.B) { benchmarkScrape(b, "identity") }
func BenchmarkScrapeZstd(b *testing.B)  { benchmarkScrape(b, "zstd") }

// BenchmarkSet renders about 100,000 series of areas in both formats and all encodings.
func BenchmarkSet(b *testing.B) {
	page := newPage(b)
	page.Areas()
	result, since := many(12_500)
	b.ReportAllocs()
	for b.Loop() {
		if err := page.Set(result, since, time.Second); err != nil {
			b.Fatal(err)
		}
	}
}
