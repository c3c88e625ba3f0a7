package operator

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/crds"
)

// The kind itself lets no plan change. Should it ever, as an older kind's definition would, then the admission policy still lets nobody
// but Remit change one. Here the kind's own rules are taken away, so that it is seen to.
func TestPlansAreRemitsOwn(t *testing.T) {
	s := newScene(t)
	remit, approver := s.asRemit(), s.user("anna", "approve", "override")
	object := plain(DefaultNamespace, "own")
	if err := remit.Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	patch := func(ctx context.Context, spec string) error {
		return approver.Patch(ctx, object.DeepCopy(), client.RawPatch(types.MergePatchType, []byte(`{"spec": `+spec+`}`)), client.DryRunAll)
	}
	const probe, kindsOwn = `{"mode": "Enforce"}`, "a plan does not change"
	t.Cleanup(func() {
		ctx := context.Background() // the test's own is over
		if err := s.Install(ctx, crds.FS); err != nil {
			t.Error(err)
		}
		s.eventually(func() error {
			if err := patch(ctx, probe); err == nil || !strings.Contains(err.Error(), kindsOwn) {
				return fmt.Errorf("the kind's own rules are not asked again: %w", err)
			}
			return nil
		})
	})
	s.Kubectl(t, "patch", "customresourcedefinition", "remediations."+v1alpha1.Group, "--type=json", "-p",
		`[{"op": "remove", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations"}]`)
	s.eventually(func() error {
		if err := patch(t.Context(), probe); err != nil && strings.Contains(err.Error(), kindsOwn) {
			return err
		}
		return nil
	})
	for name, spec := range map[string]string{
		"the hash":    fmt.Sprintf(`{"planHash": %q}`, strings.Repeat("b", 64)),
		"the mode":    probe,
		"the areas":   `{"areas": ["x/y"]}`,
		"the changes": `{"changes": [{"id": "1", "target": "kubernetes", "operation": "set-label", "object": "namespace b", "area": "remit-system/a", "role": "accountable"}]}`,
		"the summary": `{"summary": "harmless"}`,
		"the total":   `{"total": 2}`,
	} {
		if err := patch(t.Context(), spec); err == nil || !strings.Contains(err.Error(), policyName) || !strings.Contains(err.Error(), "a plan is Remit's own; only approval, override and suspend may be set") {
			t.Errorf("%s: want it refused by the admission policy, got %v", name, err)
		}
	}
	if err := patch(t.Context(), `{"suspend": true}`); err != nil {
		t.Errorf("what is no part of the plan: %v", err)
	}
}
