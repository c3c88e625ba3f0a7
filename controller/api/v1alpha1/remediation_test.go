package v1alpha1_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/remit-dev/remit/controller/internal/kindcases"
)

const planHash = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"

// newRemediation stores a Remediation with or without what may be left out.
func newRemediation(t *testing.T, of, name string) *unstructured.Unstructured {
	t.Helper()
	object := objectOf(t, kindcases.Remediations()[of].Manifest())
	object.SetName(name)
	return create(t, resources(t)("Remediation"), object)
}

// What Remit planned does not change, neither by what is written nor by what is left out; what people may write does.
func TestPlansDoNotChange(t *testing.T) {
	remediations := resources(t)("Remediation")
	least, whole := newRemediation(t, "Least", "least"), newRemediation(t, "Whole", "whole")
	another := fmt.Sprintf("%064d", 7)
	for name, c := range map[string]struct {
		reason string
		of     *unstructured.Unstructured
		change map[string]any // the fields of the spec that are written; nil removes one
		want   []string
	}{
		"hash":             {reason: "another plan is another object", of: least, change: map[string]any{"planHash": another}, want: []string{"spec.planHash"}},
		"summary added":    {reason: "nothing is said of it later", of: least, change: map[string]any{"summary": "harmless"}, want: []string{"spec.summary"}},
		"summary":          {reason: "people approve what they read", of: whole, change: map[string]any{"summary": "harmless"}, want: []string{"spec.summary"}},
		"summary removed":  {reason: "nothing that was read goes away", of: whole, change: map[string]any{"summary": nil}, want: []string{"spec.summary"}},
		"mode":             {reason: "a plan that is recorded is not one that awaits approval", of: least, change: map[string]any{"mode": "Enforce"}, want: []string{"spec.mode"}},
		"areas":            {reason: "what it is about", of: least, change: map[string]any{"areas": []any{"shop/pay", "shop/web"}}, want: []string{"spec.areas"}},
		"a change":         {reason: "what is done", of: least, change: map[string]any{"changes": []any{map[string]any{"id": "1", "target": "kubernetes", "operation": "remove-label", "object": "namespace pay", "area": "shop/pay", "role": "accountable"}}}, want: []string{"spec.changes"}},
		"one field more":   {reason: "what is done, and why", of: least, change: map[string]any{"changes": []any{map[string]any{"id": "1", "target": "kubernetes", "operation": "set-label", "object": "namespace pay", "area": "shop/pay", "role": "accountable", "reason": "no harm"}}}, want: []string{"spec.changes"}},
		"one field fewer":  {reason: "a brake that holds goes on holding", of: whole, change: map[string]any{"changes": []any{map[string]any{"id": "1", "target": "kubernetes", "operation": "set-label", "object": "namespace pay", "before": "a", "after": "b", "area": "shop/pay", "role": "accountable", "holders": []any{"team:acme/pay"}, "loses": []any{"team:acme/old"}, "until": "2026-01-01T00:00:00Z", "reason": "r", "reversible": true}}}, want: []string{"spec.changes"}},
		"total":            {reason: "how much is done", of: least, change: map[string]any{"total": int64(2)}, want: []string{"spec.total"}},
		"approval":         {reason: "people approve", of: least, change: map[string]any{"approval": map[string]any{"planHash": planHash, "by": "ann"}}},
		"approval of less": {reason: "of this very plan", of: least, change: map[string]any{"approval": map[string]any{"planHash": another, "by": "ann"}}, want: []string{"spec.approval.planHash"}},
		"withdrawn":        {reason: "people change their minds", of: whole, change: map[string]any{"approval": nil, "override": nil}},
		"override":         {reason: "people override", of: least, change: map[string]any{"override": map[string]any{"planHash": planHash, "by": "ann"}}},
		"suspend":          {reason: "people stop", of: least, change: map[string]any{"suspend": true}},
		"resumed":          {reason: "people go on", of: whole, change: map[string]any{"suspend": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			patch, err := json.Marshal(map[string]any{"spec": c.change})
			must(t, err)
			_, err = remediations.Patch(t.Context(), c.of.GetName(), types.MergePatchType, patch, metav1.PatchOptions{DryRun: strict.DryRun})
			if diff := gocmp.Diff(c.want, fieldsOf(t, err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s%v", c.reason, diff, err)
			}
			if err != nil && c.want[0] != "spec.approval.planHash" && !strings.Contains(err.Error(), planDoesNotChange) {
				t.Errorf("the answer does not say what may be changed: %v", err)
			}
		})
	}
}

// Somebody approves by applying the approval alone. It is theirs then: Remit can apply its plan again without taking it away, and
// who gave it takes it back by applying nothing.
func TestApprovalByApply(t *testing.T) {
	remediations := resources(t)("Remediation")
	plan := objectOf(t, kindcases.Remediations()["Least"].Manifest())
	plan.SetName("applied")
	apply := func(manager string, object *unstructured.Unstructured) *unstructured.Unstructured {
		t.Helper()
		stored, err := remediations.Apply(t.Context(), "applied", object, metav1.ApplyOptions{FieldManager: manager})
		must(t, err)
		return stored
	}
	approvalOf := func(object *unstructured.Unstructured) string {
		by, _, _ := unstructured.NestedString(object.Object, "spec", "approval", "by")
		return by
	}
	head := "apiVersion: remit.dev/v1alpha1\nkind: Remediation\nmetadata: {name: applied}\n"
	apply("remit", plan)
	if by := approvalOf(apply("ann", objectOf(t, head+"spec: {approval: {planHash: "+planHash+", by: ann}}"))); by != "ann" {
		t.Fatalf("approved by %q", by)
	}
	if by := approvalOf(apply("remit", plan)); by != "ann" {
		t.Errorf("Remit applied its plan, and the approval is %q", by)
	}
	_, err := remediations.Apply(t.Context(), "applied", objectOf(t, head+"spec: {approval: {planHash: "+planHash+", by: bob}}"), metav1.ApplyOptions{FieldManager: "bob"})
	if fields := fieldsOf(t, err); !slices.Contains(fields, ".spec.approval.by") {
		t.Errorf("another one's approval is a conflict: %v", err)
	}
	withdrawn := apply("ann", objectOf(t, head))
	if by := approvalOf(withdrawn); by != "" {
		t.Errorf("withdrawn, and approved by %q", by)
	}
	if hash, _, _ := unstructured.NestedString(withdrawn.Object, "spec", "planHash"); hash != planHash {
		t.Errorf("the plan went with the approval: %v", withdrawn)
	}
}
