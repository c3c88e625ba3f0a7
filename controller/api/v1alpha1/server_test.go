package v1alpha1_test

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/go-logr/logr"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/yaml"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
	"github.com/remit-dev/remit/controller/internal/kindcases"
	"github.com/remit-dev/remit/crds"
)

// server is a real API server with the kinds installed, for the tests of this package. The admission policies are not: what is
// tested here is what the kinds themselves take.
var server struct {
	controlplane.Shared
	install sync.Once
	err     error
}

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard()) // controller-runtime complains otherwise
	os.Exit(server.Run(m))
}

// plane gives the control plane with the kinds.
func plane(t *testing.T) *controlplane.ControlPlane {
	t.Helper()
	plane := server.Get(t)
	server.install.Do(func() { server.err = plane.Install(context.Background(), kinds(t)) })
	must(t, server.err)
	return plane
}

// kinds are the files of the kinds, without the admission policies.
func kinds(t *testing.T) fs.FS {
	t.Helper()
	names, err := fs.Glob(crds.FS, "*.yaml")
	must(t, err)
	files := fstest.MapFS{}
	for _, name := range names {
		text, err := crds.FS.ReadFile(name)
		must(t, err)
		files[name] = &fstest.MapFile{Data: text}
	}
	return files
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// resources are the plural names of the kinds in URLs; those that are namespaced are in "default" here.
func resources(t *testing.T) func(kind string) dynamic.ResourceInterface {
	t.Helper()
	client, err := dynamic.NewForConfig(plane(t).Config())
	must(t, err)
	return func(kind string) dynamic.ResourceInterface {
		plural := map[string]string{"ResponsibilityPolicy": "responsibilitypolicies"}[kind]
		if plural == "" {
			plural = strings.ToLower(kind) + "s"
		}
		resource := client.Resource(schema.GroupVersionResource{Group: v1alpha1.Group, Version: v1alpha1.Version, Resource: plural})
		if kind == "Area" || kind == "RoleAssignment" || kind == "Remediation" {
			return resource.Namespace("default")
		}
		return resource
	}
}

// objectOf reads YAML.
func objectOf(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	object := &unstructured.Unstructured{}
	must(t, yaml.Unmarshal([]byte(text), &object.Object))
	return object
}

var (
	unknownField = regexp.MustCompile(`unknown field "([^"]+)"`)
	mapKey       = regexp.MustCompile(`\[([^\]0-9][^\]]*)\]`)
	anyIndex     = regexp.MustCompile(`\[\d+\]`)
)

// causes are what an answer says of fields.
func causes(err error) []metav1.StatusCause {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		return nil
	}
	return status.Status().Details.Causes
}

// fieldsOf are the fields that an API server's answer names, as kindcases writes them; it fails for an answer that says nothing
// of fields.
func fieldsOf(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, match := range unknownField.FindAllStringSubmatch(status.Status().Message, -1) {
		found[match[1]] = true
	}
	for _, cause := range causes(err) {
		path := mapKey.ReplaceAllString(cause.Field, ".$1")
		switch {
		case strings.Contains(cause.Message, "some validation rules were not checked"):
			continue
		case cause.Type == metav1.CauseTypeFieldValueRequired:
			path = path[:max(strings.LastIndexByte(path, '.'), 0)]
		case path == "<nil>":
			path = ""
		}
		found[path] = true
	}
	if len(found) == 0 {
		t.Errorf("the answer names no field: %v", err)
	}
	return slices.Sorted(maps.Keys(found))
}

// create stores an object until the test ends.
func create(t *testing.T, kind dynamic.ResourceInterface, object *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	stored, err := kind.Create(t.Context(), object, metav1.CreateOptions{})
	must(t, err)
	t.Cleanup(func() { must(t, kind.Delete(context.Background(), stored.GetName(), metav1.DeleteOptions{})) })
	return stored
}

// strict is a request that stores nothing, and in which no field may be misspelt.
var strict = metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict}

