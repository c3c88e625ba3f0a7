package standalone

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/remit-dev/remit/controller/plan"
)

const (
	ledgerFile = "ledger.json"
	// lostFile says that a ledger was lost, and when, until that does not matter any more.
	lostFile = "ledger-lost.json"
	// lostFor is how long it matters: removals are counted over 24 hours.
	lostFor = 24 * time.Hour
)

// ledgerBook keeps what was made lately in a cache folder, so that the brakes can count it.
//
//	the folder has                result
//	no ledger                     nothing was made
//	a ledger                      its entries
//	a damaged one                 it is set aside, with a warning, and its loss is noted: for 24 hours it is unknown what was
//	                              made, so that nobody may lose a role
//	one that cannot be read       unknown, for as long as it cannot
type ledgerBook struct {
	folder  string
	entries []plan.Entry
	// unknown says why it is not known what was made lately; empty means that it is.
	unknown string
}

// openLedger reads the ledger as of now.
func openLedger(folder string, now time.Time, warn func(message string, arguments ...any)) *ledgerBook {
	book := &ledgerBook{folder: folder}
	entries, err := readFrom(folder, ledgerFile, plan.ReadLedger)
	switch {
	case err == nil:
		book.entries = entries
	case errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, plan.ErrLedger):
		kept, asideErr := book.setAside(now)
		warn("the ledger is damaged; for 24 hours it is not known what was made, so nobody is taken a role from; it is kept for a look",
			"error", err, "kept", kept)
		if asideErr != nil {
			warn("the damaged ledger could not be set aside", "error", asideErr)
		}
		book.unknown = "the ledger is damaged: " + err.Error()
		if asideErr == nil {
			book.unknown += "; from " + moment(now.Add(lostFor)) + " on it does not matter any more"
		}
		return book
	default:
		book.unknown = "the ledger cannot be read: " + err.Error()
		warn("the ledger cannot be read, so nobody is taken a role from", "error", err)
		return book
	}
	if at, why := book.lost(now); now.Before(at.Add(lostFor)) {
		book.unknown = fmt.Sprintf("the ledger was lost on %s (%s), and removals are counted over 24 hours; from %s on it does not matter any more",
			moment(at), why, moment(at.Add(lostFor)))
	}
	return book
}

// moment is a time as it is shown.
func moment(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 MST") }

// lostNote is the text of lostFile.
type lostNote struct {
	At  time.Time `json:"at"`
	Why string    `json:"why"`
}

// setAside renames a damaged ledger, and notes that what was in it is lost.
func (b *ledgerBook) setAside(now time.Time) (kept string, err error) {
	root, err := makeCache(b.folder)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }() // the files are closed by then
	text, err := json.Marshal(lostNote{At: now.UTC(), Why: "it was damaged"})
	if err != nil {
		return "", err
	}
	// The note first: were the ledger gone without it, it would look as if nothing had been made.
	if err := writeDurably(root, lostFile, text); err != nil {
		return "", err
	}
	if err := root.Rename(ledgerFile, ledgerFile+".damaged"); err != nil {
		return "", err
	}
	return filepath.Join(b.folder, ledgerFile+".damaged"), nil
}

// lost says when a ledger was lost, and why; the zero time where none was. A note that is damaged itself, or of the
// future, was written by nobody who knew, and counts as of now.
func (b *ledgerBook) lost(now time.Time) (at time.Time, why string) {
	note, err := readFrom(b.folder, lostFile, func(r io.Reader) (note lostNote, err error) {
		return note, json.NewDecoder(r).Decode(&note)
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return time.Time{}, ""
	case err != nil:
		return now, "when exactly cannot be read: " + err.Error()
	case note.At.After(now):
		return now, note.Why
	}
	return note.At, note.Why
}

// write keeps the entries, whole or not at all, and on disk before it returns.
func (b *ledgerBook) write(entries []plan.Entry) error {
	var text bytes.Buffer
	if err := plan.WriteLedger(&text, entries); err != nil {
		return err
	}
	root, err := makeCache(b.folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }() // the file is closed by then
	if err := writeDurably(root, ledgerFile, text.Bytes()); err != nil {
		return err
	}
	b.entries = entries
	return nil
}
