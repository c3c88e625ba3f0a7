package plan

import (
	"slices"
	"strconv"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// newCodeowners is the file that is written where a repository has no CODEOWNERS.
const newCodeowners = ".github/CODEOWNERS"

// unclaimed stands for the area of a file that no area claims.
const unclaimed = -1

// repair finds the edits of one repository's CODEOWNERS that its areas wish for:
//
//	files ──► cells (area × deciding rule) ──► for each rule: what all its areas wish ──► edits of the rule
//	                                                          what only some wish    ──► rules of their own below it
//	     all edits ──► simulated (simulate.go) ──► what does not come out as wished is held
type repair struct {
	planner    *planner
	repository *snapshot.Repository
	file       *codeowners.File
	path       string
	// scopes are the areas with files here; scope says by file which of them claims it, or unclaimed.
	scopes []*scope
	scope  []int32
	cells  []cell
	found  []*derived
	// additions are the candidates that add owners to the rule at hand.
	additions []int
	// lines shows what edits make of a line.
	lines *codeowners.LineEditor
	room  room
	// winner says by file which entry of the split at hand decides; nil where the rule above does.
	winner map[int32]*entry
	// What there are many small slices of shares room, too: parts' wishes, what candidates fulfil; and what is looked at
	// for a moment, verdicts and edits.
	wishing     []*wish
	fulfilments []fulfilment
	verdicts    []verdict
	edits       []codeowners.Edit

	standings map[ownership.Holder]snapshot.Standing
	reach     reach
}

// room is for what there is much of, allocated at once: all that areas may wish, and the candidates.
type room struct {
	wishes  []wish
	wished  []*wish
	holders []ownership.Holder
	scopes  []scope
	derived []derived
}

// take cuts room for some off the front.
func take[T any](room *[]T, n int) []T {
	cut := (*room)[:n:n]
	*room = (*room)[n:]
	return cut
}

// scope is an area's part in the repository.
type scope struct {
	area   *snapshot.AreaManifest
	wishes []*wish
	// maybe says why it is unknown what the area wants; empty means that it wants its wishes and no more.
	maybe string
}

// cell is the files of one area that one rule decides over: what is alike to every edit.
type cell struct {
	rule, scope int32
	files       int
}

// derived is a candidate with what it is to come to.
type derived struct {
	candidate
	fulfils []fulfilment
}

// fulfilment is one wish of one cell.
type fulfilment struct {
	rule, scope int32
	wish        *wish
}

// repair derives the candidates of one repository. Nothing is known to be wanted of one whose facts are unknown, nor
// of one whose source does not decide.
func (p *planner) repair(repository *snapshot.Repository, areas []int32) []*derived {
	if repository.Matches == nil || !repository.Decides(p.approver) {
		return nil
	}
	r := &repair{
		planner: p, repository: repository, file: repository.File, path: repository.Facts.Codeowners.Path,
		standings: map[ownership.Holder]snapshot.Standing{}, winner: map[int32]*entry{},
	}
	if r.file == nil {
		r.file, r.path = codeowners.Parse(nil), newCodeowners
	}
	r.lines = r.file.LineEditor()
	r.divide(areas)
	r.reach = newReach(repository.Facts.Files.Paths)
	for from := 0; from < len(r.cells); {
		to := from
		for to < len(r.cells) && r.cells[to].rule == r.cells[from].rule {
			to++
		}
		r.repairRule(r.cells[from].rule, r.cells[from:to])
		from = to
	}
	r.verify()
	return r.found
}

// divide sorts the files into cells.
func (r *repair) divide(areas []int32) {
	total := 0
	for _, index := range areas {
		total += len(r.planner.drift[index])
	}
	r.room = room{
		wishes: make([]wish, total), wished: make([]*wish, total), holders: make([]ownership.Holder, total), scopes: make([]scope, len(areas)),
	}
	wishing := make(map[*snapshot.AreaManifest]*scope, len(areas))
	for i, index := range areas {
		area := &r.planner.areas[index]
		r.room.scopes[i] = scope{area: area.AreaManifest, wishes: r.wishes(index)}
		wishing[area.AreaManifest] = &r.room.scopes[i]
	}
	matches := r.repository.Matches
	r.scope = make([]int32, len(matches))
	scopes := make(map[*snapshot.AreaManifest]int32, len(areas)+1)
	scopes[nil] = unclaimed
	cells := make(map[cell]int, 2*len(areas))
	var last *snapshot.AreaManifest // neighbours are mostly of one area and one rule
	now, at := cell{rule: -2, scope: unclaimed}, 0
	for i, rule := range matches {
		next := cell{rule: rule, scope: now.scope}
		if area := r.repository.Area(i); area != last {
			number, known := scopes[area]
			if !known {
				number = r.addScope(area, wishing[area])
				scopes[area] = number
			}
			last, next.scope = area, number
		}
		r.scope[i] = next.scope
		if next != now {
			index, known := cells[next]
			if !known {
				index = len(r.cells)
				cells[next] = index
				r.cells = append(r.cells, next)
			}
			now, at = next, index
		}
		r.cells[at].files++
	}
	slices.SortFunc(r.cells, compareCells)
	wishes := 0
	for _, s := range r.scopes {
		wishes += len(s.wishes)
	}
	r.found, r.room.derived = make([]*derived, 0, wishes), make([]derived, wishes)
}

func (r *repair) addScope(area *snapshot.AreaManifest, known *scope) int32 {
	if known == nil {
		known = &scope{area: area}
	}
	if index, judged := r.planner.index[area]; judged {
		known.maybe = r.planner.unsure[index]
	}
	r.scopes = append(r.scopes, known)
	return int32(len(r.scopes) - 1) //nolint:gosec // there are no more areas than files
}

func compareCells(a, b cell) int {
	if a.rule != b.rule {
		return int(a.rule) - int(b.rule)
	}
	return int(a.scope) - int(b.scope)
}

// holders are the owners of a rule; none where no rule decides.
func (r *repair) holders(rule int32) []ownership.Holder {
	if rule < 0 {
		return nil
	}
	return r.repository.Rules[rule].Owners
}

// written are the owners of a rule as they stand there.
func (r *repair) written(rule int32) []codeowners.Owner {
	if rule < 0 {
		return nil
	}
	return r.file.Rules()[rule].Owners
}

// line is the line of a rule, and its text.
func (r *repair) line(rule int32) (number int, text string) {
	number = r.file.Rules()[rule].Line
	return number, r.file.Line(number).Text
}

// standing is a holder's standing as an approver of the repository.
func (r *repair) standing(holder ownership.Holder) snapshot.Standing {
	standing, known := r.standings[holder]
	if !known {
		standing = r.planner.snapshot.People.Access(holder, r.repository.ID())
		r.standings[holder] = standing
	}
	return standing
}

// derive begins a candidate.
func (r *repair) derive(change ownership.Change) *derived {
	if len(r.room.derived) == 0 {
		r.room.derived = make([]derived, 16) // one wish may take several changes
	}
	d := &take(&r.room.derived, 1)[0]
	d.Change = change
	return d
}

// add keeps a candidate, and gives its index.
func (r *repair) add(d *derived) int {
	d.Target, d.Repository, d.File = ownership.TargetCodeowners, r.repository.ID(), r.path
	d.Role, d.Reversible = ownership.Approver, true
	r.found = append(r.found, d)
	return len(r.found) - 1
}

// files is a number of files in words.
func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return strconv.Itoa(n) + " files"
}
