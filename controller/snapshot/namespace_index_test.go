package snapshot

import (
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"pgregory.net/rapid"
)

// Whatever selects the labels is found by the index, in order.
func TestClaimIndex(t *testing.T) {
	key, value := rapid.SampledFrom([]string{"a", "b", "c"}), rapid.SampledFrom([]string{"", "x", "y"})
	operator := rapid.SampledFrom([]metav1.LabelSelectorOperator{metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist})
	rapid.Check(t, func(t *rapid.T) {
		var claims []namespaceClaim
		for range rapid.IntRange(0, 6).Draw(t, "claims") {
			given := metav1.LabelSelector{MatchLabels: rapid.MapOfN(key, value, 0, 2).Draw(t, "labels")}
			for range rapid.IntRange(0, 2).Draw(t, "expressions") {
				requirement := metav1.LabelSelectorRequirement{Key: key.Draw(t, "key"), Operator: operator.Draw(t, "operator")}
				if requirement.Operator == metav1.LabelSelectorOpIn || requirement.Operator == metav1.LabelSelectorOpNotIn {
					requirement.Values = rapid.SliceOfNDistinct(value, 1, 2, rapid.ID).Draw(t, "values")
				}
				given.MatchExpressions = append(given.MatchExpressions, requirement)
			}
			selector, err := metav1.LabelSelectorAsSelector(&given)
			if err != nil {
				t.Fatal(err)
			}
			claims = append(claims, namespaceClaim{area: &AreaManifest{Name: selector.String()}, selector: selector})
		}
		of := labels.Set(rapid.MapOfN(key, value, 0, 3).Draw(t, "of"))
		index := newClaimIndex(claims)
		if want, got := areasOf(claims, "shop", of, nil), areasOf(index.may(of), "shop", of, nil); !slices.Equal(want, got) {
			t.Fatalf("found %d of %d claims that select %v", len(got), len(want), of)
		}
	})
}
