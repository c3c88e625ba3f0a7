package record

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// notKept are fields that no recording has, and why.
var notKept = map[string]string{
	"TypeMeta":                   "says what the type says",
	"GenerateName":               "a cluster's own bookkeeping, as the next ones",
	"SelfLink":                   "",
	"UID":                        "",
	"ResourceVersion":            "",
	"Generation":                 "",
	"CreationTimestamp":          "",
	"DeletionTimestamp":          "",
	"DeletionGracePeriodSeconds": "",
	"OwnerReferences":            "",
	"Finalizers":                 "",
	"ManagedFields":              "",
	"OfLibrary":                  "said of policies that judged, and a recording has only those that could not be read",
}

// filler puts a value of its own into every field that there is, so that one which is forgotten is missed.
type filler struct {
	count int
	// text gives the text for a field, by its path such as "Input.Sources.Name".
	text func(path string, count int) string
}

var (
	timeType    = reflect.TypeFor[time.Time]()
	rawType     = reflect.TypeFor[json.RawMessage]()
	objectsType = "Object["
)

func (f *filler) fill(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	f.count++
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.text(path, f.count))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint64:
		if v.CanUint() {
			v.SetUint(uint64(f.count))
			return
		}
		v.SetInt(int64(f.count))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(t, v.Elem(), path)
	case reflect.Slice:
		f.fillSlice(t, v, path)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(t, key, path+".key")
		f.fill(t, value, path)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		f.fillStruct(t, v, path)
	default:
		t.Fatalf("%s: nothing fills a %s", path, v.Type())
	}
}

func (f *filler) fillSlice(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	if v.Type().Elem().Kind() == reflect.Uint8 {
		text := f.text(path, f.count)
		if v.Type() == rawType || strings.HasSuffix(path, ".Raw") {
			quoted, err := json.Marshal(text)
			if err != nil {
				t.Fatal(err)
			}
			text = string(quoted)
		}
		v.SetBytes([]byte(text))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	f.fill(t, v.Index(0), path)
}

func (f *filler) fillStruct(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	if v.Type() == timeType {
		v.Set(reflect.ValueOf(time.Date(2026, 3, 2, 9, 0, 0, f.count, time.FixedZone("", 60*f.count))))
		return
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if _, skip := notKept[field.Name]; skip || !field.IsExported() || isStatus(v.Type(), field) {
			continue
		}
		f.fill(t, v.Field(i), path+"."+field.Name)
	}
	if strings.HasPrefix(v.Type().Name(), objectsType) {
		givePlaces(t, v, f.count)
	}
}

// isStatus says that a field is the status of an object: a pass makes it again.
func isStatus(of reflect.Type, field reflect.StructField) bool {
	_, isObject := of.FieldByName("Spec")
	return isObject && field.Name == "Status"
}

// filled is a recording in which every field has a value.
func filled(t *testing.T, text func(path string, count int) string) parts {
	t.Helper()
	f := &filler{text: text}
	p := parts{Recording: Recording{Redacted: true, By: text("By", 0), Input: engine.Input{
		Now: time.Date(2026, 3, 2, 10, 0, 0, 1, time.FixedZone("", 3600)), FilesOnly: true, Manifests: &manifest.Set{},
		Sources: []snapshot.Source{{}}, Statuses: []ownership.SourceStatus{{}}, Problems: []ownership.Problem{{}},
	}}}
	f.fill(t, reflect.ValueOf(p.Input.Manifests).Elem(), "Manifests")
	f.fill(t, reflect.ValueOf(&p.Input.Sources).Elem(), "Sources")
	f.fill(t, reflect.ValueOf(&p.Input.Statuses).Elem(), "Statuses")
	f.fill(t, reflect.ValueOf(&p.Input.Problems).Elem(), "Problems")
	f.fill(t, reflect.ValueOf(&p.policies.Sources).Elem(), "Policies.Sources")
	f.fill(t, reflect.ValueOf(&p.policies.Unread).Elem(), "Policies.Unread")
	p.kept = []kept{{policy: text("Kept.policy", 1), area: ownership.AreaID(text("Kept.area", 1))}}
	f.fill(t, reflect.ValueOf(&p.kept[0].declared).Elem(), "Kept.declared")
	return p
}

// givePlaces gives an object places of its fields.
func givePlaces(t *testing.T, v reflect.Value, count int) {
	t.Helper()
	places := []manifest.Place{{Hash: uint64(count), Line: 7, Column: 8}, {Hash: 1 << 63, Line: 9, Column: 10}}
	switch o := v.Addr().Interface().(type) {
	case *manifest.Object[v1alpha1.Area]:
		*o = manifest.Restore(o.Value, o.Location, o.Dir, places)
	case *manifest.Object[v1alpha1.RoleAssignment]:
		*o = manifest.Restore(o.Value, o.Location, o.Dir, places)
	case *manifest.Object[v1alpha1.Team]:
		*o = manifest.Restore(o.Value, o.Location, o.Dir, places)
	case *manifest.Object[v1alpha1.ResponsibilityPolicy]:
		*o = manifest.Restore(o.Value, o.Location, o.Dir, places)
	case *manifest.Object[v1alpha1.OwnershipSource]:
		*o = manifest.Restore(o.Value, o.Location, o.Dir, places)
	case *manifest.Object[v1alpha1.RoleConfiguration]:
		*o = manifest.Restore(o.Value, o.Location, o.Dir, places)
	default:
		t.Fatalf("no object of the type %s is recorded", v.Type())
	}
}

// eachText shows every text below a value, with the path of its field.
func eachText(v reflect.Value, path string, show func(path, text string)) {
	switch v.Kind() {
	case reflect.String:
		show(path, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			eachText(v.Elem(), path, show)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			show(path, string(v.Bytes()))
			return
		}
		for i := range v.Len() {
			eachText(v.Index(i), path, show)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			eachText(key, path+".key", show)
			eachText(v.MapIndex(key), path, show)
		}
	case reflect.Struct:
		if v.Type() == timeType {
			return
		}
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				eachText(v.Field(i), path+"."+field.Name, show)
			}
		}
	}
}

func eachTextOf(p *parts, show func(path, text string)) {
	eachText(reflect.ValueOf(p.Input.Manifests).Elem(), "Manifests", show)
	eachText(reflect.ValueOf(p.Input.Sources), "Sources", show)
	eachText(reflect.ValueOf(p.Input.Statuses), "Statuses", show)
	eachText(reflect.ValueOf(p.Input.Problems), "Problems", show)
	eachText(reflect.ValueOf(p.policies.Sources), "Policies.Sources", show)
	eachText(reflect.ValueOf(p.policies.Unread), "Policies.Unread", show)
	for i := range p.kept {
		show("Kept.policy", p.kept[i].policy)
		show("Kept.area", string(p.kept[i].area))
		eachText(reflect.ValueOf(p.kept[i].declared), "Kept.declared", show)
	}
	show("By", p.By)
}

func numbered(path string, count int) string { return fmt.Sprintf("%s %d", path, count) }
