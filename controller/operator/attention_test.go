package operator

import (
	"fmt"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// ofEachKind are an object of each kind whose status passes write, by kind, with what can be suspended of them.
func ofEachKind() (manifest string, objects map[string]client.Object) {
	manifest = objectText("Area", "shop", "{suspend: %[1]t, description: sells}") +
		objectText("RoleAssignment", "lead", `{suspend: %[1]t, area: shop, role: accountable, holders: ["user:alice"]}`) +
		objectText("Team", "shop", "{suspend: %[1]t, id: acme/shop}") +
		objectText("ResponsibilityPolicy", "holder", "{suspend: %[1]t, library: accountable-holder}") +
		objectText("OwnershipSource", "staff", "{suspend: %[1]t, people: {configMap: {name: staff}}}")
	return manifest, map[string]client.Object{
		"area": inOwn[v1alpha1.Area]("shop"), "roleassignment": inOwn[v1alpha1.RoleAssignment]("lead"), "team": named[v1alpha1.Team]("shop"),
		"responsibilitypolicy": named[v1alpha1.ResponsibilityPolicy]("holder"), "ownershipsource": sourceNamed("staff"),
	}
}

// What is suspended says so and is not in force, and comes back.
func TestSuspend(t *testing.T) {
	s := newScene(t)
	s.keep(configMap("staff", map[string]string{"people.yaml": "people: [{id: alice}]\n"}))
	manifest, objects := ofEachKind()
	s.apply(fmt.Sprintf(manifest, false))
	s.start(nil)
	for _, suspended := range []bool{false, true, false} {
		s.apply(fmt.Sprintf(manifest, suspended))
		for kind, object := range objects {
			want := expected{ready: "Accepted"}
			switch {
			case suspended:
				want = expected{ready: "Suspended", message: []string{"set it to false"}}
			case kind == "area":
				want = expected{ready: "Judged"}
			}
			s.expect(object, want)
		}
		wantPhase := v1alpha1.AssignmentInForce
		if suspended {
			wantPhase = v1alpha1.AssignmentSuspended
		}
		if phase := objects["roleassignment"].(*v1alpha1.RoleAssignment).Status.Phase; phase != wantPhase {
			t.Errorf("suspended %t: the assignment is %s", suspended, phase)
		}
	}
}

// The annotation remit.dev/reconcile-at is followed for each kind, and a source is looked at at once. Other annotations ask for
// nothing.
func TestReconcileAt(t *testing.T) {
	s := newScene(t)
	s.keep(configMap("staff", map[string]string{"people.yaml": "people: [{id: alice}]\n"}))
	manifest, objects := ofEachKind()
	objects["roleconfiguration"] = named[v1alpha1.RoleConfiguration]("default")
	s.apply(fmt.Sprintf(manifest, false) + objectText("RoleConfiguration", "default", "{roles: [{name: accountable}, {name: approver}]}"))
	s.start(nil)
	for kind, object := range objects {
		s.expect(object, expected{})
		arguments := []string{"annotate", "--overwrite", kind, object.GetName(), v1alpha1.AnnotationReconcileAt + "=2026-11-22"}
		if object.GetNamespace() != "" {
			arguments = append(arguments, "-n", object.GetNamespace())
		}
		s.Kubectl(t, arguments...)
		s.eventually(func() error {
			if status := s.expect(object, expected{}); status.LastHandledReconcileAt != "2026-11-22" {
				return fmt.Errorf("%s: %+v", kind, status)
			}
			return nil
		})
	}
}

// A ConfigMap that changes is noticed within seconds, whatever the interval: one with people, and one with a policy.
func TestConfigMapsAreWatched(t *testing.T) {
	s := newScene(t)
	rego := func(word string) string {
		return head + "package remit.policies.own\n\ndeny contains {\"key\": \"own\", \"message\": \"" + word + "\"}\n"
	}
	s.keep(configMap("staff", map[string]string{"people.yaml": "people: [{id: alice}]\n"}))
	s.keep(configMap("own", map[string]string{"own.rego": rego("first")}))
	s.apply(objectText("OwnershipSource", "staff", "{interval: 24h, people: {configMap: {name: staff}}}") +
		objectText("ResponsibilityPolicy", "own", "{regoConfigMap: {name: own}}") + objectText("Area", "shop", "{}"))
	s.start(nil)
	source := sourceNamed("staff")
	message := func() string {
		if findings := s.area("shop").Status.Findings; len(findings) == 1 {
			return findings[0].Message
		}
		return ""
	}
	within := func(what string, is func() bool) {
		t.Helper()
		began := time.Now()
		s.eventually(func() error {
			if s.expect(source, expected{}); !is() {
				return fmt.Errorf("%s: %+v, %+v", what, source.Status, s.area("shop").Status.Findings)
			}
			return nil
		})
		t.Logf("%s after %s", what, time.Since(began).Round(time.Millisecond))
	}
	within("first", func() bool { return source.Status.People == 1 && message() == "first" })
	s.keep(configMap("staff", map[string]string{"people.yaml": "people: [{id: alice}, {id: bob}]\n"}))
	within("people", func() bool { return source.Status.People == 2 })
	s.keep(configMap("own", map[string]string{"own.rego": rego("second")}))
	within("policy", func() bool { return message() == "second" })
}
