package policytest

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
)

// Case is one example.
type Case struct {
	// File is where the case was read from, Name its key there.
	File string `json:"-"`
	Name string `json:"-"`
	// Description says in a sentence what the case shows.
	Description string `json:"description"`
	// Parameters override the policy's own.
	Parameters map[string]any `json:"parameters,omitempty"`
	// Input is a part of the document of the policy's subject, Data a part of data.remit.
	Input json.RawMessage `json:"input"`
	Data  json.RawMessage `json:"data,omitempty"`
	// Want is all that the policy says, in any order.
	Want []Result `json:"want"`
}

// Result is one result of a policy. In Want, an empty Message or Severity and
// an absent Location stand for any.
type Result struct {
	// Rule is "declare", "deny" or "warn".
	Rule     string              `json:"rule"`
	Key      string              `json:"key,omitempty"`
	Role     string              `json:"role,omitempty"`
	Holder   string              `json:"holder,omitempty"`
	Severity string              `json:"severity,omitempty"`
	Message  string              `json:"message,omitempty"`
	Reason   string              `json:"reason,omitempty"`
	Location *ownership.Location `json:"location,omitempty"`
}

// Load reads the case files (*.yaml) of a folder: in each, cases by name. The
// names are unique in the folder, and the cases are sorted by them.
//
// Cases have names because plain `opa test` loads the files, too, as data: it
// merges a folder's files into one document, and refuses two that differ in a
// top-level field.
//
// The errors name the file.
func Load(files fs.FS, folder string) ([]Case, error) {
	names, err := fs.Glob(files, path.Join(folder, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("looking for cases in %s: %w", folder, err)
	}
	byName := map[string]Case{}
	for _, file := range names {
		text, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, fmt.Errorf("reading cases: %w", err)
		}
		var here map[string]Case
		if err := yaml.UnmarshalStrict(text, &here); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for name, c := range here {
			c.File, c.Name = file, name
			if c.Description == "" || len(c.Input) == 0 || c.Want == nil {
				return nil, fmt.Errorf("%s needs a description, an input and a want (an empty list where nothing is said)", c)
			}
			if other, twice := byName[name]; twice {
				return nil, fmt.Errorf("%s: %s has a case of that name, too; rename one", c, other.File)
			}
			byName[name] = c
		}
	}
	cases := make([]Case, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		cases = append(cases, byName[name])
	}
	return cases, nil
}

// String names the case: "accountable-holder/cases/bot.yaml: case bot".
func (c Case) String() string { return c.File + ": case " + c.Name }

// documents gives the case's whole `input` for the kind of subject, and the whole `data.remit`.
func (c Case) documents(subject string) (input, data any, err error) {
	switch subject {
	case "area":
		input = &policy.AreaInput{Declared: roles[policy.DeclaredHolder](), Observed: roles[policy.ObservedHolder]()}
	case "person":
		input = &policy.PersonInput{}
	case "team":
		input = &policy.TeamInput{}
	case "schedule":
		input = &policy.ScheduleInput{}
	case "organisation":
		input = &policy.OrganisationInput{}
	default:
		return nil, nil, fmt.Errorf("no case can be made for the subject %q; it must be %s", subject, strings.Join(policy.SubjectKinds(), ", "))
	}
	data = &policy.Data{}
	for part, target := range map[*json.RawMessage]any{&c.Input: input, &c.Data: data} {
		if len(*part) == 0 {
			continue
		}
		if err := yaml.UnmarshalStrict(*part, target); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", c, err)
		}
	}
	fill(reflect.ValueOf(input))
	fill(reflect.ValueOf(data))
	return input, data, nil
}

// roles has the key of each role that is configured by default.
func roles[T any]() map[string][]T {
	byRole := map[string][]T{}
	for _, definition := range ownership.DefaultRoles() {
		byRole[string(definition.Role)] = nil
	}
	return byRole
}

// fill makes empty lists and maps of nil ones, at any depth: documents have no null.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		for _, key := range v.MapKeys() {
			// A map's values cannot be set in place.
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(key))
			fill(value)
			v.SetMapIndex(key, value)
		}
	default: // numbers, words and truth values have their own zero
	}
}
