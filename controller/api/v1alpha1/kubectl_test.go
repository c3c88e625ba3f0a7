package v1alpha1_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery"
	"sigs.k8s.io/yaml"

	"github.com/remit-dev/remit/controller/internal/kindcases"
)

// storeAll stores an object of each kind with a whole status.
func storeAll(t *testing.T) {
	t.Helper()
	kinds, all := resources(t), kindcases.All()
	all["Remediation/Whole"] = kindcases.Remediations()["Whole"]
	for kind, of := range map[string]string{
		"Area": "Whole", "RoleAssignment": "Whole", "Team": "Whole", "ResponsibilityPolicy": "Library", "OwnershipSource": "Git",
		"RoleConfiguration": "Whole", "Remediation": "Whole",
	} {
		object := objectOf(t, all[kind+"/"+of].Manifest())
		if kind != "RoleConfiguration" {
			object.SetName("shown")
		}
		stored := create(t, kinds(kind), object)
		var status map[string]any
		must(t, yaml.Unmarshal([]byte(kindcases.Statuses()[kind]), &status))
		stored.Object["status"] = status
		_, err := kinds(kind).UpdateStatus(t.Context(), stored, metav1.UpdateOptions{})
		must(t, err)
	}
}

var (
	gaps = regexp.MustCompile(` {2,}`)
	ages = regexp.MustCompile(`\b\d+[smhdy]\d*[smhd]?\b`)
)

// table is what kubectl prints, its columns parted by "|", ages as "AGE".
func table(said string) []string {
	var lines []string
	for line := range strings.Lines(said) {
		lines = append(lines, ages.ReplaceAllString(gaps.ReplaceAllString(strings.TrimSpace(line), "|"), "<age>"))
	}
	return lines
}

// The columns read as a person wants them to.
func TestColumns(t *testing.T) {
	storeAll(t)
	for kind, want := range map[string]struct{ narrow, wide []string }{
		"areas": {
			narrow: []string{"NAME|TIER|STATE|ACCOUNTABLE|ONCALL|COVERAGE|DRIFT|AGE", "shown|gold.1|Unknown|team:acme/pay|user:ann|87%|1|<age>"},
			wide: []string{
				"NAME|TIER|STATE|ACCOUNTABLE|ONCALL|COVERAGE|DRIFT|AGE|FINDINGS|SINCE|SUGGESTED|WHY",
				"shown|gold.1|Unknown|team:acme/pay|user:ann|87%|1|<age>|1|<age>|user:ann|m",
			},
		},
		"roleassignments": {
			narrow: []string{"NAME|AREA|ROLE|HOLDERS|PHASE|UNTIL|AGE", `shown|a|oncall|["user:a"]|InForce|2026-01-01T00:00:01+00:00|<age>`},
			wide: []string{
				"NAME|AREA|ROLE|HOLDERS|PHASE|UNTIL|AGE|FROM|REASON|WHY",
				`shown|a|oncall|["user:a"]|InForce|2026-01-01T00:00:01+00:00|<age>|2026-01-01T00:00:00Z|r|m`,
			},
		},
		"teams.remit.dev": {
			narrow: []string{"NAME|TEAM|PARENT|READY|AGE", "shown|Acme/pay|acme/eng|True|<age>"},
			wide:   []string{"NAME|TEAM|PARENT|READY|AGE|DESCRIPTION|WHY|SUSPENDED", "shown|Acme/pay|acme/eng|True|<age>|d|m|true"},
		},
		"responsibilitypolicies": {
			narrow: []string{"NAME|LIBRARY|SEVERITY|READY|FINDINGS|UNDETERMINED|AGE", "shown|accountable-holder|critical|True|2|1|<age>"},
			wide: []string{
				"NAME|LIBRARY|SEVERITY|READY|FINDINGS|UNDETERMINED|AGE|TIERS|WHY|SUSPENDED",
				`shown|accountable-holder|critical|True|2|1|<age>|["gold"]|m|true`,
			},
		},
		"ownershipsources": {
			narrow: []string{"NAME|KIND|READY|REPOSITORIES|PEOPLE|TEAMS|AGE", "shown|git|True|1|2|3|<age>"},
			wide: []string{
				"NAME|KIND|READY|REPOSITORIES|PEOPLE|TEAMS|AGE|NAMESPACES|INTERVAL|WHY|SUSPENDED",
				"shown|git|True|1|2|3|<age>|4|<age>|m|true",
			},
		},
		"roleconfigurations": {
			narrow: []string{"NAME|ROLES|READY|AGE", "default|accountable, approver|True|<age>"},
			wide:   []string{"NAME|ROLES|READY|AGE|WHY", "default|accountable, approver|True|<age>|m"},
		},
		"remediations": {
			narrow: []string{"NAME|PHASE|CHANGES|MADE|APPROVEDBY|OVERRIDDENBY|AREAS|AGE", `shown|Running|1|1|ann@acme.example|bob@acme.example|["shop/pay","shop/web"]|<age>`},
			wide:   []string{"NAME|PHASE|CHANGES|MADE|APPROVEDBY|OVERRIDDENBY|AREAS|AGE|MODE|SUMMARY|WHY", `shown|Running|1|1|ann@acme.example|bob@acme.example|["shop/pay","shop/web"]|<age>|Propose|s|m`},
		},
	} {
		t.Run(kind, func(t *testing.T) {
			name := "shown"
			if kind == "roleconfigurations" {
				name = "default"
			}
			for options, want := range map[string][]string{"": want.narrow, "-owide": want.wide} {
				arguments := slices.DeleteFunc([]string{"get", kind, name, options}, func(a string) bool { return a == "" })
				if diff := gocmp.Diff(want, table(plane(t).Kubectl(t, arguments...))); diff != "" {
					t.Errorf("kubectl get %s %s (-want +got):\n%s", kind, options, diff)
				}
			}
		})
	}
}

