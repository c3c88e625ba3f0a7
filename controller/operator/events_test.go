package operator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubeevents "k8s.io/client-go/tools/events"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// An event is told when something turns, and once: what stays as it is is none, nor is what turns back and forth with each pass.
func TestTell(t *testing.T) {
	is := func(kind string, status metav1.ConditionStatus, reason string) metav1.Condition {
		return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: "about " + reason}
	}
	yes, no := metav1.ConditionTrue, metav1.ConditionFalse
	ready, notReady := is(v1alpha1.ConditionReady, yes, "Judged"), is(v1alpha1.ConditionReady, no, "SourceNotReady")
	reconciling := is(v1alpha1.ConditionReconciling, yes, "Waiting")
	denied, invalid := is(v1alpha1.ConditionStalled, yes, "ScopeDenied"), is(v1alpha1.ConditionStalled, yes, "Invalid")
	inSync, drift, unsure := is(v1alpha1.ConditionInSync, yes, "InSync"), is(v1alpha1.ConditionInSync, no, "Drift"), is(v1alpha1.ConditionInSync, metav1.ConditionUnknown, "Unknown")
	status := func(state v1alpha1.AreaState, conditions ...metav1.Condition) v1alpha1.AreaStatus {
		return v1alpha1.AreaStatus{State: state, ObjectStatus: v1alpha1.ObjectStatus{Conditions: conditions}}
	}
	lacking := status(v1alpha1.AreaUnowned, ready)
	lacking.Requirements = []v1alpha1.RequirementStatus{{Role: "oncall", Status: "Met", Reason: "fine"}, {Role: "accountable", Status: "Unmet", Reason: "nobody is declared"}}
	const owned, partial, unowned, unknown = v1alpha1.AreaOwned, v1alpha1.AreaPartial, v1alpha1.AreaUnowned, v1alpha1.AreaUnknown
	for name, test := range map[string]struct {
		reason        string
		before, after v1alpha1.AreaStatus
		want          []string
	}{
		"stalls":                  {"", status("", ready), status("", notReady, denied), []string{"Warning ScopeDenied about ScopeDenied"}},
		"stalls from the first":   {"somebody is to mend it", status(""), status("", notReady, denied), []string{"Warning ScopeDenied about ScopeDenied"}},
		"stays stalled":           {"it was told", status("", notReady, denied), status("", notReady, denied), nil},
		"stalls for another":      {"another thing is to be mended", status("", denied), status("", invalid), []string{"Warning Invalid about Invalid"}},
		"recovers":                {"", status("", notReady, denied), status("", ready), []string{"Normal Recovered it is stalled no longer: ScopeDenied is over"}},
		"stays well":              {"", status("", ready), status("", ready), nil},
		"first":                   {"a new object is no news", status(""), status(owned, ready, inSync), nil},
		"first, unowned":          {"not even then", status(""), status(unowned, ready, drift), nil},
		"becomes ready":           {"what it waited for has come", status("", notReady, reconciling), status("", ready), nil},
		"becomes unready":         {"it may turn back with the next pass", status("", ready), status("", notReady), nil},
		"waits":                   {"", status("", ready), status("", notReady, reconciling), nil},
		"waits for another":       {"", status("", notReady, reconciling), status("", is(v1alpha1.ConditionReady, no, "Other"), is(v1alpha1.ConditionReconciling, yes, "Other")), nil},
		"waits no longer":         {"", status("", reconciling), status("", ready), nil},
		"drifts":                  {"", status("", ready, inSync), status("", ready, drift), []string{"Warning Drift about Drift"}},
		"stays adrift":            {"", status("", ready, drift), status("", ready, drift), nil},
		"is in sync again":        {"", status("", ready, drift), status("", ready, inSync), []string{"Normal InSync about InSync"}},
		"cannot be told":          {"that is in the state", status("", ready, inSync), status("", ready, unsure), nil},
		"adrift after that":       {"", status("", ready, unsure), status("", ready, drift), []string{"Warning Drift about Drift"}},
		"sync was never told":     {"it may have been adrift all the time", status("", ready), status("", ready, drift), nil},
		"sync is told no more":    {"", status("", ready, drift), status("", ready), nil},
		"unowned":                 {"with what it lacks", status(owned, ready), lacking, []string{"Warning StateUnowned the area was Owned and is Unowned: nobody is declared"}},
		"partial":                 {"", status(owned, ready), status(partial, ready), []string{"Warning StatePartial the area was Owned and is Partial"}},
		"owned":                   {"", status(unowned, ready), status(owned, ready), []string{"Normal StateOwned the area was Unowned and is Owned"}},
		"unknown":                 {"nobody need do anything about the area", status(owned, ready), status(unknown, notReady), []string{"Normal StateUnknown the area was Owned and is Unknown"}},
		"stays unowned":           {"", lacking, lacking, nil},
		"suspended":               {"it is not judged", status(owned, ready), status("", notReady), nil},
		"state, stall and drift":  {"each by itself, in this order", status(owned, ready, inSync), status(unknown, notReady, denied, drift), []string{"Normal StateUnknown the area was Owned and is Unknown", "Warning ScopeDenied about ScopeDenied", "Warning Drift about Drift"}},
		"recovers, as in a state": {"", status(unknown, notReady, denied), status(owned, ready), []string{"Normal StateOwned the area was Unknown and is Owned", "Normal Recovered it is stalled no longer: ScopeDenied is over"}},
	} {
		t.Run(name, func(t *testing.T) {
			recorder := kubeevents.NewFakeRecorder(10)
			events{recorder}.tell(kinds()[0], &v1alpha1.Area{Status: test.before}, &v1alpha1.Area{Status: test.after})
			close(recorder.Events)
			var got []string
			for event := range recorder.Events {
				got = append(got, event)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

// Other kinds have no state; what they stall on is told alike.
func TestTellOfOtherKinds(t *testing.T) {
	stalled := v1alpha1.ObjectStatus{Conditions: []metav1.Condition{{Type: v1alpha1.ConditionStalled, Status: metav1.ConditionTrue, Reason: "Invalid", Message: "100% wrong"}}}
	for _, kind := range kinds() {
		if kind.name == "Area" {
			continue
		}
		recorder := kubeevents.NewFakeRecorder(10)
		well, ill := kind.make(), kind.make()
		*kind.common(ill) = stalled
		for _, turn := range []struct {
			reason string
			tell   func()
			want   int
		}{
			{"it stalls", func() { events{recorder}.tell(kind, well, ill) }, 1},
			{"it stays so", func() { events{recorder}.tell(kind, ill, ill) }, 1},
			{"it recovers", func() { events{recorder}.tell(kind, ill, well) }, 2},
			{"it stays well", func() { events{recorder}.tell(kind, well, well) }, 2},
		} {
			if turn.tell(); len(recorder.Events) != turn.want {
				t.Errorf("%s: %s: %d events were told, want %d", kind.name, turn.reason, len(recorder.Events), turn.want)
			}
		}
		if got, want := []string{<-recorder.Events, <-recorder.Events}, []string{"Warning Invalid 100% wrong", "Normal Recovered it is stalled no longer: Invalid is over"}; !cmp.Equal(got, want) {
			t.Errorf("%s: %q, want %q", kind.name, got, want)
		}
	}
}
