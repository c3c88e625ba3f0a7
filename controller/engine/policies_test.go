package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/snapshot"
)

// judged runs a pass over a small world with these ResponsibilityPolicies, each the text behind "spec:" on one line. It
// gives the findings as "policy subject key status", the problems, and the result.
func judged(t *testing.T, specs ...string) ([]string, []ownership.Problem, *ownership.Result) {
	t.Helper()
	w := newWorld()
	for i, spec := range specs {
		w.manifests += fmt.Sprintf("---\napiVersion: remit.dev/v1alpha1\nkind: ResponsibilityPolicy\nmetadata: {name: p%d}\nspec: %s\n", i+1, spec)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"acme.yaml": w.manifests, "always.rego": always, "broken.rego": "package remit.policies.broken\n\ndeny contains {\n",
		"role.rego":  strings.Replace(always, `input.area.name == "shop"`, `count(input.declared.depty) == 0`, 1),
		"fails.rego": strings.Replace(always, `input.area.name == "shop"`, `to_number(input.area.name) == 1`, 1),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set, refused, err := manifest.Load(dir)
	if err != nil || len(refused) > 0 {
		t.Fatal(err, refused)
	}
	compiled, problems := CompilePolicies(PolicyInput{Manifests: set, Default: []string{"no-such-policy"}})
	outcome, err := Pass(t.Context(), Input{Now: now, Manifests: set, Policies: compiled, Problems: problems, Sources: []snapshot.Source{
		{Name: "git", Kind: ownership.SourceGit, Observation: w.git}, {Name: "people", Kind: ownership.SourcePeople, Observation: w.people},
	}})
	if err != nil {
		t.Fatal(err)
	}
	result := outcome.Result
	var findings []string
	for _, f := range result.Findings {
		findings = append(findings, strings.Join([]string{f.Policy, f.Subject, f.Key, string(f.Status), string(f.Severity)}, " "))
	}
	return findings, result.Problems, result
}

// always denies the area web/shop.
const always = `# METADATA
# title: Always
# custom: {severity: low, subject: area}
package remit.policies.always

deny contains {"key": "always", "message": "it is so"} if input.area.name == "shop"
`

func TestPolicySettings(t *testing.T) {
	for name, test := range map[string]struct {
		reason string
		specs  []string
		want   []string
		warns  string // part of the one warning; empty for none
		does   string // what the exemption does
	}{
		"two instances": {
			reason: "each object is an instance of its own",
			specs:  []string{"{regoFile: always.rego}", "{regoFile: always.rego, severity: critical}"},
			want:   []string{"p2 web/shop always raised critical", "p1 web/shop always raised low"},
		},
		"suspended":         {reason: "it is not evaluated", specs: []string{"{regoFile: always.rego, suspend: true}"}},
		"another namespace": {reason: "it judges its areas only", specs: []string{"{regoFile: always.rego, match: {namespaces: [ops]}}"}, warns: "matches no area"},
		"another tier":      {reason: "all that is given must hold", specs: []string{"{regoFile: always.rego, match: {namespaces: [web], tiers: [internal]}}"}, warns: "matches no area"},
		"matching": {
			reason: "namespace and tier hold", specs: []string{"{regoFile: always.rego, match: {namespaces: [web], tiers: [critical]}}"},
			want: []string{"p1 web/shop always raised low"},
		},
		"labels": {reason: "the area has no such label", specs: []string{"{regoFile: always.rego, match: {areas: {matchLabels: {a: b}}}}"}, warns: "matches no area"},
		"exempt": {
			reason: "an exemption in force takes nothing away, it only says so",
			specs:  []string{`{regoFile: always.rego, exemptions: [{subject: web/shop, owner: "user:ann", reason: being moved, expires: "2027-01-01T00:00:00Z"}]}`},
			want:   []string{"p1 web/shop always exempt low"}, does: "used 1",
		},
		"exempt by another key": {
			reason: "it is for that key only",
			specs:  []string{`{regoFile: always.rego, exemptions: [{subject: web/shop, key: other, owner: "user:ann", reason: being moved, expires: "2027-01-01T00:00:00Z"}]}`},
			want:   []string{"p1 web/shop always raised low"}, warns: "covers no finding of p1", does: "unused 0",
		},
		"expired": {
			reason: "it does not hold any more",
			specs:  []string{`{regoFile: always.rego, exemptions: [{subject: web/shop, owner: "user:ann", reason: being moved, expires: "2026-11-02T09:00:00Z"}]}`},
			want:   []string{"p1 web/shop always raised low"}, warns: "expired on 2026-11-02", does: "expired 0",
		},
		"exempt under a wrong name": {
			reason: "an area's namespace belongs to its name",
			specs:  []string{`{regoFile: always.rego, exemptions: [{subject: shop, owner: "user:ann", reason: being moved, expires: "2027-01-01T00:00:00Z"}]}`},
			want:   []string{"p1 web/shop always raised low"}, warns: "there is no subject shop", does: "unused 0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, problems, result := judged(t, test.specs...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s:\n%s", test.reason, diff)
			}
			does := ""
			for _, exemption := range result.Exemptions {
				does += fmt.Sprintf("%s %d", exemption.Status, exemption.Findings)
			}
			if does != test.does {
				t.Errorf("the exemption is %q, want %q: %s", does, test.does, test.reason)
			}
			warned := len(problems) == 1 && problems[0].Warning && problems[0].Line > 0 && strings.Contains(problems[0].Message, test.warns)
			if ok := test.warns == "" && len(problems) == 0 || test.warns != "" && warned; !ok {
				t.Errorf("problems: %v, want one warning %q", problems, test.warns)
			}
		})
	}
}

