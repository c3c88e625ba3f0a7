package operator

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// What a RoleAssignment says of itself is true of its time: one that has ended does not claim to count.
func TestAssignmentStatus(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	before, after := &metav1.Time{Time: now.Add(-time.Hour)}, &metav1.Time{Time: now.Add(time.Hour)}
	tests := map[string]struct {
		reason   string
		spec     v1alpha1.RoleAssignmentSpec
		problems []ownership.Problem
		want     []string // phase, status and reason of Ready, message
	}{
		"in force": {"its time is now", v1alpha1.RoleAssignmentSpec{ValidFrom: before, ValidUntil: after}, nil, []string{"InForce", "True", "Accepted", "the assignment is in force"}},
		"to come": {
			"it says when it begins", v1alpha1.RoleAssignmentSpec{ValidFrom: after}, nil,
			[]string{"Pending", "True", "Pending", "it comes into force at 2026-03-02T10:00:00Z"},
		},
		"over": {
			"it says when it ended", v1alpha1.RoleAssignmentSpec{ValidUntil: before}, nil,
			[]string{"Ended", "True", "Ended", "it ended at 2026-03-02T08:00:00Z, and may be deleted"},
		},
		"suspended": {
			"that is told before its time", v1alpha1.RoleAssignmentSpec{ValidUntil: before, Suspend: true}, nil,
			[]string{"Suspended", "False", "Suspended", "spec.suspend is true; set it to false to go on"},
		},
		"wrong": {
			"errors come first", v1alpha1.RoleAssignmentSpec{ValidFrom: after}, []ownership.Problem{{Reason: "AreaNotFound", Message: "no Area"}},
			[]string{"Refused", "False", "AreaNotFound", "no Area"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			status := assignmentStatus(&v1alpha1.RoleAssignment{Spec: test.spec}, test.problems, now)
			ready := find(status.Conditions, v1alpha1.ConditionReady)
			if diff := cmp.Diff(test.want, []string{status.Phase, string(ready.Status), ready.Reason, ready.Message}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

// The condition of an area that is judged says what it lacks.
func TestJudgedText(t *testing.T) {
	unmet := ownership.Requirement{Role: ownership.Accountable, Status: ownership.Unmet, Reason: "no accountable holder is declared"}
	partly := ownership.Requirement{Role: ownership.Approver, Status: ownership.PartlyUnmet, Reason: "1 of 3 files has no code owner"}
	met := ownership.Requirement{Role: ownership.OnCall, Status: ownership.Met}
	tests := map[string]struct {
		reason       string
		requirements []ownership.Requirement
		want         string
	}{
		"owned":   {"nothing is lacking", []ownership.Requirement{met}, "the area was judged on complete facts"},
		"unowned": {"one thing is", []ownership.Requirement{met, unmet}, "the area was judged on complete facts: no accountable holder is declared"},
		"several": {"the first is told", []ownership.Requirement{partly, unmet}, "the area was judged on complete facts: 1 of 3 files has no code owner (and 1 more)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := judgedText(&ownership.AreaResult{Requirements: test.requirements}); got != test.want {
				t.Errorf("%s: %q", test.reason, got)
			}
		})
	}
}
