package operator

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubeevents "k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// action is what Remit does whenever it tells something.
const action = "Judge"

// events tell people what has turned.
type events struct{ recorder kubeevents.EventRecorder }

// tell tells what has turned with a status:
//
//	an Area comes into another state            a warning if it is Unowned or Partial
//	an object stalls, or does no longer         a warning, or not
//	an Area drifts, or is in sync again         a warning, or not
//
// The first status of an object tells only that it stalls: 10,000 new objects are no news.
func (e events) tell(k kind, before, after client.Object) {
	was, is := k.common(before), k.common(after)
	first := len(was.Conditions) == 0
	if area, isArea := after.(*v1alpha1.Area); isArea && !first {
		earlier := mustBe[*v1alpha1.Area](before)
		if earlier.Status.State != area.Status.State && area.Status.State != "" {
			e.send(after, warnsOf(area.Status.State), "State"+string(area.Status.State),
				fmt.Sprintf("the area was %s and is %s%s", earlier.Status.State, area.Status.State, why(area)))
		}
	}
	stalled, had := find(is.Conditions, v1alpha1.ConditionStalled), find(was.Conditions, v1alpha1.ConditionStalled)
	switch {
	case stalled != nil && (had == nil || had.Reason != stalled.Reason):
		e.send(after, corev1.EventTypeWarning, stalled.Reason, stalled.Message)
	case stalled == nil && had != nil:
		e.send(after, corev1.EventTypeNormal, "Recovered", "it is stalled no longer: "+had.Reason+" is over")
	}
	sync, synced := find(is.Conditions, v1alpha1.ConditionInSync), find(was.Conditions, v1alpha1.ConditionInSync)
	if first || sync == nil || synced == nil || sync.Status == synced.Status {
		return
	}
	switch sync.Status {
	case metav1.ConditionFalse:
		e.send(after, corev1.EventTypeWarning, "Drift", sync.Message)
	case metav1.ConditionTrue:
		e.send(after, corev1.EventTypeNormal, "InSync", sync.Message)
	case metav1.ConditionUnknown: // that facts are unknown is in the state
	}
}

func (e events) send(about client.Object, kind, reason, note string) {
	e.recorder.Eventf(about, nil, kind, reason, action, "%s", bounded(note))
}

func warnsOf(state v1alpha1.AreaState) string {
	if state == v1alpha1.AreaUnowned || state == v1alpha1.AreaPartial {
		return corev1.EventTypeWarning
	}
	return corev1.EventTypeNormal
}

// why is the first requirement that is not met.
func why(area *v1alpha1.Area) string {
	for _, requirement := range area.Status.Requirements {
		if requirement.Status != "Met" && requirement.Reason != "" {
			return ": " + requirement.Reason
		}
	}
	return ""
}
