package policytest

import (
	"cmp"
	"slices"
	"strings"

	gocmp "github.com/google/go-cmp/cmp"
)

// Compare says how the results differ from what the case wants, line by line;
// empty means that they do not.
func (c Case) Compare(got []Result) string {
	want := slices.Clone(c.Want)
	slices.SortFunc(want, Result.compare)
	got = slices.Clone(got)
	slices.SortFunc(got, Result.compare)
	for i := range min(len(want), len(got)) {
		// What a want leaves open is not compared.
		if want[i].Message == "" {
			got[i].Message = ""
		}
		if want[i].Severity == "" {
			got[i].Severity = ""
		}
		if want[i].Location == nil {
			got[i].Location = nil
		}
	}
	return gocmp.Diff(want, got)
}

// compare orders results by rule and key; those of declare have no key, and go by role and holder.
func (r Result) compare(other Result) int {
	return cmp.Or(
		strings.Compare(r.Rule, other.Rule), strings.Compare(r.Key, other.Key),
		strings.Compare(r.Role, other.Role), strings.Compare(r.Holder, other.Holder), strings.Compare(r.Message, other.Message),
	)
}
