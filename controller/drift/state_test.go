package drift

import (
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

func TestState(t *testing.T) {
	met, unmet := ownership.Met, ownership.Unmet
	unknown, part := ownership.UnknownIfMet, ownership.PartlyUnmet
	for name, test := range map[string]struct {
		reason   string
		statuses []ownership.RequirementStatus
		stalled  string
		want     ownership.State
	}{
		"nothing asked":      {"no requirement can be unmet", nil, "", ownership.Owned},
		"all met":            {"every requirement is met", []ownership.RequirementStatus{met, met}, "", ownership.Owned},
		"all unmet":          {"every requirement is known to be unmet", []ownership.RequirementStatus{unmet, unmet}, "", ownership.Unowned},
		"one unmet":          {"some are known to be unmet", []ownership.RequirementStatus{met, unmet}, "", ownership.Partial},
		"unmet and unknown":  {"what is unknown may be met, so not all are known to be unmet", []ownership.RequirementStatus{unknown, unmet}, "", ownership.Partial},
		"only files in part": {"some files have owners", []ownership.RequirementStatus{part}, "", ownership.Partial},
		"unknown alone":      {"unknown is never unowned", []ownership.RequirementStatus{unknown}, "", ownership.Unknown},
		"met and unknown":    {"none is known to be unmet", []ownership.RequirementStatus{met, unknown}, "", ownership.Unknown},
		"stalled":            {"a stalled area cannot be judged", []ownership.RequirementStatus{unmet}, "ScopeConflict: x", ownership.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			var requirements []ownership.Requirement
			for _, status := range test.statuses {
				requirements = append(requirements, ownership.Requirement{Status: status})
			}
			if got := State(requirements, test.stalled); got != test.want {
				t.Errorf("State = %s, want %s: %s", got, test.want, test.reason)
			}
		})
	}
}

func TestFileRequirement(t *testing.T) {
	for name, test := range map[string]struct {
		reason   string
		coverage ownership.Coverage
		want     ownership.RequirementStatus
	}{
		"all owned":             {"each file has an approver", ownership.Coverage{Total: 3, Owned: 3, Effective: 3}, ownership.Met},
		"no file":               {"nothing lacks an approver", ownership.Coverage{}, ownership.Met},
		"none owned":            {"no file has one", ownership.Coverage{Total: 3, Unmatched: 3}, ownership.Unmet},
		"owned by the departed": {"an owner who is known to be invalid is none", ownership.Coverage{Total: 3, Owned: 3}, ownership.Unmet},
		"some owned":            {"one file has none", ownership.Coverage{Total: 3, Owned: 2, Effective: 2, Unowned: 1}, ownership.PartlyUnmet},
		"nothing known":         {"the files could not be read", ownership.Coverage{Unknown: "no access"}, ownership.UnknownIfMet},
		"unknown beside owned":  {"one repository could not be read", ownership.Coverage{Total: 5, Owned: 3, Effective: 3, Undetermined: 2, Unknown: "x"}, ownership.UnknownIfMet},
		"unknown beside unmet":  {"what is known to lack an owner is reported", ownership.Coverage{Total: 5, Unmatched: 3, Undetermined: 2, Unknown: "x"}, ownership.PartlyUnmet},
		"doubtful owners":       {"whether they are valid is unknown", ownership.Coverage{Total: 3, Owned: 3, Effective: 3, Doubtful: 1}, ownership.UnknownIfMet},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fileRequirement(Area{Area: areaWith(test.coverage)}, &snapshot.Snapshot{}); got.Status != test.want {
				t.Errorf("fileRequirement = %+v, want %s: %s", got, test.want, test.reason)
			}
		})
	}
}

func TestFileRequirementSaysWhatIsLacking(t *testing.T) {
	for name, test := range map[string]struct {
		reason   string
		coverage ownership.Coverage
		want     string
	}{
		"nobody named":        {"no rule names anybody", ownership.Coverage{Total: 4, Unmatched: 4}, "none of 4 files has a code owner"},
		"all by the departed": {"a rule names somebody who does not count", ownership.Coverage{Total: 4, Owned: 4}, "none of 4 files has a valid code owner"},
		"both":                {"the two need different work", ownership.Coverage{Total: 4, Owned: 3, Unmatched: 1}, "none of 4 files has a valid code owner: 1 has none, the owners of 3 are not valid"},
		"one of many":         {"one file takes the singular", ownership.Coverage{Total: 4, Owned: 3, Effective: 3, Unmatched: 1}, "1 of 4 files has no code owner"},
		"some invalid":        {"the others are owned", ownership.Coverage{Total: 4, Owned: 4, Effective: 2}, "2 of 4 files have no valid code owner"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fileRequirement(Area{Area: areaWith(test.coverage)}, &snapshot.Snapshot{}); got.Reason != test.want {
				t.Errorf("reason %q, want %q: %s", got.Reason, test.want, test.reason)
			}
		})
	}
}
