package operator

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

func named[T any, O object[T]](name string) O {
	made := O(new(T))
	made.SetName(name)
	return made
}

func inOwn[T any, O object[T]](name string) O {
	made := named[T, O](name)
	made.SetNamespace(DefaultNamespace)
	return made
}

// head is what a policy begins with.
const head = "# METADATA\n# title: own\n# custom: {severity: high}\n"

// objectText is the manifest of an object; spec is in YAML's flow style.
func objectText(kind, name, spec string) string {
	namespace := ""
	if kind == "Area" || kind == "RoleAssignment" {
		namespace = "namespace: remit-system, "
	}
	return fmt.Sprintf("---\napiVersion: remit.dev/v1alpha1\nkind: %s\nmetadata: {%sname: %s}\nspec: %s\n", kind, namespace, name, spec)
}

// What the API server cannot know becomes Stalled, with a reason and what to do.
func TestBadInput(t *testing.T) {
	type (
		policy     = v1alpha1.ResponsibilityPolicy
		assignment = v1alpha1.RoleAssignment
		team       = v1alpha1.Team
		area       = v1alpha1.Area
		ownership  = v1alpha1.OwnershipSource
	)
	folder := t.TempDir()
	files := filepath.Join(folder, "files")
	if err := os.Mkdir(files, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(folder, filepath.Join(files, "out")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "secret.rego"), []byte("package outside\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		reason string
		kind   string
		spec   string
		object client.Object
		want   expected
	}{
		"no-configmap": {
			"there is none", "OwnershipSource", "{people: {configMap: {name: missing}}}", named[ownership]("no-configmap"),
			expected{stalled: "ConfigMapNotFound", message: []string{"spec.people.configMap.name", `"missing"`, "create it there"}},
		},
		"no-key": {
			"a slip in the key", "OwnershipSource", "{people: {configMap: {name: bad-keys, key: poeple.yaml}}}", named[ownership]("no-key"),
			expected{stalled: "ConfigMapKeyNotFound", message: []string{`no key "poeple.yaml"`, "did you mean `people.yaml`?"}},
		},
		"several-keys": {
			"none is named", "OwnershipSource", "{people: {configMap: {name: bad-keys}}}", named[ownership]("several-keys"),
			expected{stalled: "ConfigMapKeyNotFound", message: []string{"has 2 keys", "other.yaml, people.yaml"}},
		},
		"binary": {
			"no text", "OwnershipSource", "{people: {configMap: {name: bad-keys, key: binary}}}", named[ownership]("binary"),
			expected{stalled: "ConfigMapKeyNotText", message: []string{"UTF-8"}},
		},
		"broken-people": {
			"a slip on a line", "OwnershipSource", "{people: {configMap: {name: bad-people}}}", named[ownership]("broken-people"),
			expected{stalled: "ContentInvalid", message: []string{"line 3"}},
		},
		"no-files": {
			"a path that leaves the folder", "OwnershipSource", "{git: {path: ../elsewhere}}", named[ownership]("no-files"),
			expected{stalled: "OutsideFiles", message: []string{"spec.git.path", "--files-root"}},
		},
		"by-link": {
			"a path that leaves it by a link", "OwnershipSource", "{people: {path: out/people.yaml}}", named[ownership]("by-link"),
			expected{stalled: "OutsideFiles", message: []string{"spec.people.path"}},
		},
		"strange-role": {
			"no such role", "OwnershipSource", "{people: {configMap: {name: bad-people}}, authoritative: {roles: [aprover]}}", named[ownership]("strange-role"),
			expected{stalled: "RoleUnknown", message: []string{"did you mean `approver`?"}},
		},
		"policy-by-link": {
			"a policy's path leaves it by a link", "ResponsibilityPolicy", "{regoFile: out/secret.rego}", named[policy]("policy-by-link"),
			expected{stalled: "OutsideFiles", message: []string{"spec.regoFile"}},
		},
		"policy-no-file": {
			"there is none", "ResponsibilityPolicy", "{regoFile: missing.rego}", named[policy]("policy-no-file"),
			expected{stalled: "FileUnreadable", message: []string{"spec.regoFile: missing.rego cannot be read: no such file or directory; name"}},
		},
		"policy-no-configmap": {
			"there is none", "ResponsibilityPolicy", "{regoConfigMap: {name: missing}}", named[policy]("policy-no-configmap"),
			expected{stalled: "ConfigMapNotFound", message: []string{"spec.regoConfigMap.name"}},
		},
		"policy-syntax": {
			"no Rego", "ResponsibilityPolicy", `{rego: "# METADATA\n# title: own\n# custom: {severity: high}\npackage own\n\ndeny contains\n"}`, named[policy]("policy-syntax"),
			expected{stalled: "CompileError", message: []string{"line 7"}},
		},
		"policy-far-syntax": {
			"no Rego, in a ConfigMap", "ResponsibilityPolicy", "{regoConfigMap: {name: bad-rego}}", named[policy]("policy-far-syntax"),
			expected{stalled: "CompileError", message: []string{"line 7"}},
		},
		"policy-library": {
			"no such policy", "ResponsibilityPolicy", "{library: accountable-holdr}", named[policy]("policy-library"),
			expected{stalled: "LibraryUnknown", message: []string{"did you mean `accountable-holder`?"}},
		},
		"policy-parameter": {
			"no such parameter", "ResponsibilityPolicy", "{library: shared-responsibility, parameters: {maxx: 1}}", named[policy]("policy-parameter"),
			expected{stalled: "ParameterInvalid", message: []string{"spec.parameters.maxx"}},
		},
		"policy-parameter-type": {
			"a text for a number", "ResponsibilityPolicy", "{library: shared-responsibility, parameters: {min_people: many}}", named[policy]("policy-parameter-type"),
			expected{stalled: "ParameterInvalid", message: []string{"spec.parameters.min_people"}},
		},
		"no-parent": {
			"there is none", "Area", "{parent: cycle-on}", inOwn[area]("no-parent"),
			expected{stalled: "ParentNotFound", message: []string{`no Area "cycle-on"`, "did you mean `cycle-one`?"}},
		},
		"cycle-one": {
			"its own ancestor", "Area", "{parent: cycle-two}", inOwn[area]("cycle-one"),
			expected{stalled: "ParentCycle", message: []string{"cycle-one → cycle-two → cycle-one"}},
		},
		"cycle-two": {
			"the other of them", "Area", "{parent: cycle-one}", inOwn[area]("cycle-two"),
			expected{stalled: "ParentCycle", message: []string{"cycle-one → cycle-two → cycle-one"}},
		},
		"area-role": {
			"no such role", "Area", `{roles: [{role: acountable, holders: ["user:alice"]}]}`, inOwn[area]("area-role"),
			expected{stalled: "RoleUnknown", message: []string{"did you mean `accountable`?"}},
		},
		"assigned-nowhere": {
			"no such Area", "RoleAssignment", `{area: area-rol, role: accountable, holders: ["user:alice"]}`, inOwn[assignment]("assigned-nowhere"),
			expected{stalled: "AreaNotFound", message: []string{"spec.area", "did you mean `area-role`?"}},
		},
		"assigned-role": {
			"no such role", "RoleAssignment", `{area: area-role, role: captain, holders: ["user:alice"]}`, inOwn[assignment]("assigned-role"),
			expected{stalled: "RoleUnknown", message: []string{"use one of accountable, responsible, approver", "add it to the RoleConfiguration"}},
		},
		"team-first":   {"the first keeps its name", "Team", `{id: acme/twice}`, named[team]("team-first"), expected{ready: "Accepted"}},
		"team-second":  {"one team twice", "Team", `{id: acme/twice}`, named[team]("team-second"), expected{stalled: "Duplicate", message: []string{"team team-first"}}},
		"team-cycle-a": {"its own ancestor", "Team", `{id: acme/a, parent: acme/b}`, named[team]("team-cycle-a"), expected{stalled: "ParentCycle"}},
		"team-cycle-b": {"the other", "Team", `{id: acme/b, parent: acme/a}`, named[team]("team-cycle-b"), expected{stalled: "ParentCycle"}},
	}
	s := newScene(t)
	keys := configMap("bad-keys", map[string]string{"people.yaml": "people: []\n", "other.yaml": "people: []\n"})
	keys.BinaryData = map[string][]byte{"binary": {0xff, 0xfe, 0x00}}
	s.keep(keys)
	s.keep(configMap("bad-people", map[string]string{"people.yaml": "people:\n- id: alice\n- {id: bob, kind: robot}\n"}))
	s.keep(configMap("bad-rego", map[string]string{"own.rego": head + "package own\n\ndeny contains\n"}))
	var manifests strings.Builder
	for name, test := range tests {
		manifests.WriteString(objectText(test.kind, name, test.spec))
	}
	s.apply(manifests.String())
	s.start(func(options *Options) { options.Files = files })
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			on := *s
			on.t = t
			on.expect(test.object, test.want)
			if given, is := test.object.(*assignment); is && given.Status.Phase != v1alpha1.AssignmentRefused {
				t.Errorf("its phase is %s", given.Status.Phase)
			}
		})
	}
}

