package engine

import (
	"time"

	"github.com/remit-dev/remit/controller/policy/store"
)

// readTable numbers the paths that policies read, so that 100,000 verdicts can remember what they rest on, and keeps for
// each why it is unknown.
type readTable struct {
	ids     map[store.Read]uint32
	reads   []store.Read
	because []string // empty: known
	// unknown says that some may be unknown; day and hour that a policy has read so much of the clock.
	unknown, day, hour bool
}

func newReadTable() *readTable { return &readTable{ids: map[store.Read]uint32{}} }

// number gives the number of a path as the store has it now.
func (t *readTable) number(read store.Read, from *store.Store) uint32 {
	id, known := t.ids[read]
	if !known {
		id = uint32(len(t.reads)) //nolint:gosec // memory ends before the numbers do
		t.ids[read] = id
		t.reads = append(t.reads, read)
		t.because = append(t.because, from.Because(read))
		t.unknown = t.unknown || t.because[id] != ""
		t.day = t.day || read.Touches(store.Root, documentClock, "day")
		t.hour = t.hour || read.Touches(store.Root, documentClock, "hour")
	}
	return id
}

// changed says of each path whether another value stands there than before, or it is unknown for another reason; nil
// where there is none.
func (t *readTable) changed(from *store.Store) []bool {
	var changed []bool
	unknown := t.unknown || from.HasUnknown()
	for id, read := range t.reads {
		if !from.Changed(read) && (!unknown || from.Because(read) == t.because[id]) {
			continue
		}
		if changed == nil {
			changed = make([]bool, len(t.reads))
		}
		changed[id] = true
	}
	return changed
}

// settle remembers why paths are unknown now.
func (t *readTable) settle(from *store.Store) {
	if !t.unknown && !from.HasUnknown() {
		return
	}
	t.unknown = from.HasUnknown()
	for id, read := range t.reads {
		t.because[id] = from.Because(read)
	}
}

// nextTick is when the clock next changes in a way that some policy has read; zero where none has.
func (t *readTable) nextTick(now time.Time) time.Time {
	now = now.UTC()
	switch {
	case t.hour:
		return now.Truncate(time.Hour).Add(time.Hour)
	case t.day:
		return time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, time.UTC)
	}
	return time.Time{}
}