// A server takes and refuses what the checker of manifests takes and refuses, by the same fields. Every rule has a case that
// breaks it.
func TestServerAgrees(t *testing.T) {
	kinds, said := resources(t), map[string]bool{}
	cases := kindcases.All()
	for name, c := range kindcases.Remediations() {
		cases["Remediation/"+name] = c
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := kinds(c.Kind).Create(t.Context(), objectOf(t, c.Manifest()), strict)
			want := slices.Compact(slices.Sorted(slices.Values(c.Want)))
			if diff := gocmp.Diff(want, fieldsOf(t, err), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-want +got):\n%s%v", c.Reason, diff, err)
			}
			for _, cause := range causes(err) {
				said[c.Kind+" "+anyIndex.ReplaceAllString(cause.Field, "[]")+": "+cause.Message[strings.LastIndex(cause.Message, ": ")+2:]] = true
			}
		})
	}
	for kind, crd := range definitions(t) {
		for _, rule := range rules(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, "") {
			if !said[kind+" "+rule] && !strings.HasSuffix(rule, planDoesNotChange) {
				t.Errorf("no case breaks the rule of %s %s", kind, rule)
			}
		}
	}
}

// planDoesNotChange is what the rules say that need an older object; TestPlansDoNotChange breaks them.
const planDoesNotChange = "a plan does not change; only approval, override and suspend do"

// definitions are the CRDs by kind.
func definitions(t *testing.T) map[string]apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	files, err := fs.Glob(crds.FS, "*.yaml")
	must(t, err)
	found := map[string]apiextensionsv1.CustomResourceDefinition{}
	for _, file := range files {
		text, err := crds.FS.ReadFile(file)
		must(t, err)
		var crd apiextensionsv1.CustomResourceDefinition
		must(t, yaml.UnmarshalStrict(text, &crd))
		found[crd.Spec.Names.Kind] = crd
	}
	return found
}

// rules are the rules of a schema, each as the field that is named where it is broken, and what is said then.
func rules(schema *apiextensionsv1.JSONSchemaProps, path string) (all []string) {
	for _, rule := range schema.XValidations {
		at := cmp.Or(strings.TrimPrefix(path+rule.FieldPath, "."), "<nil>")
		all = append(all, at+": "+rule.Message[strings.LastIndex(": "+rule.Message, ": "):])
	}
	for name, property := range schema.Properties {
		all = append(all, rules(&property, path+"."+name)...)
	}
	if schema.Items != nil {
		all = append(all, rules(schema.Items.Schema, path+"[]")...)
	}
	return all
}

// A server keeps each bound of each spec, and names the field.
func TestServerKeepsBounds(t *testing.T) {
	kinds := resources(t)
	for kind, crd := range definitions(t) {
		t.Run(kind, func(t *testing.T) {
			valid, err := kindcases.Valid(kind)
			must(t, err)
			broken, missing := kindcases.Bounds(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, "spec", valid)
			if len(missing) > 0 {
				t.Errorf("no valid case has what would break %s", strings.Join(missing, ", "))
			}
			t.Logf("%d bounds", len(broken))
			for name, c := range broken {
				_, err := kinds(kind).Create(t.Context(), &unstructured.Unstructured{Object: c.Object}, strict)
				if !slices.Contains(fieldsOf(t, err), c.Field) {
					t.Errorf("%s: %s is not named: %v", name, c.Field, err)
				}
			}
		})
	}
}

// The same of each status, which only Remit writes.
func TestServerKeepsBoundsOfStatuses(t *testing.T) {
	kinds := resources(t)
	for kind, crd := range definitions(t) {
		t.Run(kind, func(t *testing.T) {
			valid, err := kindcases.Valid(kind)
			must(t, err)
			object := &unstructured.Unstructured{Object: valid[0]}
			if kind != "RoleConfiguration" {
				object.SetName("status-of-" + strings.ToLower(kind))
			}
			stored := create(t, kinds(kind), object)
			var status map[string]any
			must(t, yaml.Unmarshal([]byte(kindcases.Statuses()[kind]), &status))
			stored.Object["status"] = status
			update := metav1.UpdateOptions{DryRun: strict.DryRun, FieldValidation: strict.FieldValidation}
			if _, err := kinds(kind).UpdateStatus(t.Context(), stored, update); err != nil {
				t.Fatalf("a whole status: %v", err)
			}
			broken, missing := kindcases.Bounds(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, "status", []map[string]any{stored.Object})
			if len(missing) > 0 {
				t.Errorf("the status does not have what would break %s", strings.Join(missing, ", "))
			}
			t.Logf("%d bounds", len(broken))
			for name, c := range broken {
				_, err := kinds(kind).UpdateStatus(t.Context(), &unstructured.Unstructured{Object: c.Object}, update)
				if !slices.Contains(fieldsOf(t, err), c.Field) {
					t.Errorf("%s: %s is not named: %v", name, c.Field, err)
				}
			}
		})
	}
}
