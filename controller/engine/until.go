package engine

import (
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// Until tells when the access ends that a change gives: at the latest end of the RoleAssignments that declare its
// holders, where nothing else does.
func (o *Outcome) Until(set *manifest.Set) func(ownership.Change) time.Time {
	ends := map[string]time.Time{}
	for _, object := range set.RoleAssignments {
		if until := object.Value.Spec.ValidUntil; until != nil {
			ends["roleassignment "+object.Value.Namespace+"/"+object.Value.Name] = until.UTC()
		}
	}
	return func(change ownership.Change) time.Time {
		areas := change.Areas
		if len(areas) == 0 {
			areas = []ownership.AreaID{change.Area}
		}
		var last time.Time
		for _, area := range o.Areas {
			if !slices.Contains(areas, area.ID) {
				continue
			}
			for _, declaration := range area.Declared.Of(change.Role) {
				if !slices.Contains(change.Holders, declaration.Holder) {
					continue
				}
				end, limited := ends[declaration.By]
				if declaration.Layer != ownership.LayerRoleAssignment || !limited {
					return time.Time{}
				}
				if end.After(last) {
					last = end
				}
			}
		}
		return last
	}
}
