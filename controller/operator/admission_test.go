package operator

import (
	"errors"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Who runs the controller as another account reads which file to look into, not that Remediations are made by Remit alone.
func TestOwnAccount(t *testing.T) {
	remediations := schema.GroupResource{Group: "remit.dev", Resource: "remediations"}
	tests := map[string]struct {
		reason string
		err    error
		want   bool
	}{
		"by the policy": {"it knows another account", apierrors.NewForbidden(remediations, "a", errors.New("ValidatingAdmissionPolicy '"+policyName+"' denied request")), true},
		"by RBAC":       {"the account lacks a right", apierrors.NewForbidden(remediations, "a", errors.New("cannot create resource")), false},
		"a conflict":    {"somebody else wrote", apierrors.NewConflict(remediations, "a", errors.New(policyName)), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := ownAccount(test.err)
			if is := strings.Contains(got.Error(), "crds/admission/remediations.yaml"); is != test.want || !errors.Is(got, test.err) {
				t.Errorf("%s: %v", test.reason, got)
			}
		})
	}
	if ownAccount(nil) != nil {
		t.Error("an error is made of none")
	}
}
