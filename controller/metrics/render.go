package metrics

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// format is one of the two that are rendered.
type format int

const (
	textFormat        format = iota // Prometheus text format 0.0.4
	openMetricsFormat               // OpenMetrics 1.0
	formats
)

// encoding is one of the content encodings that are kept ready.
type encoding int

const (
	identity encoding = iota
	gzipped
	zstandard
	encodings
)

// name is the encoding's name in HTTP (RFC 9110, section 8.4.1; RFC 8878).
func (e encoding) name() string { return [encodings]string{"identity", "gzip", "zstd"}[e] }

// rendered is a page in every format and encoding.
type rendered [formats][encodings][]byte

// compressors make the encodings. Members of gzip and frames of zstd may stand one
// after the other (RFC 1952, section 2.2; RFC 8878, section 3), so a page that was
// compressed before and a section that was compressed just now are one response.
type compressors struct {
	zstd *zstd.Encoder
}

func newCompressors() (compressors, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		return compressors{}, fmt.Errorf("make the zstd encoder: %w", err)
	}
	return compressors{zstd: encoder}, nil
}

// compress encodes text; level is gzip's.
func (c compressors) compress(text []byte, as encoding, level int) ([]byte, error) {
	switch as {
	case gzipped:
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, level)
		if err != nil {
			return nil, fmt.Errorf("make the gzip writer: %w", err)
		}
		if _, err := w.Write(text); err != nil {
			return nil, fmt.Errorf("compress: %w", err)
		}
		if err := w.Close(); err != nil {
			return nil, fmt.Errorf("compress: %w", err)
		}
		return b.Bytes(), nil
	case zstandard:
		return c.zstd.EncodeAll(text, nil), nil
	}
	return text, nil
}

// write writes gathered families in one format. End says whether the page ends
// here; OpenMetrics marks its end.
func write(families []*dto.MetricFamily, as expfmt.Format, end bool) ([]byte, error) {
	var b bytes.Buffer
	encoder := expfmt.NewEncoder(&b, as)
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return nil, fmt.Errorf("encode %s: %w", family.GetName(), err)
		}
	}
	if closer, ok := encoder.(io.Closer); ok && end {
		if err := closer.Close(); err != nil {
			return nil, fmt.Errorf("end the page: %w", err)
		}
	}
	return b.Bytes(), nil
}

// render checks families by a registry of their own, and writes them in every
// format and encoding.
func (c compressors) render(families collector, end bool) (*rendered, error) {
	registry := prometheus.NewRegistry()
	if err := registry.Register(families); err != nil {
		return nil, fmt.Errorf("register the metrics: %w", err)
	}
	gathered, err := registry.Gather()
	if err != nil {
		return nil, fmt.Errorf("gather the metrics: %w", err)
	}
	var page rendered
	for f := range formats {
		text, err := write(gathered, f.exposition(), end)
		if err != nil {
			return nil, err
		}
		for e := range encodings {
			if page[f][e], err = c.compress(text, e, gzip.BestSpeed); err != nil {
				return nil, err
			}
		}
	}
	return &page, nil
}

// exposition is the format in the words of the encoding library.
func (f format) exposition() expfmt.Format {
	if f == openMetricsFormat {
		return expfmt.NewFormat(expfmt.TypeOpenMetrics)
	}
	return expfmt.NewFormat(expfmt.TypeTextPlain)
}
