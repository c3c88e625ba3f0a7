package plan

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/remit-dev/remit/controller/ownership"
)

// The form of a ledger, and its bounds. An entry is about 300 bytes: the bounds are far above what a day of full plans
// writes, and far below what would harm who reads it.
const (
	ledgerVersion    = 1
	maxLedgerBytes   = 64 << 20
	maxLedgerEntries = 200_000
	maxLedgerText    = 4096
	maxLedgerList    = 10_000
)

// ErrLedger says that what was read is no ledger. Whoever reads it sets it aside, says so, and begins anew: removals
// made before count no longer then.
var ErrLedger = errors.New("not a valid ledger")

type ledgerFile struct {
	Version int     `json:"version"`
	Entries []Entry `json:"entries"`
}

// WriteLedger writes the ledger as JSON: {"version": 1, "entries": [...]}, one entry to a line.
func WriteLedger(w io.Writer, ledger []Entry) error {
	if err := checkEntries(ledger); err != nil {
		return err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\"version\": %d, \"entries\": [", ledgerVersion)
	for i, entry := range ledger {
		line, err := json.Marshal(entry)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.Write(line)
	}
	out.WriteString("\n]}\n")
	if out.Len() > maxLedgerBytes {
		return fmt.Errorf("%w: %d bytes are more than %d", ErrLedger, out.Len(), maxLedgerBytes)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// ReadLedger reads what WriteLedger wrote. Anything else is ErrLedger: an unknown version or field, an entry without
// what counting needs, something behind the end, more than 64 MiB. An error of the reader stays what it is.
func ReadLedger(r io.Reader) ([]Entry, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxLedgerBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	if len(text) > maxLedgerBytes {
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrLedger, maxLedgerBytes)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var file ledgerFile
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLedger, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something stands behind its end", ErrLedger)
	}
	if file.Version != ledgerVersion {
		return nil, fmt.Errorf("%w: its version is %d, and this Remit reads %d", ErrLedger, file.Version, ledgerVersion)
	}
	if err := checkEntries(file.Entries); err != nil {
		return nil, err
	}
	return file.Entries, nil
}

func checkEntries(entries []Entry) error {
	if len(entries) > maxLedgerEntries {
		return fmt.Errorf("%w: %d entries are more than %d", ErrLedger, len(entries), maxLedgerEntries)
	}
	for i, entry := range entries {
		if why := entry.wrong(); why != "" {
			return fmt.Errorf("%w: entry %d %s", ErrLedger, i+1, why)
		}
	}
	return nil
}

// wrong says what an entry lacks to be counted; empty means nothing.
func (e Entry) wrong() string {
	_, notHex := hex.DecodeString(e.PlanHash)
	switch {
	case e.At.IsZero():
		return "has no time"
	case notHex != nil || len(e.PlanHash) != 64:
		return "has no plan's hash"
	case e.Target == "" || e.Operation == "" || e.Role == "":
		return "has no target, operation or role"
	case len(e.Areas) == 0 || len(e.Areas) > maxLedgerList || slices.ContainsFunc(e.Areas, func(a ownership.AreaID) bool { return a == "" || len(a) > maxLedgerText }):
		return "has no area, one that is none, or too many"
	case e.Removal && len(e.Holders) == 0 || len(e.Holders) > maxLedgerList:
		return "has nobody who goes, or too many holders"
	case slices.ContainsFunc(e.Holders, func(h ownership.Holder) bool { return h.Kind() == "" || h.Name() == "" || len(h) > maxLedgerText }):
		return "has a holder that is none"
	case e.Removal && !e.Until.IsZero():
		return "is a removal that gives access until some time"
	case !e.Removal && e.Exempt:
		return "is exempt and no removal"
	}
	for _, text := range []string{e.Target, string(e.Operation), e.Repository, e.File, e.Namespace, string(e.Role)} {
		if len(text) > maxLedgerText {
			return fmt.Sprintf("has a text of more than %d bytes", maxLedgerText)
		}
	}
	return ""
}