// Without --files no path is followed.
func TestPathsWithoutFiles(t *testing.T) {
	s := newScene(t)
	s.apply(objectText("OwnershipSource", "path", "{git: {path: checkouts}}") + objectText("ResponsibilityPolicy", "file", "{regoFile: own.rego}"))
	s.start(nil)
	s.expect(sourceNamed("path"), expected{stalled: "NoFiles", message: []string{"spec.git.path", "--files DIR"}})
	s.expect(named[v1alpha1.ResponsibilityPolicy]("file"), expected{stalled: "NoFiles", message: []string{"spec.regoFile"}})
}

// What the API server can know it refuses, and names the field.
func TestRefusedInput(t *testing.T) {
	s := newScene(t)
	paths := make([]string, 101)
	for i := range paths {
		paths[i] = fmt.Sprintf("/path%d/", i)
	}
	tests := map[string]struct {
		reason, manifest string
		words            []string
	}{
		"paths": {
			"more paths than an Area may have", objectText("Area", "wide", "{scope: {repositories: [{name: acme/shop, paths: ["+strings.Join(paths, ", ")+"]}]}}"),
			[]string{"spec.scope.repositories[0].paths", "must have at most"},
		},
		"url":         {"no https", objectText("OwnershipSource", "url", `{git: {url: "http://git.acme.example/acme/shop"}}`), []string{"spec.git.url", "want https://HOST/PATH"}},
		"url's token": {"a token in it", objectText("OwnershipSource", "url", `{git: {url: "https://me:word@git.acme.example/acme/shop"}}`), []string{"spec.git.url", "credentials go into a Secret"}},
		"credentials": {"they would be sent nowhere", objectText("OwnershipSource", "url", `{people: {configMap: {name: a}}, credentials: {read: {name: a}}}`), []string{"spec.credentials", "only a clone URL"}},
		"roles":       {"there is one", objectText("RoleConfiguration", "another", `{roles: [{name: accountable}]}`), []string{"metadata.name"}},
		"both":        {"two texts", objectText("ResponsibilityPolicy", "both", `{library: shared-responsibility, rego: "package a"}`), []string{"exactly one"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { s.refused(t, test.manifest, test.words...) })
	}
}

// A ConfigMap at 1 MiB of people is read, and so is one more person.
func TestLargePeople(t *testing.T) {
	s := newScene(t)
	var people strings.Builder
	people.WriteString("people:\n")
	count := 0
	for ; people.Len() < 1<<20-200; count++ {
		fmt.Fprintf(&people, "- {id: person%05d, name: Person Number %05d, emails: [person%05d@acme.example]}\n", count, count, count)
	}
	people.WriteString("#" + strings.Repeat("x", 1<<20-people.Len()-len("people.yaml")-2) + "\n") // keys count, too
	s.keep(configMap("large", map[string]string{"people.yaml": people.String()}))
	s.apply(objectText("OwnershipSource", "large", "{people: {configMap: {name: large}}}"))
	s.start(nil)
	source := sourceNamed("large")
	s.expect(source, expected{ready: "Accepted"})
	if int(source.Status.People) != count || count < 9000 {
		t.Errorf("%d people of %d", source.Status.People, count)
	}
}

// A policy of 10,000 lines is compiled, and judges.
func TestLongPolicy(t *testing.T) {
	s := newScene(t)
	var rego strings.Builder
	rego.WriteString(head + "package remit.policies.long\n\n")
	for i := 0; strings.Count(rego.String(), "\n") < 9_995; i++ {
		fmt.Fprintf(&rego, "deny contains {\"key\": \"k%d\", \"message\": \"it is called %d\"} if {\n\tinput.area.id == \"remit-system/%d\"\n}\n\n", i, i, i)
	}
	s.keep(configMap("long", map[string]string{"long.rego": rego.String()}))
	s.apply(objectText("ResponsibilityPolicy", "long", "{regoConfigMap: {name: long}}") + objectText("Area", "'7'", "{}"))
	began := time.Now()
	s.start(nil)
	policy := named[v1alpha1.ResponsibilityPolicy]("long")
	s.expect(policy, expected{ready: "Accepted"})
	if policy.Status.Findings != 1 {
		t.Errorf("%d findings; area 7 has one", policy.Status.Findings)
	}
	t.Logf("%d lines, %d bytes: compiled and judged within %s", strings.Count(rego.String(), "\n"), rego.Len(), time.Since(began).Round(time.Millisecond))
}

// Two instances of one policy of the library judge by their own parameters, and what they find is kept apart.
func TestTwoInstances(t *testing.T) {
	s := newScene(t)
	s.keep(configMap("alice", map[string]string{"people.yaml": "people: [{id: alice}]\n"}))
	s.apply(objectText("OwnershipSource", "alice", "{people: {configMap: {name: alice}}}") + objectText("ResponsibilityPolicy", "shared-two", "{library: shared-responsibility, parameters: {min_people: 2}}") +
		objectText("ResponsibilityPolicy", "shared-one", "{library: shared-responsibility, parameters: {min_people: 1}}") +
		objectText("Area", "alone", `{tier: critical, roles: [{role: accountable, holders: ["user:alice"]}, {role: responsible, holders: ["user:alice"]}]}`))
	s.start(nil)
	two, one := named[v1alpha1.ResponsibilityPolicy]("shared-two"), named[v1alpha1.ResponsibilityPolicy]("shared-one")
	s.expect(two, expected{ready: "Accepted"})
	s.expect(one, expected{ready: "Accepted"})
	if two.Status.Findings != 1 || one.Status.Findings != 0 || two.Status.Subjects != 1 || one.Status.Subjects != 1 {
		t.Errorf("two: %+v\none: %+v", two.Status, one.Status)
	}
	area := s.area("alone")
	if len(area.Status.Findings) != 1 || area.Status.Findings[0].Policy != "shared-two" {
		t.Errorf("%+v", area.Status.Findings)
	}
}
