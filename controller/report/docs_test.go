package report

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

// Each field of the JSON report is described in docs/reports.md.
func TestJSONFieldsAreDocumented(t *testing.T) {
	fieldsAreDocumented(t, "reports.md", reflect.TypeFor[Document]())
}

// So is each of a plan in docs/plans.md; problems and drift are as in the report.
func TestPlanFieldsAreDocumented(t *testing.T) {
	fieldsAreDocumented(t, "plans.md", reflect.TypeFor[PlanDocument](), reflect.TypeFor[ownership.Problem](), reflect.TypeFor[ownership.Drift]())
}

func fieldsAreDocumented(t *testing.T, name string, document reflect.Type, elsewhere ...reflect.Type) {
	t.Helper()
	page, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, match := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(string(page), -1) {
		documented[match[1]] = true
	}
	seen := map[reflect.Type]bool{}
	for _, of := range elsewhere {
		seen[of] = true
	}
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(of.Elem())
			return
		case reflect.Struct:
		default:
			return
		}
		if seen[of] || of.PkgPath() == "time" {
			return
		}
		seen[of] = true
		for i := range of.NumField() {
			field := of.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name != "" && name != "-" && !documented[name] {
				t.Errorf("the page does not describe the field %q of %s", name, of)
			}
			walk(field.Type)
		}
	}
	walk(document)
}
