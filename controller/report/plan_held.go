package report

import (
	"fmt"

	"github.com/remit-dev/remit/controller/ownership"
)

// maxHeld is how many changes that one brake holds are shown where not everything is.
const maxHeld = 5

// brakeWords say what a brake is, for somebody who meets it for the first time.
var brakeWords = map[ownership.Brake]string{
	ownership.BrakeMode:          "the mode allows no more than to show them",
	ownership.BrakeNoTarget:      "they are of a kind that is not made here",
	ownership.BrakeUnknown:       "a fact that they rest on is unknown",
	ownership.BrakeKillSwitch:    "all writes are stopped",
	ownership.BrakeRemovals:      "too many would lose a role within 24 hours",
	ownership.BrakeLastHolder:    "nobody would be left",
	ownership.BrakeSelf:          "they are about Remit's own account",
	ownership.BrakeChanges:       "there are too many changes at once",
	ownership.BrakeInexpressible: "the file or the label has no way to say them without changing what others own",
}

// held shows what is held back, brake by brake. What one sentence holds stands together, above it.
func (t *planTable) held() {
	if len(t.planned.Held) == 0 {
		return
	}
	t.section("HELD BACK", yellow, count(len(t.planned.Held), "change", "changes")+" that would close drift, and "+
		plural(len(t.planned.Held), "is", "are")+" not made")
	for _, brake := range brakesOf(t.planned.Held) {
		var held []ownership.HeldChange
		for _, change := range t.planned.Held {
			if change.Brake == brake {
				held = append(held, change)
			}
		}
		lead := []span{{"  " + Clean(string(brake)), bold}, {fmt.Sprintf("  %d  ", len(held)), plain}}
		t.wrapped(lead, span{brakeWords[brake], dim})
		shown := held[:t.bound(len(held), maxHeld)]
		for i, change := range shown {
			t.heldChange(change)
			if i+1 == len(shown) || shown[i+1].Because != change.Because {
				t.wrapped([]span{{"        ", plain}}, span{Clean(change.Because), dim})
			}
		}
		t.more("    ", len(held)-len(shown))
	}
}

// open shows the drift that no plan can close.
func (t *planTable) open() {
	open := t.planned.Open
	if len(open) == 0 {
		return
	}
	t.section("FOR PEOPLE", yellow, count(len(open), "contradiction", "contradictions")+" that no plan can close")
	shown := open[:t.bound(len(open), maxHeld)]
	for _, drift := range shown {
		t.wrapped([]span{{"  " + Clean(string(drift.Area)) + "  ", bold}}, span{Clean(drift.Message), plain})
	}
	t.more("  ", len(open)-len(shown))
}

func (t *planTable) heldChange(change ownership.HeldChange) {
	place := t.place(ownership.Location{Repository: change.Repository, File: change.File, Line: max(0, change.Line)})
	if change.Namespace != "" {
		place = Clean(ownership.NamespaceObject(change.Namespace))
	}
	text := what(change.Change)
	if change.Area != "" {
		text += " for " + Clean(string(change.Area))
		if more := len(change.Areas) - 1; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
	}
	t.wrapped([]span{{"    " + place + "  ", plain}}, span{text, plain})
}

// brakesOf lists the brakes that hold something: those that are known in their order, then any others.
func brakesOf(held []ownership.HeldChange) []ownership.Brake {
	holding := map[ownership.Brake]bool{}
	for _, change := range held {
		holding[change.Brake] = true
	}
	var brakes []ownership.Brake
	for _, brake := range ownership.Brakes() {
		if holding[brake] {
			brakes = append(brakes, brake)
			delete(holding, brake)
		}
	}
	for _, change := range held {
		if holding[change.Brake] {
			brakes = append(brakes, change.Brake)
			delete(holding, change.Brake)
		}
	}
	return brakes
}
