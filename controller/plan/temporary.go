package plan

import (
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// given is where a holder has a role by Remit's doing. A file is edited as a whole, so that the line does not matter.
type given struct {
	target string
	place  placeIn
	area   ownership.AreaID
	role   ownership.Role
	holder ownership.Holder
}

// placeIn is a file, or a namespace.
type placeIn struct{ repository, file, namespace string }

func placeOf(c *ownership.Change) placeIn { return placeIn{c.Repository, c.File, c.Namespace} }

// grants are the ends of temporary access that Remit gave and has not taken back.
type grants map[given]time.Time

// givenBy reads the grants from the ledger, in order of time:
//
//	addition with an end             Remit gave it until then
//	addition without an end          it is not temporary any more
//	removal                          it is taken back; who has the role again has it from somebody else
//	exempt removal, within 24 hours  it is being taken back: a proposal that is still open stays exempt
func givenBy(ledger []Entry, now time.Time) grants {
	found := grants{}
	for _, entry := range inOrderOfTime(ledger) {
		if entry.Exempt && entry.At.After(now.Add(-window)) {
			continue
		}
		for key := range entry.given() {
			if entry.Removal || entry.Until.IsZero() {
				delete(found, key)
				continue
			}
			found[key] = entry.Until
		}
	}
	return found
}

func (e Entry) given() map[given]bool {
	return keys(e.Target, placeIn{e.Repository, e.File, e.Namespace}, e.Areas, e.Role, e.Holders)
}

func keys(target string, place placeIn, areas []ownership.AreaID, role ownership.Role, holders []ownership.Holder) map[given]bool {
	all := make(map[given]bool, len(areas)*len(holders))
	for _, area := range areas {
		for _, holder := range holders {
			all[given{target, place, area, role, holder}] = true
		}
	}
	return all
}

// has says whether what an addition gave is not taken back.
func (g grants) has(entry Entry) bool {
	for key := range entry.given() {
		if until, known := g[key]; known && until.Equal(entry.Until) {
			return true
		}
	}
	return false
}

// ended says whether a removal only ends temporary access that Remit gave: to each of its holders, in this file, for
// these areas and this role, and until a time that has come.
func (g grants) ended(change ownership.Change, now time.Time) bool {
	losing := change.Losing()
	if len(losing) == 0 || len(g) == 0 {
		return false
	}
	for key := range keys(change.Target, placeOf(&change), areasOf(change), change.Role, losing) {
		until, known := g[key]
		if !known || now.Before(until) {
			return false
		}
	}
	return true
}
