package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// inCluster says whether a holder is seen on objects of a cluster.
func inCluster(o ownership.Observed) bool { return o.Unit == ownership.UnitObject }

func sees(observed []ownership.Observed, holder ownership.Holder) bool {
	return slices.ContainsFunc(observed, func(o ownership.Observed) bool { return o.Holder == holder })
}

// NamedInCluster is whom the objects of an area are to name, of those who are declared in the role: an object names one. It
// is a team before a person, and of several the first by name; ok is false where nobody is declared.
func NamedInCluster(declared []ownership.Declaration) (named ownership.Declaration, ok bool) {
	rank := func(d ownership.Declaration) int {
		if d.Holder.Kind() == ownership.HolderTeam {
			return 0
		}
		return 1
	}
	if len(declared) == 0 {
		return ownership.Declaration{}, false
	}
	return slices.MinFunc(declared, func(a, b ownership.Declaration) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(string(a.Holder), string(b.Holder)))
	}), true
}

// missingInCluster finds that objects of the area name none of those who are declared. Where several sources see the cluster,
// one that shows them everywhere is enough.
func missingInCluster(area Area, role ownership.RoleDefinition, observed []ownership.Observed, s *snapshot.Snapshot) []ownership.Drift {
	declared := area.known(role.Role)
	named, ok := NamedInCluster(declared)
	if !ok {
		return nil
	}
	isDeclared := func(holder ownership.Holder) bool {
		return slices.ContainsFunc(declared, func(d ownership.Declaration) bool { return d.Holder == holder })
	}
	held, total := 0, 0
	for _, extent := range area.Extents {
		if extent.Role != role.Role || !extent.Authoritative || extent.Objects == 0 {
			continue
		}
		shown := 0
		for _, o := range observed {
			if o.Source == extent.Source && inCluster(o) && isDeclared(o.Holder) {
				shown += o.Files
			}
		}
		if shown == extent.Objects {
			return nil
		}
		if total == 0 || shown > held {
			held, total = shown, extent.Objects
		}
	}
	if total == 0 || slices.ContainsFunc(observed, func(o ownership.Observed) bool {
		return slices.ContainsFunc(declared, func(d ownership.Declaration) bool { return s.People.MayBe(d.Holder, o.Holder) != "" })
	}) {
		return nil
	}
	_, locations := extentOf(named.Holder, observed)
	drift := ownership.Drift{
		Kind: ownership.Missing, Role: role.Role, Holder: named.Holder, Reason: PartialExtent,
		Locations: append([]ownership.Location{named.Location}, locations...),
		Message: fmt.Sprintf("%s is declared %s by %s but observed for %d of %d %s of the cluster only",
			named.Holder, role.Role, named.By, held, total, plural(total)),
	}
	if held == 0 && !sees(observed, named.Holder) {
		drift.Reason = NotObserved
		drift.Message = fmt.Sprintf("%s is declared %s by %s but observed as such nowhere", named.Holder, role.Role, named.By)
	}
	return []ownership.Drift{drift}
}

func plural(objects int) string {
	if objects == 1 {
		return ownership.UnitObject
	}
	return ownership.UnitObject + "s"
}