// `kubectl get remit` shows everything that is Remit's, and each short name is one kind's alone.
func TestNames(t *testing.T) {
	storeAll(t)
	everything := plane(t).Kubectl(t, "get", "remit", "-A")
	names := map[string]string{}
	for kind, crd := range definitions(t) {
		if shown := crd.Spec.Names.Singular + ".remit.dev/"; !strings.Contains(everything, shown) {
			t.Errorf("kubectl get remit -A shows no %s:\n%s", kind, everything)
		}
		if len(crd.Spec.Names.ShortNames) == 0 {
			t.Errorf("%s has no short name", kind)
		}
		for _, short := range crd.Spec.Names.ShortNames {
			names[short] = crd.Spec.Names.Plural
			if said := plane(t).Kubectl(t, "get", short, "-A", "-o", "name"); !strings.HasPrefix(said, crd.Spec.Names.Singular+".remit.dev/") {
				t.Errorf("kubectl get %s: %s", short, said)
			}
		}
	}
	client, err := discovery.NewDiscoveryClientForConfig(plane(t).Config())
	must(t, err)
	_, lists, err := client.ServerGroupsAndResources()
	must(t, err)
	for _, list := range lists {
		for _, resource := range list.APIResources {
			for _, short := range append(resource.ShortNames, resource.Name) {
				if names[short] != "" && (list.GroupVersion != "remit.dev/v1alpha1" || names[short] != resource.Name) {
					t.Errorf("%s is the short name of %s, and of %s %s", short, names[short], list.GroupVersion, resource.Name)
				}
			}
		}
	}
}

// kubectl explains each kind, and each field of a scope.
func TestExplain(t *testing.T) {
	said := strings.Join(strings.Fields(plane(t).Kubectl(t, "explain", "area.spec.scope")), " ")
	for _, want := range []string{
		"repositories <[]Object> Repositories are the repositories, or parts of them, that belong to the area.",
		"namespaces <[]Object> Namespaces are namespaces of the cluster", "entities <[]string>",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("want %q in: %s", want, said)
		}
	}
	for kind := range definitions(t) {
		said, err := plane(t).TryKubectl(t, "", "explain", strings.ToLower(kind)+".spec", "--api-version=remit.dev/v1alpha1", "--recursive")
		if err != nil || strings.Contains(said, "<empty>") {
			t.Errorf("%s: %v: %s", kind, err, said)
		}
	}
}

