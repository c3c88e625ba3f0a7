package operator

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// Nobody delegates or accepts a role in somebody else's name, and a signature is of what it was put under. Who attests may
// write what others signed elsewhere.
func TestRolesAreSignedByWhoeverSigns(t *testing.T) {
	s := newScene(t)
	const at = "2026-06-20T09:00:00Z"
	signed := func(name string, fields map[string]any) *v1alpha1.RoleAssignment {
		spec := map[string]any{"area": "shop", "role": "accountable", "holders": []any{"user:bob"}}
		for field, value := range fields {
			spec[field] = value
		}
		text, err := json.Marshal(map[string]any{"spec": spec})
		if err != nil {
			t.Fatal(err)
		}
		made := inOwn[v1alpha1.RoleAssignment](name)
		if err := json.Unmarshal(text, made); err != nil {
			t.Fatal(err)
		}
		return made
	}
	byCarol := map[string]any{"delegatedBy": "user:carol"}
	byBob := map[string]any{"acknowledgedBy": "user:bob", "acknowledgedAt": at}
	ann, bob, capital, sync := s.editor("ann"), s.editor("bob"), s.editor("Bob"), s.editor("sync", "attest")
	s.eventually(func() error { // an API server looks for new policies each second
		err := ann.Create(t.Context(), signed("probe", byBob), client.DryRunAll)
		if err != nil && strings.Contains(err.Error(), "acknowledgedBy") {
			return nil
		}
		return fmt.Errorf("it is not refused yet: %w", err)
	})
	for name, test := range map[string]struct {
		reason string
		as     client.Client
		fields map[string]any
		want   string // in the refusal; empty where it is admitted
	}{
		"plain":              {"nothing is signed", ann, nil, ""},
		"own":                {"who accepts", bob, byBob, ""},
		"letters":            {"logins know no upper case", capital, byBob, ""},
		"another":            {"somebody else", ann, byBob, "spec.acknowledgedBy must be who accepts"},
		"delegated":          {"somebody else", ann, byCarol, "spec.delegatedBy must be who delegates"},
		"delegated own":      {"who delegates", ann, map[string]any{"delegatedBy": "user:ann"}, ""},
		"a team delegates":   {"nobody is a team", ann, map[string]any{"delegatedBy": "team:acme/pay"}, "spec.delegatedBy"},
		"attested":           {"who may attest", sync, map[string]any{"delegatedBy": "user:carol", "acknowledgedBy": "user:bob", "acknowledgedAt": at}, ""},
		"one of two is mine": {"each by its own", bob, map[string]any{"delegatedBy": "user:carol", "acknowledgedBy": "user:bob", "acknowledgedAt": at}, "spec.delegatedBy"},
	} {
		t.Run("created/"+name, func(t *testing.T) {
			admitted(t, test.reason, test.as.Create(t.Context(), signed("made", test.fields), client.DryRunAll), test.want)
		})
	}
	stored := signed("stored", map[string]any{"delegatedBy": "user:carol", "acknowledgedBy": "user:bob", "acknowledgedAt": at, "validUntil": "2027-01-01T00:00:00Z"})
	if err := s.admin.Create(t.Context(), stored); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		reason string
		as     client.Client
		fields string // of the spec
		want   string
	}{
		"suspended":  {"what was signed stays", ann, `{"suspend": true}`, ""},
		"reason":     {"a word to it", ann, `{"reason": "leave"}`, ""},
		"taken out":  {"nothing is signed any more", ann, `{"delegatedBy": null, "acknowledgedBy": null, "acknowledgedAt": null}`, ""},
		"longer":     {"nobody agreed to that", ann, `{"validUntil": "2028-01-01T00:00:00Z"}`, "spec.delegatedBy"},
		"other area": {"he accepted the role in another", ann, `{"delegatedBy": null, "area": "web"}`, "spec.acknowledgedBy"},
		"its area":   {"she delegated it in another", ann, `{"acknowledgedBy": null, "acknowledgedAt": null, "area": "web"}`, "spec.delegatedBy"},
		"area, own":  {"he accepts it there now", bob, `{"delegatedBy": null, "area": "web"}`, ""},
		"unsigned":   {"nobody says who accepted it there", ann, `{"delegatedBy": null, "acknowledgedBy": null, "acknowledgedAt": null, "area": "web"}`, ""},
		"moved":      {"who may attest", sync, `{"area": "web"}`, ""},
		"earlier":    {"nobody agreed to that", ann, `{"delegatedBy": null, "validFrom": "2026-01-01T00:00:00Z"}`, "spec.acknowledgedBy"},
		"other role": {"he accepted another", ann, `{"delegatedBy": null, "role": "oncall"}`, "spec.acknowledgedBy"},
		"add":        {"beside others is another thing", ann, `{"delegatedBy": null, "add": true}`, "spec.acknowledgedBy"},
		"holders":    {"she accepted nothing", ann, `{"delegatedBy": null, "holders": ["user:eve"]}`, "spec.acknowledgedBy"},
		"later":      {"a new acceptance in his name", ann, `{"acknowledgedAt": "2026-08-01T00:00:00Z"}`, "spec.acknowledgedBy"},
		"later, own": {"he looked at it again", bob, `{"acknowledgedAt": "2026-08-01T00:00:00Z"}`, ""},
		"renamed":    {"in her name", bob, `{"acknowledgedBy": "user:ann"}`, "spec.acknowledgedBy"},
	} {
		t.Run("changed/"+name, func(t *testing.T) {
			patch := client.RawPatch(types.MergePatchType, []byte(`{"spec": `+test.fields+`}`))
			admitted(t, test.reason, test.as.Patch(t.Context(), inOwn[v1alpha1.RoleAssignment]("stored"), patch, client.DryRunAll), test.want)
		})
	}
}

// admitted checks that a request was admitted; or, where want says something, refused with these words.
func admitted(t *testing.T, reason string, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("%s: %v", reason, err)
		}
		return
	}
	if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `verb "attest"`) {
		t.Errorf("%s: want a refusal with %q, got %v", reason, want, err)
	}
}

// editor is a user who may write RoleAssignments, and has the verbs on them besides.
func (s *scene) editor(name string, verbs ...string) client.Client {
	s.t.Helper()
	role := &rbacv1.ClusterRole{Rules: []rbacv1.PolicyRule{{
		APIGroups: []string{v1alpha1.Group}, Resources: []string{"roleassignments"}, Verbs: append([]string{"create", "patch"}, verbs...),
	}}}
	return s.userWith(name, role)
}
