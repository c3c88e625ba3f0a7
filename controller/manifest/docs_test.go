package manifest

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The examples of docs/manifests.md, all in one folder, load without a problem and show every kind.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/manifests.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i, example := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		write(t, dir, fmt.Sprintf("%02d.yaml", i), example[1])
	}
	loader := newLoader(t)
	set, problems, err := loader.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
	shown := strings.Join(names(set), "\n")
	for kind := range loader.schemas {
		if !strings.Contains(shown, kind+" ") {
			t.Errorf("no example of a %s", kind)
		}
		if !strings.Contains(string(text), "\n## "+kind+"\n") {
			t.Errorf("no section about %s", kind)
		}
	}
	for _, field := range schemaFields(t) {
		if !strings.Contains(string(text), field) {
			t.Errorf("the field %s is not mentioned", field)
		}
	}
}

// schemaFields are the names of all fields in the specs, but for those of Kubernetes' own types.
func schemaFields(t *testing.T) []string {
	t.Helper()
	loader := newLoader(t)
	var fields []string
	var walk func(schema *kindSchema, path string)
	walk = func(schema *kindSchema, path string) {
		for _, name := range schema.properties(path) {
			fields = append(fields, name)
			if name == "areas" || name == "parameters" {
				continue
			}
			walk(schema, childPath(path, name))
			walk(schema, childPath(path, name)+"[0]")
		}
	}
	for _, compile := range loader.schemas {
		schema, err := compile()
		if err != nil {
			t.Fatal(err)
		}
		walk(schema, "spec")
	}
	return fields
}
