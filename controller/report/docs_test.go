package report

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// Each field of the JSON report is described in docs/reports.md.
func TestJSONFieldsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/reports.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, match := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(string(page), -1) {
		documented[match[1]] = true
	}
	seen := map[reflect.Type]bool{}
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
				t.Errorf("docs/reports.md does not describe the field %q of %s", name, of)
			}
			walk(field.Type)
		}
	}
	walk(reflect.TypeFor[Document]())
}