// A bad policy is named with its place and what to do, and harms no other.
func TestBadPoliciesHarmNoOther(t *testing.T) {
	for name, test := range map[string]struct {
		spec string
		want string // part of the problem
	}{
		"no such policy in the library": {"{library: acountable-holder}",
			"the library has no policy \"acountable-holder\"; did you mean `accountable-holder`? use one of accountable-holder, codeowners-hygiene, "},
		"no such file":       {"{regoFile: none.rego}", "none.rego"},
		"of a ConfigMap":     {"{regoConfigMap: {name: policies}}", "a ConfigMap is read in a cluster only; write the text into `rego`"},
		"out of the folder":  {"{regoFile: ../none.rego}", "leaves the folder"},
		"does not parse":     {"{regoFile: broken.rego}", "broken.rego:4"},
		"no such parameter":  {"{library: accountable-holder, parameters: {mx: 2}}", "mx"},
		"no such role":       {"{regoFile: role.rego}", "input.declared.depty does not exist"},
		"fails when it runs": {"{regoFile: fails.rego}", "fails.rego:6"},
	} {
		t.Run(name, func(t *testing.T) {
			findings, problems, result := judged(t, test.spec, "{regoFile: always.rego}")
			if diff := cmp.Diff([]string{"p2 web/shop always raised low"}, findings); diff != "" {
				t.Errorf("the other policy:\n%s", diff)
			}
			if len(problems) != 1 || !strings.Contains(problems[0].Error(), test.want) {
				t.Errorf("problems: %v, want one that says %q", problems, test.want)
			}
			if !slices.ContainsFunc(result.Policies, func(p ownership.PolicyStatus) bool { return p.Name == "p1" && p.Error != "" }) {
				t.Errorf("the status of the policy has no error: %+v", result.Policies)
			}
		})
	}
}

// TestRoleNames: policies may name the roles that are configured, and any where the configuration has errors.
func TestRoleNames(t *testing.T) {
	configured := &manifest.Set{Roles: &manifest.Object[v1alpha1.RoleConfiguration]{}}
	configured.Roles.Value.Spec.Roles = []v1alpha1.RoleDefinition{{Name: "captain"}}
	defaults := []string{"accountable", "responsible", "approver", "oncall", "deputy", "consulted", "informed"}
	for name, test := range map[string]struct {
		reason string
		set    *manifest.Set
		want   []string
	}{
		"none":       {"there are the defaults", &manifest.Set{}, defaults},
		"configured": {"they come after the defaults", configured, append(slices.Clone(defaults), "captain")},
		"invalid":    {"what it was to configure is not known", &manifest.Set{Invalid: map[string]int{"RoleConfiguration": 1}}, []string{policy.AnyRole}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, roleNames(test.set)); diff != "" {
				t.Errorf("%s:\n%s", test.reason, diff)
			}
		})
	}
}

// A report folds what policies of the library repeat, and shows all that others say.
func TestResultSaysWhichPoliciesAreTheLibrarys(t *testing.T) {
	_, _, result := judged(t, "{library: valid-holder}", "{regoFile: always.rego}")
	got := map[string]string{}
	for _, status := range result.Policies {
		got[status.Name] = status.OfLibrary
	}
	if diff := cmp.Diff(map[string]string{"p1": "valid-holder", "p2": ""}, got); diff != "" {
		t.Error(diff)
	}
	compiled, _ := CompilePolicies(PolicyInput{Manifests: &manifest.Set{}, Default: []string{"no-conflict"}})
	if got := compiled.library("no-conflict"); got != "no-conflict" {
		t.Errorf("without manifests: %q", got)
	}
}
