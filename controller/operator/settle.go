package operator

import (
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// settleArea is the status that an Area gets: what a pass says, with what only the status before can tell.
//
//	the area is now    was before             since        last known
//	as before          –                      as before    as before
//	another state      known                  now          none; that one, where it is unknown now
//	known              unknown, before that   that since   none
//	                   the same state
//	suspended          any                    all but the conditions stays as it is
func settleArea(before, said v1alpha1.AreaStatus, now metav1.Time) v1alpha1.AreaStatus {
	next := said
	if said.State == "" { // it is not judged: what was found last stays
		next = before
		next.ObjectStatus = settleObject(before.ObjectStatus, said.ObjectStatus, now)
		return next
	}
	next.ObjectStatus = settleObject(before.ObjectStatus, said.ObjectStatus, now)
	switch {
	case before.State == said.State && before.Since != nil:
		next.Since, next.LastKnown = before.Since, before.LastKnown
	case before.LastKnown != nil && before.LastKnown.State == said.State: // what was unknown meanwhile has not changed
		next.Since = &before.LastKnown.Since
	default:
		next.Since = &now
		switch {
		case said.State != v1alpha1.AreaUnknown:
		case before.LastKnown != nil:
			next.LastKnown = before.LastKnown
		case before.State != "" && before.Since != nil:
			next.LastKnown = &v1alpha1.KnownState{State: before.State, Since: *before.Since}
		}
	}
	return next
}

// settleObject keeps the times at which conditions turned, and sorts the conditions. Those that are not said are gone.
func settleObject(before, said v1alpha1.ObjectStatus, now metav1.Time) v1alpha1.ObjectStatus {
	next := said
	next.Conditions = slices.Clone(said.Conditions)
	for i := range next.Conditions {
		condition := &next.Conditions[i]
		condition.ObservedGeneration = said.ObservedGeneration
		condition.LastTransitionTime = now
		if earlier := find(before.Conditions, condition.Type); earlier != nil && earlier.Status == condition.Status {
			condition.LastTransitionTime = earlier.LastTransitionTime
		}
	}
	slices.SortFunc(next.Conditions, func(a, b metav1.Condition) int { return strings.Compare(a.Type, b.Type) })
	return next
}

// find is the condition of a type, or nil.
func find(conditions []metav1.Condition, kind string) *metav1.Condition {
	for i := range conditions {
		if conditions[i].Type == kind {
			return &conditions[i]
		}
	}
	return nil
}
