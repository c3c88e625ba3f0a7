package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/remit-dev/remit/controller/ownership"
)

// JSONVersion is the version of the JSON report's form. Within a version fields
// are added and never renamed or removed.
const JSONVersion = "v1alpha1"

// Document is the JSON report: a version, a summary, and the result. Its fields
// are described in docs/reports.md.
type Document struct {
	Version string  `json:"version"`
	Summary Summary `json:"summary"`
	*ownership.Result
}

// JSON writes the whole result, nothing left out, as one indented document. Its findings are AllFindings: an
// unowned area is one of them, raised or known.
// Lists are never null. Hidden characters are written as \u escapes, so that the
// text is safe on a terminal.
func JSON(w io.Writer, result *ownership.Result) error {
	return writeJSON(w, Document{Version: JSONVersion, Summary: Summarise(result), Result: withLists(result)})
}

// withLists gives the result with empty lists in place of absent ones.
func withLists(result *ownership.Result) *ownership.Result {
	full := *result
	full.Areas = make([]ownership.AreaResult, len(result.Areas))
	for i, area := range result.Areas {
		area.Requirements = orEmpty(area.Requirements)
		area.Drift = orEmpty(area.Drift)
		full.Areas[i] = area
	}
	full.Findings = orEmpty(AllFindings(result))
	full.Sources = orEmpty(result.Sources)
	full.Policies = orEmpty(result.Policies)
	full.Repositories = orEmpty(result.Repositories)
	return &full
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// writeJSON writes a value, indented, with hidden characters escaped.
func writeJSON(w io.Writer, value any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	if _, err := w.Write(escapeHidden(b.Bytes())); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// escapeHidden replaces hidden characters of encoded JSON by \u escapes.
// Characters above ASCII, and DEL, stand in strings alone, where that means the same.
func escapeHidden(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf && text[i] != 0x7f {
			out = append(out, text[i])
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case !isHidden(r):
			out = append(out, text[i:i+size]...)
		case r >= 0x10000:
			high, low := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}
