package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// BaselineVersion is the version of the baseline file's form.
const BaselineVersion = "v1alpha1"

// maxBaseline bounds a baseline file: 64 MiB are about 500,000 findings.
const maxBaseline = 64 << 20

// knownBecause is why a finding of the baseline does not count.
const knownBecause = "known: it is in the baseline"

// Baseline is a set of known findings and unowned areas. What is in it is
// shown as exempt and fails nothing, so that a check can start on an
// organisation with a past.
type Baseline struct {
	known map[Identity]bool
}

// baselineFile is the file's form: identities alone, sorted, one a line in
// effect, so that a change of it reads well in a review.
type baselineFile struct {
	Version string     `json:"version"`
	Known   []Identity `json:"known"`
}

// NewBaseline knows every raised finding and unowned area of the result.
func NewBaseline(result *ownership.Result) Baseline {
	baseline := Baseline{known: map[Identity]bool{}}
	for _, finding := range AllFindings(result) {
		if finding.Status == ownership.Raised || finding.Because == knownBecause {
			baseline.known[IdentityOf(finding)] = true
		}
	}
	return baseline
}

// Len is how many findings are known.
func (b Baseline) Len() int { return len(b.known) }

// Has says whether the baseline knows a finding.
func (b Baseline) Has(finding ownership.Finding) bool { return b.known[IdentityOf(finding)] }

// WriteBaseline writes the baseline of a result as JSON.
func WriteBaseline(w io.Writer, result *ownership.Result) error {
	file := baselineFile{Version: BaselineVersion, Known: []Identity{}}
	for identity := range NewBaseline(result).known {
		file.Known = append(file.Known, identity)
	}
	slices.SortFunc(file.Known, func(a, b Identity) int {
		return cmp.Or(strings.Compare(a.Policy, b.Policy), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Key, b.Key))
	})
	return writeJSON(w, file)
}

// ReadBaseline reads a baseline; name is the file's name for errors, which are
// ownership.Problem values with a remedy.
func ReadBaseline(name string, r io.Reader) (Baseline, error) {
	remedy := "write it anew with `remit check --write-baseline " + name + "`"
	fail := func(line int, format string, arguments ...any) (Baseline, error) {
		return Baseline{}, ownership.Problem{
			Location: ownership.Location{File: name, Line: line},
			Message:  fmt.Sprintf(format, arguments...), Remedy: remedy,
		}
	}
	text, err := io.ReadAll(io.LimitReader(r, maxBaseline+1))
	if err != nil {
		return fail(0, "the baseline could not be read: %v", err)
	}
	if len(text) > maxBaseline {
		return fail(0, "the baseline is over %d MiB", maxBaseline>>20)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var file baselineFile
	if err := decoder.Decode(&file); err != nil {
		var syntax *json.SyntaxError
		if line := lineAt(text, errorOffset(err, decoder)); errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fail(line, "this is no baseline: it is no JSON from here on")
		}
		return fail(lineAt(text, errorOffset(err, decoder)), "this is no baseline: %v", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fail(lineAt(text, decoder.InputOffset()), "something follows the baseline's end")
	}
	if file.Version != BaselineVersion {
		return fail(0, "the baseline's version is %q, and %q is what this version of Remit reads", file.Version, BaselineVersion)
	}
	baseline := Baseline{known: make(map[Identity]bool, len(file.Known))}
	for i, identity := range file.Known {
		if identity.Policy == "" || identity.Subject == "" {
			return fail(0, "known[%d] has no policy or no subject", i)
		}
		baseline.known[identity] = true
	}
	return baseline, nil
}

// errorOffset is the byte at which decoding failed.
func errorOffset(err error, decoder *json.Decoder) int64 {
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &wrongType):
		return wrongType.Offset
	}
	return decoder.InputOffset()
}

// lineAt is the line, from 1, of a byte offset.
func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}

// Apply gives the result with every known finding, and every known unowned
// area, exempt. The given result is not changed.
func Apply(result *ownership.Result, baseline Baseline) *ownership.Result {
	applied := *result
	applied.Findings = AllFindings(result)
	applied.Findings = slices.DeleteFunc(applied.Findings, func(finding ownership.Finding) bool {
		return finding.Policy == UnownedPolicy && !baseline.Has(finding)
	})
	for i, finding := range applied.Findings {
		if finding.Status == ownership.Raised && baseline.Has(finding) {
			applied.Findings[i].Status = ownership.Exempt
			applied.Findings[i].Because = knownBecause
		}
	}
	return &applied
}

// New gives the raised findings and unowned areas which the baseline does not
// know, the most severe first.
func New(result *ownership.Result, baseline Baseline) []ownership.Finding {
	return slices.DeleteFunc(AllFindings(result), func(finding ownership.Finding) bool {
		return finding.Status != ownership.Raised || baseline.Has(finding)
	})
}

// Gone gives the identities which the baseline knows and the result no longer
// has, so that a baseline can shrink: sorted by policy, subject and key.
func Gone(result *ownership.Result, baseline Baseline) []Identity {
	present := map[Identity]bool{}
	for _, finding := range AllFindings(result) {
		present[IdentityOf(finding)] = true
	}
	var gone []Identity
	for identity := range baseline.known {
		if !present[identity] {
			gone = append(gone, identity)
		}
	}
	slices.SortFunc(gone, func(a, b Identity) int {
		return cmp.Or(strings.Compare(a.Policy, b.Policy), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Key, b.Key))
	})
	return gone
}
