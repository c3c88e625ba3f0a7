package metrics

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	stdgzip "compress/gzip"

	"github.com/klauspost/compress/zstd"
)

func TestEncodingsHoldTheSamePage(t *testing.T) {
	page := newPage(t)
	page.Areas()
	result, since := acme()
	set(t, page, result, since)
	server := httptest.NewServer(page)
	defer server.Close()
	for _, accept := range []string{"", "text/plain", "application/openmetrics-text; version=1.0.0"} {
		bodies := map[string]string{}
		for _, want := range []string{"", "gzip", "zstd"} {
			request, err := http.NewRequest(http.MethodGet, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Accept", accept)
			request.Header.Set("Accept-Encoding", "identity")
			if want != "" {
				request.Header.Set("Accept-Encoding", want)
			}
			response, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			bodies[want] = ownershipPart(decode(t, response, want))
			if err := response.Body.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if bodies[""] == "" || bodies["gzip"] != bodies[""] || bodies["zstd"] != bodies[""] {
			t.Errorf("with Accept %q the encodings differ", accept)
		}
	}
}

// decode reads a response as a client would, and checks its headers.
func decode(t *testing.T, response *http.Response, want string) string {
	t.Helper()
	if got := response.Header.Get("Content-Encoding"); got != want {
		t.Errorf("encoding %q, want %q", got, want)
	}
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.Header.Get("Content-Length") != strconv.Itoa(len(raw)) {
		t.Errorf("length %s of %d", response.Header.Get("Content-Length"), len(raw))
	}
	var reader io.Reader = bytes.NewReader(raw)
	switch want {
	case "gzip":
		if reader, err = stdgzip.NewReader(reader); err != nil {
			t.Fatal(err)
		}
	case "zstd":
		decoder, err := zstd.NewReader(reader)
		if err != nil {
			t.Fatal(err)
		}
		defer decoder.Close()
		reader = decoder
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range []string{"go_goroutines", "remit_areas"} {
		if !strings.Contains(string(text), "\n"+family) {
			t.Errorf("%s is not on the page", family)
		}
	}
	return string(text)
}

func TestNegotiateEncoding(t *testing.T) {
	tests := map[string]struct {
		reason, header string
		want           encoding
	}{
		"none":       {"nothing asked, nothing compressed", "", identity},
		"gzip":       {"what Prometheus asks", "gzip", gzipped},
		"both":       {"the smaller of equals", "gzip, zstd", zstandard},
		"weights":    {"the client's wish", "zstd;q=0.1, gzip;q=0.9", gzipped},
		"refused":    {"a weight of 0 refuses", "gzip;q=0", identity},
		"all":        {"whatever is not named", "*", zstandard},
		"all but":    {"but what is refused", "*;q=0.5, zstd;q=0", gzipped},
		"plain":      {"the plain form, where it is liked best", "identity, gzip;q=0.5", identity},
		"unknown":    {"what is not kept is passed over", "br, deflate", identity},
		"case":       {"names in any case", "GZIP", gzipped},
		"bad weight": {"a weight that is none", "gzip;q=x", identity},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := negotiateEncoding([]string{test.header}); got != test.want {
				t.Errorf("%s: %s, want %s", test.reason, got.name(), test.want.name())
			}
		})
	}
}

func TestNegotiateFormat(t *testing.T) {
	tests := map[string]struct{ reason, accept, want string }{
		"none":        {"text by default", "", "text/plain; version=0.0.4"},
		"browser":     {"a browser sees text", "text/html,*/*;q=0.8", "text/plain; version=0.0.4"},
		"openmetrics": {"what is asked", "application/openmetrics-text; version=1.0.0,text/plain;q=0.5", "application/openmetrics-text; version=1.0.0"},
		"prometheus": {"protobuf is passed over for the next", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2",
			"application/openmetrics-text; version=1.0.0"},
		"weights": {"the client's wish", "application/openmetrics-text;q=0.2,text/plain;q=0.9", "text/plain; version=0.0.4"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, _ := negotiateFormat(http.Header{"Accept": {test.accept}})
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("%s: %q, want %q", test.reason, got, test.want)
			}
		})
	}
}

func TestMethods(t *testing.T) {
	page := newPage(t)
	server := httptest.NewServer(page)
	defer server.Close()
	head, err := http.Head(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = head.Body.Close() }()
	body, err := io.ReadAll(head.Body)
	if err != nil {
		t.Fatal(err)
	}
	if head.StatusCode != http.StatusOK || len(body) != 0 || head.ContentLength <= 0 {
		t.Errorf("HEAD: %d, %d bytes, length %d", head.StatusCode, len(body), head.ContentLength)
	}
	if got := head.Header.Get("Vary"); got != "Accept, Accept-Encoding" {
		t.Errorf("Vary: %q", got)
	}
	post, err := http.Post(server.URL, "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = post.Body.Close() }()
	if post.StatusCode != http.StatusMethodNotAllowed || post.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", post.StatusCode, post.Header.Get("Allow"))
	}
}
