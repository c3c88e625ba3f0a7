package engine

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/policy/store"
)

// readTable numbers the paths that policies read, so that 100,000 verdicts can remember what they rest on, and keeps for
// each why it is unknown. Most verdicts rest on the same few paths as many others do, so their lists are numbered, too:
//
//	verdict ──► number of a list ──► numbers of paths ──► paths
type readTable struct {
	ids     map[store.Read]uint32
	reads   []store.Read
	because []string // empty: known
	// listIDs finds a list by its numbers as bytes. The first list is the empty one.
	listIDs map[string]uint32
	lists   [][]uint32
	// used is how many paths and lists were in use when that was counted last.
	used int
	// unknown says that some may be unknown; day and hour that a policy has read so much of the clock.
	unknown, day, hour bool
}

// slack is how many paths and lists that nothing rests on may stay, besides as many as are in use.
const slack = 4096

func newReadTable() *readTable {
	return &readTable{ids: map[store.Read]uint32{}, listIDs: map[string]uint32{"": 0}, lists: [][]uint32{nil}}
}

// list gives the number of a list of paths, of which the store has what is to be known.
func (t *readTable) list(read []store.Read, from *store.Store) uint32 {
	numbers := make([]uint32, len(read))
	for i := range read {
		numbers[i] = t.number(read[i], from)
	}
	slices.Sort(numbers)
	return t.listOf(slices.Compact(numbers))
}

func (t *readTable) listOf(numbers []uint32) uint32 {
	key := make([]byte, 0, 4*len(numbers))
	for _, number := range numbers {
		key = binary.LittleEndian.AppendUint32(key, number)
	}
	id, known := t.listIDs[string(key)]
	if !known {
		id = uint32(len(t.lists)) //nolint:gosec // memory ends before the numbers do
		t.listIDs[string(key)] = id
		t.lists = append(t.lists, slices.Clip(numbers))
	}
	return id
}

// compact forgets what no verdict of the books rests on any more, once that is most of it.
func (t *readTable) compact(books ...*book) {
	if len(t.reads)+len(t.lists) <= 2*t.used+slack {
		return
	}
	kept, moved := newReadTable(), map[uint32]uint32{}
	for _, book := range books {
		for _, page := range book.order {
			for i := range page.verdicts {
				verdict := &page.verdicts[i]
				at, done := moved[verdict.reads]
				if !done {
					at = kept.take(t, t.lists[verdict.reads])
					moved[verdict.reads] = at
				}
				verdict.reads = at
			}
		}
	}
	kept.used = len(kept.reads) + len(kept.lists)
	*t = *kept
}

// take takes a list over from another table, and gives its number here.
func (t *readTable) take(from *readTable, list []uint32) uint32 {
	numbers := make([]uint32, len(list))
	for i, number := range list {
		numbers[i] = t.add(from.reads[number], from.because[number])
	}
	slices.Sort(numbers)
	return t.listOf(numbers)
}

// number gives the number of a path as the store has it now.
func (t *readTable) number(read store.Read, from *store.Store) uint32 {
	if id, known := t.ids[read]; known {
		return id
	}
	return t.add(read, from.Because(read))
}

func (t *readTable) add(read store.Read, because string) uint32 {
	if id, known := t.ids[read]; known {
		return id
	}
	id := uint32(len(t.reads)) //nolint:gosec // memory ends before the numbers do
	t.ids[read] = id
	t.reads, t.because = append(t.reads, read), append(t.because, because)
	t.unknown = t.unknown || because != ""
	t.day = t.day || read.Touches(store.Root, documentClock, "day")
	t.hour = t.hour || read.Touches(store.Root, documentClock, "hour")
	return id
}

// changed says of each list whether it has a path where another value stands than before, or which is unknown for another
// reason; nil where none has.
func (t *readTable) changed(from *store.Store) []bool {
	paths := t.changedPaths(from)
	if paths == nil {
		return nil
	}
	changed := make([]bool, len(t.lists))
	for id, list := range t.lists {
		changed[id] = slices.ContainsFunc(list, func(read uint32) bool { return paths[read] })
	}
	return changed
}

func (t *readTable) changedPaths(from *store.Store) []bool {
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
