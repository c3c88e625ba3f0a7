package engine

import (
	"fmt"
	"slices"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy/store"
	"github.com/remit-dev/remit/controller/snapshot"
)

// unidentified names the roles of an area, below the path, of which it is not known how many hold them, and in how many files
// each: two of the names may be one person's.
func unidentified(area drift.Area, s *snapshot.Snapshot, below ...string) []store.Unknown {
	var unknown []store.Unknown
	note := func(why, list string, role ownership.Role) {
		if why != "" { // as nearly nowhere: paths cost
			unknown = append(unknown, store.Unknown{Path: append(slices.Clone(below), list, string(role)), Because: why})
		}
	}
	for role, declared := range area.Declared.All() {
		note(mayBeOne(s.People, declared, func(d ownership.Declaration) ownership.Holder { return d.Holder }), "declared", role)
	}
	for role, observed := range area.Observed.All() {
		note(mayBeOne(s.People, observed, func(o ownership.Observed) ownership.Holder { return o.Holder }), "observed", role)
	}
	return unknown
}

// mayBeOne says why two of the holders may be one person.
func mayBeOne[T any](people *snapshot.People, holders []T, of func(T) ownership.Holder) string {
	for i := range holders {
		if people.Unidentified(of(holders[i])) == "" {
			continue
		}
		for j := range holders {
			if why := people.MayBe(of(holders[i]), of(holders[j])); why != "" {
				return why
			}
		}
	}
	return ""
}

// unknownLoad says why it is not known how much each of the holders is declared to hold: two of the names may be one person's.
func unknownLoad(held map[ownership.Holder][]int32, areas []drift.Area, s *snapshot.Snapshot) string {
	doubtful := false
	for holder := range held {
		doubtful = doubtful || s.People.Unidentified(holder) != ""
	}
	if !doubtful {
		return ""
	}
	var declared []ownership.Holder
	for holder, in := range sorted(held) {
		if holder.Kind() == ownership.HolderUser && isDeclared(holder, in, areas) {
			declared = append(declared, holder)
		}
	}
	return mayBeOne(s.People, declared, func(h ownership.Holder) ownership.Holder { return h })
}

func isDeclared(holder ownership.Holder, in []int32, areas []drift.Area) bool {
	for _, at := range in {
		for _, declared := range areas[at].Declared.All() {
			for i := range declared {
				if declared[i].Holder == holder {
					return true
				}
			}
		}
	}
	return false
}

// doubtfulFiles says why it is not known of how many files the owners are valid.
func doubtfulFiles(area drift.Area) string {
	if area.Coverage.Doubtful == 0 {
		return ""
	}
	return fmt.Sprintf("whether the owners of %d of its files are valid", area.Coverage.Doubtful)
}
