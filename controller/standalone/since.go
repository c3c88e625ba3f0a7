package standalone

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

const (
	sinceFile    = "since.json"
	sinceVersion = "v1alpha1"
)

// sinceNote says in which state an area is, and since when.
type sinceNote struct {
	State ownership.State `json:"state"`
	Since time.Time       `json:"since"`
}

// sinceBook notes since when areas are unowned or partly owned, across restarts. It lives in a cache folder: losing it
// makes times begin anew, and no more.
type sinceBook struct {
	// folder is the cache folder; empty where there is none. It may be made, but must not lead out of its parent.
	folder string
	warn   func(message string, arguments ...any)
	notes  map[ownership.AreaID]sinceNote
	// silenced says that a failure to write was reported once.
	silenced bool
}

// openSince reads the book. Whatever is wrong with it is a warning.
func openSince(folder string, warn func(message string, arguments ...any)) *sinceBook {
	book := &sinceBook{folder: folder, warn: warn, notes: map[ownership.AreaID]sinceNote{}}
	if folder == "" {
		return book
	}
	notes, err := readFrom(folder, sinceFile, readSince)
	var damaged *damagedError
	switch {
	case err == nil:
		book.notes = notes
	case errors.Is(err, fs.ErrNotExist):
	case errors.As(err, &damaged):
		warn("the file of first-seen times is damaged, so times begin anew; it is kept for a look", "error", err, "kept", book.setAside())
	default:
		warn("the file of first-seen times cannot be read, so times begin anew", "error", err)
	}
	return book
}

// damagedError says that the file is not one that was written here.
type damagedError struct{ err error }

func (e *damagedError) Error() string { return e.err.Error() }

// sinceDocument is the file.
type sinceDocument struct {
	Version string                         `json:"version"`
	Areas   map[ownership.AreaID]sinceNote `json:"areas"`
}

func readSince(r io.Reader) (map[ownership.AreaID]sinceNote, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return parseSince(text)
}

func parseSince(text []byte) (map[ownership.AreaID]sinceNote, error) {
	if len(text) > maxCacheBytes {
		return nil, &damagedError{fmt.Errorf("it is over %d MiB", maxCacheBytes>>20)}
	}
	var document sinceDocument
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, &damagedError{err}
	}
	if document.Version != sinceVersion {
		return nil, &damagedError{fmt.Errorf("its version is %q, not %q", document.Version, sinceVersion)}
	}
	for area, note := range document.Areas {
		if note.State.Rank() < 0 || note.Since.IsZero() {
			return nil, &damagedError{fmt.Errorf("the note on %q has no known state or no time", area)}
		}
	}
	if document.Areas == nil {
		document.Areas = map[ownership.AreaID]sinceNote{}
	}
	return document.Areas, nil
}

// setAside renames a damaged file and says to what.
func (b *sinceBook) setAside() string {
	root, err := os.OpenRoot(b.folder)
	if err != nil {
		return ""
	}
	defer func() { _ = root.Close() }() // what matters is whether the name was changed
	if err := root.Rename(sinceFile, sinceFile+".damaged"); err != nil {
		return ""
	}
	return filepath.Join(b.folder, sinceFile+".damaged")
}

// note takes a result in and gives, for each area that is unowned or partly owned, since when it is.
func (b *sinceBook) note(result *ownership.Result) map[ownership.AreaID]time.Time {
	notes := nextNotes(b.notes, result)
	if !maps.Equal(notes, b.notes) {
		b.notes = notes
		b.save()
	}
	since := make(map[ownership.AreaID]time.Time, len(notes))
	for _, area := range result.Areas {
		if note, noted := notes[area.ID]; noted && note.State == area.State {
			since[area.ID] = note.Since
		}
	}
	return since
}

// nextNotes gives the notes after a pass:
//
//	the area is now    noted before as       its note
//	unowned, partial   the same              that one, but never later than now
//	unowned, partial   another, or nothing   as of now
//	unknown            anything              that one: what is unknown has not changed
//	owned              anything              none
//	not there          anything              none; but that one while a source is unknown, since it may come back
func nextNotes(before map[ownership.AreaID]sinceNote, result *ownership.Result) map[ownership.AreaID]sinceNote {
	next := map[ownership.AreaID]sinceNote{}
	for _, source := range result.Sources {
		if source.Unknown != "" {
			maps.Copy(next, before)
		}
	}
	for _, area := range result.Areas {
		note, noted := before[area.ID]
		switch {
		case area.State == ownership.Unknown:
			if noted {
				next[area.ID] = note
			}
		case area.State == ownership.Owned:
			delete(next, area.ID)
		case noted && note.State == area.State && !note.Since.After(result.At):
			next[area.ID] = note
		default:
			next[area.ID] = sinceNote{State: area.State, Since: result.At.UTC()}
		}
	}
	return next
}

// save writes the book whole or not at all; that it cannot is said once.
func (b *sinceBook) save() {
	if b.folder == "" {
		return
	}
	err := b.write()
	if err != nil && !b.silenced {
		b.warn("first-seen times cannot be kept, so they begin anew with the next start", "folder", b.folder, "error", err)
	}
	b.silenced = err != nil
}

func (b *sinceBook) write() error {
	text, err := json.Marshal(sinceDocument{Version: sinceVersion, Areas: b.notes})
	if err != nil {
		return err
	}
	folder, err := makeCache(b.folder)
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }() // the file is closed by then
	return writeWhole(folder, sinceFile, text)
}
