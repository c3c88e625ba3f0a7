package metrics

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/prometheus/common/expfmt"
)

// serve answers a scrape with the parts of a page, in the format and encoding
// that the request prefers.
func serve(w http.ResponseWriter, r *http.Request, parts func(format, encoding) ([2][]byte, error)) {
	header := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "metrics are read with GET or HEAD", http.StatusMethodNotAllowed)
		return
	}
	contentType, as := negotiateFormat(r.Header)
	in := negotiateEncoding(r.Header.Values("Accept-Encoding"))
	page, err := parts(as, in)
	if err != nil {
		http.Error(w, "the metrics could not be gathered: "+err.Error(), http.StatusInternalServerError)
		return
	}
	header.Set("Content-Type", contentType)
	header.Set("Vary", "Accept, Accept-Encoding")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Length", strconv.Itoa(len(page[0])+len(page[1])))
	if in != identity {
		header.Set("Content-Encoding", in.name())
	}
	if r.Method == http.MethodHead {
		return
	}
	for _, part := range page {
		if _, err := w.Write(part); err != nil {
			return // the client has gone; nobody is left to be told
		}
	}
}

// negotiateFormat picks a format by the Accept header. The protobuf format, which
// is not rendered, is passed over for what the client likes next.
func negotiateFormat(header http.Header) (contentType string, as format) {
	var accepted []string
	for _, line := range header.Values("Accept") {
		for option := range strings.SplitSeq(line, ",") {
			if !strings.Contains(option, expfmt.ProtoType) {
				accepted = append(accepted, option)
			}
		}
	}
	chosen := expfmt.NegotiateIncludingOpenMetrics(http.Header{"Accept": {strings.Join(accepted, ",")}})
	if chosen.FormatType() == expfmt.TypeOpenMetrics {
		return string(chosen), openMetricsFormat
	}
	return string(chosen), textFormat
}

// negotiateEncoding picks the encoding with the highest weight, of equal ones the
// smallest (RFC 9110, section 12.5.3). What is not named has the weight of "*",
// and the plain form is acceptable unless it is refused.
func negotiateEncoding(lines []string) encoding {
	weights := map[string]float64{}
	for _, line := range lines {
		for option := range strings.SplitSeq(line, ",") {
			name, parameters, _ := strings.Cut(option, ";")
			weight := 1.0
			if q, found := strings.CutPrefix(strings.TrimSpace(parameters), "q="); found {
				parsed, err := strconv.ParseFloat(q, 64)
				if err != nil {
					parsed = 0
				}
				weight = parsed
			}
			weights[strings.ToLower(strings.TrimSpace(name))] = weight
		}
	}
	best, most := identity, 0.0
	for _, candidate := range []encoding{zstandard, gzipped, identity} {
		weight, named := weights[candidate.name()]
		if rest, all := weights["*"]; !named && all {
			weight = rest
		}
		if weight > most {
			best, most = candidate, weight
		}
	}
	return best
}
