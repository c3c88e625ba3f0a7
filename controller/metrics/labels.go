package metrics

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// The most distinct values of each label on the default page; whatever comes
// after the most frequent ones is Other.
const (
	maxTeams    = 1000
	maxTiers    = 50
	maxPolicies = 500
	maxRoles    = 50
	maxSources  = 500
)

// maxLabel bounds a label value's length in bytes.
const maxLabel = 200

// capped is the set of a label's values that are kept.
type capped struct {
	kept map[string]bool
	// merged counts the values that are not.
	merged int
}

// capValues keeps the most frequent values; of equally frequent ones, the first in order.
func capValues(frequency map[string]int, limit int) capped {
	values := make([]string, 0, len(frequency))
	for value := range frequency {
		values = append(values, value)
	}
	slices.SortFunc(values, func(a, b string) int {
		return cmp.Or(cmp.Compare(frequency[b], frequency[a]), strings.Compare(a, b))
	})
	c := capped{kept: map[string]bool{"": true}}
	for i, value := range values {
		if i < limit {
			c.kept[value] = true
		} else if value != "" {
			c.merged++
		}
	}
	return c
}

func (c capped) value(value string) string {
	if c.kept[value] {
		return value
	}
	return Other
}

// labelValue makes a text valid as a label's value: UTF-8, and of bounded length.
func labelValue(text string) string {
	if len(text) > maxLabel {
		text = text[:maxLabel]
	}
	return strings.ToValidUTF8(text, "\ufffd")
}

// teamValue is an area's team as a label's value. Whatever is no team's name, such
// as a person's, is left out: no person is named in a metric.
func teamValue(team string) string {
	if team == "" {
		return ""
	}
	holder, err := ownership.ParseHolder("team:" + team)
	if err != nil {
		return ""
	}
	return labelValue(holder.Name())
}
