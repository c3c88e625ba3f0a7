package engine

import (
	"slices"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Whatever one fact of a source is unknown, each area that is harmed by it names the source, which is where to look. What no
// source sees is named itself.
func TestUnknownNamesItsSource(t *testing.T) {
	loader := newRichLoader(t)
	before, told := unknownReasons(loader.pass(newRichWorld())), 0
	for _, fact := range factsOf(newRichWorld()) {
		if strings.HasPrefix(fact.name, "the ") { // of a manifest
			continue
		}
		w := newRichWorld()
		fact.forget(w)
		for area, reasons := range unknownReasons(loader.pass(w)) {
			for _, reason := range reasons {
				if slices.Contains(before[area], reason) {
					continue
				}
				told++
				if !strings.Contains(reason, "no source sees ") && !slices.ContainsFunc(w.sources, func(s snapshot.Source) bool {
					return strings.Contains(reason, "source "+s.Name) || strings.Contains(reason, "sources "+s.Name)
				}) {
					t.Errorf("unknown is %s, and %s says only: %s", fact.name, area, reason)
				}
			}
		}
	}
	if told < 200 {
		t.Errorf("only %d reasons: the world is too poor", told)
	}
}

// unknownReasons are why it is unknown whether areas have what is required of them.
func unknownReasons(o *Outcome) map[ownership.AreaID][]string {
	reasons := map[ownership.AreaID][]string{}
	for _, area := range o.Result.Areas {
		for _, requirement := range area.Requirements {
			if requirement.Status == ownership.UnknownIfMet {
				reasons[area.ID] = append(reasons[area.ID], requirement.Reason)
			}
		}
		if area.Coverage.Unknown != "" {
			reasons[area.ID] = append(reasons[area.ID], area.Coverage.Unknown)
		}
	}
	return reasons
}
