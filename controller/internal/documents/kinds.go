package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

const kindsIntroduction = `<!-- Written by go generate from crds/ and controller/api/v1alpha1. Do not edit. -->

# The kinds

Every kind is in the API group ` + "`remit.dev`, version `v1alpha1`" + `: custom resources in a cluster, and the same in YAML files
([manifests.md](manifests.md) explains them with examples). The schemas are in [crds](../crds). What a bound or a rule does not allow is
refused, with the field and the words that stand here. All of them together are listed by ` + "`kubectl get remit -A`" + `.
`

// commonStatus is what every status has.
var commonStatus = map[string]bool{"observedGeneration": true, "lastHandledReconcileAt": true, "conditions": true}

// order is that of the page.
var order = []string{"Area", "RoleAssignment", "Team", "OwnershipSource", "ResponsibilityPolicy", "RoleConfiguration", "Remediation"}

// kindsPage writes docs/api.md of the CRDs below root.
func kindsPage(root string) ([]byte, error) {
	definitions, err := readDefinitions(filepath.Join(root, "crds"))
	if err != nil {
		return nil, err
	}
	constants, err := constantsOf(filepath.Join(root, "controller/api/v1alpha1"))
	if err != nil {
		return nil, err
	}
	p := kindPage{}
	p.WriteString(kindsIntroduction)
	p.WriteString("\n| kind | of a namespace | short name | |\n|---|---|---|---|\n")
	for _, crd := range definitions {
		schema := schemaOf(crd)
		first, _, _ := strings.Cut(schema.Description, ". ")
		fmt.Fprintf(&p, "| [%s](#%s) | %s | `%s` | %s |\n", crd.Spec.Names.Kind, strings.ToLower(crd.Spec.Names.Kind),
			map[bool]string{true: "yes", false: "no"}[crd.Spec.Scope == apiextensionsv1.NamespaceScoped],
			strings.Join(crd.Spec.Names.ShortNames, "`, `"), escape(strings.TrimSuffix(flat(first), ".")+"."))
	}
	for _, crd := range definitions {
		p.kind(crd)
	}
	p.common(definitions[0], constants)
	return p.Bytes(), nil
}

// readDefinitions reads the CRDs, in the order of the page.
func readDefinitions(folder string) ([]*apiextensionsv1.CustomResourceDefinition, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var definitions []*apiextensionsv1.CustomResourceDefinition
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		crd := &apiextensionsv1.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict(text, crd); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if !slices.Contains(order, crd.Spec.Names.Kind) {
			return nil, fmt.Errorf("%s: the page has no place for the kind %s", file, crd.Spec.Names.Kind)
		}
		definitions = append(definitions, crd)
	}
	slices.SortFunc(definitions, func(a, b *apiextensionsv1.CustomResourceDefinition) int {
		return cmp.Compare(slices.Index(order, a.Spec.Names.Kind), slices.Index(order, b.Spec.Names.Kind))
	})
	return definitions, nil
}

func schemaOf(crd *apiextensionsv1.CustomResourceDefinition) *apiextensionsv1.JSONSchemaProps {
	return crd.Spec.Versions[0].Schema.OpenAPIV3Schema
}

// kindPage is the page as it grows.
type kindPage struct{ bytes.Buffer }

func (p *kindPage) kind(crd *apiextensionsv1.CustomResourceDefinition) {
	schema := schemaOf(crd)
	fmt.Fprintf(p, "\n## %s\n\n%s\n", crd.Spec.Names.Kind, escape(flat(schema.Description)))
	fmt.Fprintf(p, "\n`kubectl get %s` shows:\n\n| column | is | with `-o wide` only |\n|---|---|---|\n| NAME | `.metadata.name` | |\n", crd.Spec.Names.Plural)
	for _, column := range crd.Spec.Versions[0].AdditionalPrinterColumns {
		wide := map[bool]string{true: "yes"}[column.Priority > 0]
		fmt.Fprintf(p, "| %s | %s | %s |\n", strings.ToUpper(column.Name), code(column.JSONPath), wide)
	}
	for _, rule := range schema.XValidations {
		line := &rules{}
		line.add("", rule)
		fmt.Fprintf(p, "\nRule: %s", strings.TrimPrefix(line.String(), "- "))
	}
	for _, part := range []string{"spec", "status"} {
		property := schema.Properties[part]
		skip := map[string]bool{}
		if part == "status" {
			skip = commonStatus
			if len(property.Properties) == len(commonStatus) {
				fmt.Fprintf(p, "\nThe `status` has [what every status has](#status), and nothing else.\n")
				continue
			}
		}
		fmt.Fprintf(p, "\n### %s of %s\n\n", part, crd.Spec.Names.Kind)
		if part == "status" {
			p.WriteString("Beside [what every status has](#status):\n\n")
		}
		p.fields(&property, skip)
	}
}

