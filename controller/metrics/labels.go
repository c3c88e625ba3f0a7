package metrics

import (
	"cmp"
	"maps"
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

// capped are a label's values that are kept, by the texts of which they are made.
type capped struct {
	values map[string]string
	// merged counts the values that are not kept.
	merged int
}

// capValues keeps the most frequent values; of equally frequent ones, the first in order. frequency is that of the texts,
// value makes a value of one.
func capValues(frequency map[string]int, value func(string) string, limit int) capped {
	c := capped{values: make(map[string]string, len(frequency))}
	byValue := map[string]int{}
	for text, n := range frequency {
		c.values[text] = value(text)
		byValue[c.values[text]] += n
	}
	order := slices.SortedFunc(maps.Keys(byValue), func(a, b string) int {
		return cmp.Or(cmp.Compare(byValue[b], byValue[a]), strings.Compare(a, b))
	})
	other := map[string]bool{}
	for i, value := range order {
		if i >= limit && value != "" {
			other[value] = true
		}
	}
	for text, value := range c.values {
		if other[value] {
			c.values[text] = Other
		}
	}
	c.merged = len(other)
	return c
}

// value is the label's value for a text; one that was not counted is Other, and no text at all stays so.
func (c capped) value(text string) string {
	if value, counted := c.values[text]; counted || text == "" {
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
