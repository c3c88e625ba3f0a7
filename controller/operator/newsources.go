package operator

import "time"

// newSourceWait is how long a pass waits for sources that are new. Most are looked at in a moment; a pass before that would have every
// area which they might say something of unknown, and the next one have it as it was, with an event each.
const newSourceWait = 5 * time.Second

// newSources are those that were not looked at yet, and since when they are there.
type newSources struct {
	since map[string]time.Time
	// held is since when passes wait; zero while none does.
	held time.Time
}

// wait says whether to wait for the sources that were not looked at yet:
//
//	a source is new, for less than newSourceWait    wait
//	it takes longer                                 a pass is made, and it is unknown
//	more and more come                              a pass is made after newSourceWait, and the next waits again
func (n *newSources) wait(pending []string, now time.Time) bool {
	before := n.since
	n.since = make(map[string]time.Time, len(pending))
	young := false
	for _, name := range pending {
		n.since[name] = now
		if since, is := before[name]; is {
			n.since[name] = since
		}
		young = young || now.Sub(n.since[name]) < newSourceWait
	}
	switch {
	case young && n.held.IsZero():
		n.held = now
		return true
	case young && now.Sub(n.held) < newSourceWait:
		return true
	}
	n.held = time.Time{}
	return false
}