// fields writes the table of an object's fields, and below it the rules.
func (p *kindPage) fields(schema *apiextensionsv1.JSONSchemaProps, skip map[string]bool) {
	p.WriteString("| field | type | bounds | |\n|---|---|---|---|\n")
	found := &rules{}
	p.rows(schema, "", skip, found)
	if text := found.String(); text != "" {
		p.WriteString("\nRules:\n\n" + text)
	}
}

// rows writes a line for each field below path, in the order of their names, those that are required first.
func (p *kindPage) rows(schema *apiextensionsv1.JSONSchemaProps, path string, skip map[string]bool, found *rules) {
	for _, rule := range schema.XValidations {
		found.add(path, rule)
	}
	names := slices.SortedFunc(maps.Keys(schema.Properties), func(a, b string) int {
		required := func(name string) int { return map[bool]int{true: 0, false: 1}[slices.Contains(schema.Required, name)] }
		return cmp.Or(required(a)-required(b), strings.Compare(a, b))
	})
	for _, name := range names {
		if skip[name] {
			continue
		}
		property := schema.Properties[name]
		at := strings.TrimPrefix(path+"."+name, ".")
		bounds := []string{}
		if slices.Contains(schema.Required, name) {
			bounds = append(bounds, "required")
		}
		bounds = append(bounds, boundsOf(&property)...)
		fmt.Fprintf(p, "| `%s` | %s | %s | %s |\n", at, typeOf(&property), strings.Join(bounds, "; "), escape(words(name, property.Description)))
		p.below(&property, at, found)
	}
}

// below writes the rows of what is in a field.
func (p *kindPage) below(schema *apiextensionsv1.JSONSchemaProps, path string, found *rules) {
	switch {
	case path == "conditions": // Kubernetes' own
	case isSelector(schema):
		for _, rule := range schema.XValidations {
			found.add(path, rule)
		}
	case schema.Items != nil && schema.Items.Schema.Type == "object":
		p.rows(schema.Items.Schema, path+"[]", nil, found)
	case schema.Items != nil:
		for _, rule := range schema.XValidations {
			found.add(path, rule)
		}
		for _, rule := range schema.Items.Schema.XValidations {
			found.add(path+"[]", rule)
		}
	default:
		p.rows(schema, path, nil, found)
	}
}

// rules are rules in their own words, each once with the fields that are named where it is broken.
type rules struct {
	messages []string
	fields   map[string][]string
}

func (r *rules) add(path string, rule apiextensionsv1.ValidationRule) {
	if r.fields == nil {
		r.fields = map[string][]string{}
	}
	if _, known := r.fields[rule.Message]; !known {
		r.messages = append(r.messages, rule.Message)
	}
	r.fields[rule.Message] = append(r.fields[rule.Message], strings.TrimPrefix(path+rule.FieldPath, "."))
}

// String is a list, a line for each.
func (r *rules) String() string {
	var lines strings.Builder
	for _, message := range r.messages {
		at := ""
		if fields := strings.Join(slices.Compact(slices.Sorted(slices.Values(r.fields[message]))), "`, `"); fields != "" {
			at = "`" + fields + "`: "
		}
		lines.WriteString("- " + at + escape(message) + "\n")
	}
	return lines.String()
}

// common writes what several kinds share.
func (p *kindPage) common(crd *apiextensionsv1.CustomResourceDefinition, constants []constant) {
	schema := schemaOf(crd)
	fmt.Fprint(p, "\n## Selectors\n\nA selector is written as Kubernetes' own, and has bounds.\n\n")
	selector := findSelector(schema)
	selector.XValidations = nil // those are of the field that it was found in
	p.fields(selector, nil)
	status := schema.Properties["status"]
	skip := map[string]bool{}
	for name := range status.Properties {
		skip[name] = !commonStatus[name]
	}
	fmt.Fprint(p, "\n## Status\n\nEvery status has:\n\n")
	p.fields(&status, skip)
	fmt.Fprint(p, "\n## Conditions\n\n| condition | |\n|---|---|\n")
	for _, c := range constants {
		if strings.HasPrefix(c.name, "Condition") {
			fmt.Fprintf(p, "| `%s` | %s |\n", c.value, escape(upper(c.words)))
		}
	}
	fmt.Fprint(p, "\n## Labels and annotations\n\n| key | |\n|---|---|\n")
	for _, c := range constants {
		if strings.HasPrefix(c.name, "Annotation") || strings.HasPrefix(c.name, "Label") || strings.HasPrefix(c.name, "OwnerKey") {
			fmt.Fprintf(p, "| `%s` | %s |\n", c.value, escape(upper(c.words)))
		}
	}
}

// findSelector finds some selector in a schema.
func findSelector(schema *apiextensionsv1.JSONSchemaProps) *apiextensionsv1.JSONSchemaProps {
	if isSelector(schema) {
		return schema.DeepCopy()
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		property := schema.Properties[name]
		if found := findSelector(&property); found != nil {
			return found
		}
	}
	if schema.Items != nil {
		return findSelector(schema.Items.Schema)
	}
	return nil
}
