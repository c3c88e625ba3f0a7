package record

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// Alike compares the results of passes on a recording and on its redacted copy, as far as that can be done without
// names: the states of areas, what is covered of their files, how often each kind of drift and each kind of finding is
// there. It says in a sentence what differs, or nothing.
//
// They differ where a rule looks into names: a policy for logins that end in "-bot", or a pattern such as `/users/al*`.
func Alike(original, redacted *ownership.Result) []string {
	var differences []string
	for _, part := range []struct {
		what string
		of   func(*ownership.Result) []string
	}{
		{"states of areas", states}, {"coverage of files", coverage}, {"drift", drifts}, {"findings", findings},
	} {
		was, is := part.of(original), part.of(redacted)
		slices.Sort(was)
		slices.Sort(is)
		if !slices.Equal(was, is) {
			differences = append(differences, fmt.Sprintf("the %s differ: %s", part.what, firstDifference(was, is)))
		}
	}
	return differences
}

// firstDifference names the first of two sorted lists that the other has not, or not as often.
func firstDifference(was, is []string) string {
	i := 0
	for i < len(was) && i < len(is) && was[i] == is[i] {
		i++
	}
	switch {
	case i < len(was) && (i >= len(is) || was[i] < is[i]):
		return was[i] + " is not there any more"
	case i < len(is):
		return is[i] + " was not there before"
	}
	return "their numbers do"
}

func states(r *ownership.Result) []string {
	var found []string
	for _, area := range r.Areas {
		reason, _, _ := strings.Cut(area.Stalled, ":")
		found = append(found, strings.TrimSpace(string(area.State)+" "+reason))
	}
	return found
}

func coverage(r *ownership.Result) []string {
	var found []string
	for _, area := range r.Areas {
		c := area.Coverage
		found = append(found, fmt.Sprintf("an area with %d files, %d owned, %d by a catch-all, %d effectively, %d doubtfully, %d unowned, %d unmatched, %d undetermined",
			c.Total, c.Owned, c.CatchAll, c.Effective, c.Doubtful, c.Unowned, c.Unmatched, c.Undetermined))
	}
	return found
}

func drifts(r *ownership.Result) []string {
	var found []string
	for _, area := range r.Areas {
		for _, drift := range area.Drift {
			found = append(found, fmt.Sprintf("%s %s (%s)", drift.Kind, drift.Role, drift.Reason))
		}
	}
	return found
}

func findings(r *ownership.Result) []string {
	var found []string
	for _, finding := range r.Findings {
		found = append(found, fmt.Sprintf("%s %s %s", finding.Rule, finding.Severity, finding.Status))
	}
	return found
}