// Whoever writes the spec does not touch the status, and the other way round; only the spec has generations.
func TestStatusIsApart(t *testing.T) {
	areas := resources(t)("Area")
	object := objectOf(t, "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: apart}\nspec: {tier: gold}\nstatus: {state: Owned}\n")
	stored, err := areas.Create(t.Context(), object, metav1.CreateOptions{})
	must(t, err)
	if _, has := stored.Object["status"]; has {
		t.Errorf("a status was created: %v", stored.Object["status"])
	}
	set := func(object *unstructured.Unstructured, tier, state string) *unstructured.Unstructured {
		object = object.DeepCopy()
		must(t, unstructured.SetNestedField(object.Object, tier, "spec", "tier"))
		must(t, unstructured.SetNestedField(object.Object, state, "status", "state"))
		return object
	}
	said := func(object *unstructured.Unstructured) []any {
		tier, _, _ := unstructured.NestedString(object.Object, "spec", "tier")
		state, _, _ := unstructured.NestedString(object.Object, "status", "state")
		return []any{tier, state, object.GetGeneration()}
	}
	stored, err = areas.UpdateStatus(t.Context(), set(stored, "iron", "Unowned"), metav1.UpdateOptions{})
	must(t, err)
	if diff := gocmp.Diff([]any{"gold", "Unowned", int64(1)}, said(stored)); diff != "" {
		t.Errorf("the status was written (-want +got):\n%s", diff)
	}
	stored, err = areas.Update(t.Context(), set(stored, "silver", "Owned"), metav1.UpdateOptions{})
	must(t, err)
	if diff := gocmp.Diff([]any{"silver", "Unowned", int64(2)}, said(stored)); diff != "" {
		t.Errorf("the spec was written (-want +got):\n%s", diff)
	}
}

// Several people apply parts of one object: entries of lists are theirs by name, and a value of two is a conflict.
func TestApplyByTwo(t *testing.T) {
	areas := resources(t)("Area")
	apply := func(manager, spec string) (*unstructured.Unstructured, error) {
		object := objectOf(t, "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: two}\nspec: "+spec+"\n")
		return areas.Apply(t.Context(), "two", object, metav1.ApplyOptions{FieldManager: manager})
	}
	roles := func(object *unstructured.Unstructured) map[string][]any {
		found := map[string][]any{}
		list, _, _ := unstructured.NestedSlice(object.Object, "spec", "roles")
		for _, each := range list {
			role := each.(map[string]any)
			found[role["role"].(string)] = role["holders"].([]any)
		}
		return found
	}
	ann := `{tier: gold, scope: {repositories: [{name: acme/shop, paths: [/pay/]}]}, roles: [{role: accountable, holders: ['team:acme/pay']}, {role: informed, holders: ['user:ann']}]}`
	for _, step := range []struct {
		reason, manager, spec string
		want                  map[string][]any
	}{
		{"the first says all", "ann", ann, map[string][]any{"accountable": {"team:acme/pay"}, "informed": {"user:ann"}}},
		{
			"another adds a role, and a holder of one", "bob", `{roles: [{role: oncall, holders: ['user:bob']}, {role: informed, holders: ['user:bob']}]}`,
			map[string][]any{"accountable": {"team:acme/pay"}, "informed": {"user:ann", "user:bob"}, "oncall": {"user:bob"}},
		},
		{
			"what the first does not say any more goes, and no more", "ann", `{tier: gold, scope: {repositories: [{name: acme/shop, paths: [/pay/]}]}, roles: [{role: accountable, holders: ['team:acme/pay']}]}`,
			map[string][]any{"accountable": {"team:acme/pay"}, "informed": {"user:bob"}, "oncall": {"user:bob"}},
		},
		{
			"paths of one repository are a set", "bob", `{scope: {repositories: [{name: acme/shop, paths: [/web/]}]}}`,
			map[string][]any{"accountable": {"team:acme/pay"}},
		},
	} {
		stored, err := apply(step.manager, step.spec)
		must(t, err)
		if diff := gocmp.Diff(step.want, roles(stored)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.reason, diff)
		}
	}
	stored, err := areas.Get(t.Context(), "two", metav1.GetOptions{})
	must(t, err)
	list, _, _ := unstructured.NestedSlice(stored.Object, "spec", "scope", "repositories")
	if diff := gocmp.Diff([]any{map[string]any{"name": "acme/shop", "paths": []any{"/pay/", "/web/"}}}, list); diff != "" {
		t.Errorf("both paths are claimed (-want +got):\n%s", diff)
	}
	if _, err := apply("bob", `{tier: iron}`); err == nil || !slices.Contains(fieldsOf(t, err), ".spec.tier") {
		t.Errorf("there is one tier: %v", err)
	}
}
