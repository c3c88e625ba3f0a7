package plan

import "github.com/remit-dev/remit/controller/ownership"

// candidate is a change that would close drift, before brakes.
type candidate struct {
	// Change has its mode set already: the least of area, declarations and source.
	ownership.Change
	// areas are all areas whose drift it closes, sorted; Change.Area is the first.
	areas []ownership.AreaID
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
