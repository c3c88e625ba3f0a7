package snapshot

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// claimIndex finds the claims whose selector may match some labels: most ask for one label to have one value, so that not
// every claim need be asked about every namespace.
type claimIndex struct {
	claims []namespaceClaim
	// byLabel are those, by index, that ask for a label to have a value; rest are the others.
	byLabel map[label][]int
	rest    []int
}

type label struct{ key, value string }

func newClaimIndex(claims []namespaceClaim) claimIndex {
	index := claimIndex{claims: claims, byLabel: map[label][]int{}}
	for i, c := range claims {
		if asked, is := askedLabel(c.selector); is {
			index.byLabel[asked] = append(index.byLabel[asked], i)
		} else {
			index.rest = append(index.rest, i)
		}
	}
	return index
}

// askedLabel is a label without which the selector does not match.
func askedLabel(selector labels.Selector) (asked label, is bool) {
	requirements, selectable := selector.Requirements()
	for _, requirement := range requirements {
		values := requirement.ValuesUnsorted()
		switch requirement.Operator() {
		case selection.Equals, selection.DoubleEquals, selection.In:
			if selectable && len(values) == 1 {
				return label{requirement.Key(), values[0]}, true
			}
		}
	}
	return label{}, false
}

// may are the claims that may match, in their order.
func (x *claimIndex) may(of labels.Set) []namespaceClaim {
	found := slices.Clone(x.rest)
	for key, value := range of {
		found = append(found, x.byLabel[label{key, value}]...)
	}
	slices.Sort(found) // a map has no order
	claims := make([]namespaceClaim, len(found))
	for i, at := range found {
		claims[i] = x.claims[at]
	}
	return claims
}
