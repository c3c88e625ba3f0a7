package plan

import (
	"slices"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/internal/parallel"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// candidate is a change that would close drift, before brakes.
type candidate struct {
	// Change has its mode set already: the least of area, declarations and source.
	ownership.Change
	// areas are all areas whose drift it closes, sorted; Change.Area is the first.
	areas []ownership.AreaID
	// loses are those of Change.Holders who lose the role by it, sorted; none where Change.Removal is false.
	loses []ownership.Holder
	// unknown says why a fact that the change rests on is unknown; empty means that all are known.
	unknown string
	// brake and because say what holds the change whatever its mode: BrakeInexpressible or BrakeLastHolder, found
	// while it was derived; empty where nothing does.
	brake   ownership.Brake
	because string
	// needs are the changes, by index into what candidates gives, without which this one must not be made: whoever
	// holds one of them back holds this one back too.
	needs []int
}

// Candidates is the number of changes that would close the drift, before brakes. Finding them is most of the work of a
// plan.
func Candidates(in Input) int { return len(candidates(in)) }

// candidates are all changes that would close drift, by repository, and those of namespaces. Of those that are neither braked nor unknown, any
// that are made together with what they need leave each file with the owners it had, but for those whom its own
// area wants to come or go.
func candidates(in Input) []*candidate {
	p := newPlanner(in.Snapshot, in.Areas, in.Drift)
	return append(p.candidates(), p.labelled()...)
}

// planner holds what candidates of several repositories have in common.
type planner struct {
	snapshot *snapshot.Snapshot
	areas    []drift.Area
	drift    [][]ownership.Drift
	approver ownership.RoleDefinition
	// index finds an area in areas; unsure says, by area, why it is unknown what it wants.
	index  map[*snapshot.AreaManifest]int32
	unsure []string
	ids    []ownership.AreaID // of the areas
	// owners and holders remember how holders are written, and how owners are read; whoever plans beside others has its own.
	owners  map[ownership.Holder]ownerName
	holders map[string]ownership.Holder
}

func newPlanner(s *snapshot.Snapshot, areas []drift.Area, found [][]ownership.Drift) *planner {
	p := &planner{
		snapshot: s, areas: areas, drift: found, index: make(map[*snapshot.AreaManifest]int32, len(areas)), unsure: make([]string, len(areas)),
	}
	p.approver, _ = s.Role(ownership.Approver)
	p.ids = make([]ownership.AreaID, len(areas))
	for i := range areas {
		p.ids[i] = areas[i].ID
		p.index[areas[i].AreaManifest] = int32(i) //nolint:gosec // areas are counted in thousands
		p.unsure[i] = areaUnknown(&areas[i])
	}
	return p
}

func (p *planner) candidates() []*candidate {
	wanting := map[string][]int32{} // areas with drift of approvers, by repository
	for i := range p.areas {
		isApprover := func(d ownership.Drift) bool { return d.Role == ownership.Approver }
		if !slices.ContainsFunc(p.drift[i], isApprover) {
			continue
		}
		for _, repository := range p.areas[i].Repositories {
			wanting[repository] = append(wanting[repository], int32(i)) //nolint:gosec // as above
		}
	}
	var jobs []job
	for _, repository := range p.snapshot.Repositories {
		if areas := wanting[repository.ID()]; len(areas) > 0 {
			jobs = append(jobs, job{repository: repository, areas: areas})
		}
	}
	p.repairAll(jobs)
	total := 0
	for i := range jobs {
		total += len(jobs[i].repaired)
	}
	found := make([]*candidate, 0, total)
	for i := range jobs {
		offset := len(found)
		for _, d := range jobs[i].repaired {
			for j := range d.needs {
				d.needs[j] += offset
			}
			found = append(found, &d.candidate)
		}
	}
	return found
}

// job is a repository to be repaired, the areas that want something of it, and what comes of it.
type job struct {
	repository *snapshot.Repository
	areas      []int32
	repaired   []*derived
}

// repairAll repairs repositories side by side, on all processors: none has to do with another.
func (p *planner) repairAll(jobs []job) {
	parallel.Workers(len(jobs), func() func(int) {
		mine := *p
		mine.owners, mine.holders = map[ownership.Holder]ownerName{}, map[string]ownership.Holder{}
		return func(i int) { jobs[i].repaired = mine.repair(jobs[i].repository, jobs[i].areas) }
	})
}
