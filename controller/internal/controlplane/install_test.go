package controlplane

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/remit-dev/remit/crds"
)

const area = `
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: checkout, namespace: installed}
spec: {tier: critical}
`

const policy = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: NAME}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [remit.dev], apiVersions: ["*"], operations: [CREATE, UPDATE], resources: [areas]}
  validations:
  - {expression: EXPRESSION, message: areas called cursed are refused}
---
# Says that the policy is asked.
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: NAME}
spec: {policyName: NAME, validationActions: [Deny]}
`

func files(content map[string]string) fstest.MapFS {
	folder := fstest.MapFS{}
	for name, text := range content {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return folder
}

func policyText(name, expression string) string {
	return strings.NewReplacer("NAME", name, "EXPRESSION", expression).Replace(policy)
}

// The objects stand in the wrong order, so that a file's place does not decide.
func TestInstall(t *testing.T) {
	plane := shared.Get(t)
	folder := files(map[string]string{
		"a/area.yaml":              area,
		"admission/policy.yaml":    policyText("cursed", `"object.metadata.name != 'cursed'"`),
		"namespace.yaml":           "apiVersion: v1\nkind: Namespace\nmetadata: {name: installed}\n",
		"README.md":                "no object",
		"nothing-but-comment.yaml": "# no object\n",
	})
	for _, time := range []string{"first", "second"} { // applied again, nothing is wrong
		if err := plane.Install(t.Context(), folder, crds.FS); err != nil {
			t.Fatalf("the %s time: %v", time, err)
		}
	}
	if said := plane.Kubectl(t, "get", "areas.remit.dev", "-n", "installed", "-o", "name"); said != "area.remit.dev/checkout\n" {
		t.Errorf("installed areas: %s", said)
	}
	eventually(t, func() error {
		said, err := plane.TryKubectl(t, strings.Replace(area, "checkout", "cursed", 1), "apply", "--server-side", "--dry-run=server", "-f", "-")
		if err == nil {
			return errNotRefused
		}
		if !strings.Contains(said, "areas called cursed are refused") {
			t.Errorf("refused for another reason: %s", said)
		}
		return nil
	})
}

const errNotRefused = notRefused("an object was admitted")

type notRefused string

func (n notRefused) Error() string { return string(n) }

func TestInstallRefuses(t *testing.T) {
	plane := shared.Get(t)
	must(t, plane.Install(t.Context(), crds.FS))
	cases := map[string]struct{ reason, text, says string }{
		"no YAML":       {reason: "a file that cannot be read has no object to leave out", text: "a: [", says: "install: broken.yaml: "},
		"unknown kind":  {reason: "nothing can be in force", text: "apiVersion: remit.dev/v1alpha1\nkind: Nothing\nmetadata: {name: a}\n", says: "install broken.yaml: "},
		"wrong field":   {reason: "the API server's own message is shown", text: area + "\nwrong: true\n", says: "install broken.yaml: "},
		"no expression": {reason: "no CEL at all", text: policyText("no-cel", `"object.("`), says: "install broken.yaml: "},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := plane.Install(t.Context(), files(map[string]string{"broken.yaml": tc.text}))
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%s, but: %v", tc.reason, err)
			}
		})
	}
}
