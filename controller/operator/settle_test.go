package operator

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// The case table of settleArea, line by line: since when a state is, and what was known last.
func TestSettleArea(t *testing.T) {
	at := func(hour int) *metav1.Time { return &metav1.Time{Time: time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC)} }
	known := func(state v1alpha1.AreaState, hour int) *v1alpha1.KnownState {
		return &v1alpha1.KnownState{State: state, Since: *at(hour)}
	}
	const owned, partial, unowned, unknown = v1alpha1.AreaOwned, v1alpha1.AreaPartial, v1alpha1.AreaUnowned, v1alpha1.AreaUnknown
	type times struct {
		State     v1alpha1.AreaState
		Since     *metav1.Time
		LastKnown *v1alpha1.KnownState
	}
	for name, test := range map[string]struct {
		reason string
		before times
		said   v1alpha1.AreaState
		want   times
	}{
		"first":                     {"it begins now", times{}, owned, times{owned, at(9), nil}},
		"first, unknown":            {"nothing was known before", times{}, unknown, times{unknown, at(9), nil}},
		"as before":                 {"", times{owned, at(5), nil}, owned, times{owned, at(5), nil}},
		"as before, unknown":        {"what was known stays, too", times{unknown, at(5), known(owned, 3)}, unknown, times{unknown, at(5), known(owned, 3)}},
		"as before, since nobody":   {"knows when, so it is now", times{owned, nil, nil}, owned, times{owned, at(9), nil}},
		"another":                   {"both known", times{owned, at(5), nil}, unowned, times{unowned, at(9), nil}},
		"becomes unknown":           {"what it was is kept, with its time", times{partial, at(5), nil}, unknown, times{unknown, at(9), known(partial, 5)}},
		"becomes unknown, no time":  {"a state without its time is not kept", times{partial, nil, nil}, unknown, times{unknown, at(9), nil}},
		"known again, as before":    {"it was that all the time", times{unknown, at(5), known(owned, 3)}, owned, times{owned, at(3), nil}},
		"known again, as another":   {"it has turned, at the latest now", times{unknown, at(5), known(owned, 3)}, partial, times{partial, at(9), nil}},
		"known for the first time":  {"", times{unknown, at(5), nil}, owned, times{owned, at(9), nil}},
		"unknown, since nobody":     {"knows when; what was known stays", times{unknown, nil, known(owned, 3)}, unknown, times{unknown, at(9), known(owned, 3)}},
		"suspended":                 {"it is not judged, so it stays what it was", times{owned, at(5), nil}, "", times{owned, at(5), nil}},
		"suspended, unknown":        {"and so does what was known", times{unknown, at(5), known(owned, 3)}, "", times{unknown, at(5), known(owned, 3)}},
		"suspended, from the first": {"nothing was ever said of it", times{}, "", times{}},
	} {
		t.Run(name, func(t *testing.T) {
			before := v1alpha1.AreaStatus{State: test.before.State, Since: test.before.Since, LastKnown: test.before.LastKnown}
			got := settleArea(before, v1alpha1.AreaStatus{State: test.said}, *at(9))
			if diff := cmp.Diff(test.want, times{got.State, got.Since, got.LastKnown}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

// A suspended Area keeps all that was found last, and its conditions are those of now. Of one that is judged, nothing stays that is not said.
func TestSettleAreaKeepsWhatIsSuspended(t *testing.T) {
	now, earlier := metav1.NewTime(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), metav1.NewTime(time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC))
	ready := func(status metav1.ConditionStatus, reason string, generation int64, turned metav1.Time) metav1.Condition {
		return metav1.Condition{Type: v1alpha1.ConditionReady, Status: status, Reason: reason, ObservedGeneration: generation, LastTransitionTime: turned}
	}
	sync := metav1.Condition{Type: v1alpha1.ConditionInSync, Status: metav1.ConditionFalse, Reason: "Drift", ObservedGeneration: 1, LastTransitionTime: earlier}
	found := v1alpha1.AreaStatus{
		ObjectStatus: v1alpha1.ObjectStatus{ObservedGeneration: 1, LastHandledReconcileAt: "then", Conditions: []metav1.Condition{sync, ready(metav1.ConditionTrue, "Judged", 1, earlier)}},
		State:        v1alpha1.AreaOwned, Since: &earlier, Accountable: "team:acme/payments", DriftTotal: 2,
	}
	suspended := v1alpha1.ObjectStatus{ObservedGeneration: 2, LastHandledReconcileAt: "now", Conditions: []metav1.Condition{ready(metav1.ConditionFalse, "Suspended", 0, metav1.Time{})}}

	want := *found.DeepCopy()
	want.ObjectStatus = v1alpha1.ObjectStatus{ObservedGeneration: 2, LastHandledReconcileAt: "now", Conditions: []metav1.Condition{ready(metav1.ConditionFalse, "Suspended", 2, now)}}
	given := *found.DeepCopy()
	held := settleArea(given, v1alpha1.AreaStatus{ObjectStatus: suspended}, now)
	if diff := cmp.Diff(want, held); diff != "" {
		t.Errorf("suspended (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(found, given); diff != "" {
		t.Errorf("what was before is another (-want +got):\n%s", diff)
	}

	later := metav1.NewTime(now.Add(time.Hour))
	judged := v1alpha1.AreaStatus{State: v1alpha1.AreaOwned, ObjectStatus: v1alpha1.ObjectStatus{ObservedGeneration: 3, Conditions: []metav1.Condition{
		ready(metav1.ConditionFalse, "SourceNotReady", 0, metav1.Time{}), {Type: v1alpha1.ConditionInSync, Status: metav1.ConditionTrue, Reason: "InSync"},
	}}}
	want = v1alpha1.AreaStatus{State: v1alpha1.AreaOwned, Since: &earlier, ObjectStatus: v1alpha1.ObjectStatus{ObservedGeneration: 3, Conditions: []metav1.Condition{
		{Type: v1alpha1.ConditionInSync, Status: metav1.ConditionTrue, Reason: "InSync", ObservedGeneration: 3, LastTransitionTime: later},
		ready(metav1.ConditionFalse, "SourceNotReady", 3, now), // it turned with the suspension, and is for another reason now
	}}}
	if diff := cmp.Diff(want, settleArea(held, judged, later)); diff != "" {
		t.Errorf("judged again (-want +got):\n%s", diff)
	}
}
