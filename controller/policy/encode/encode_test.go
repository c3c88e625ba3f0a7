package encode

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"pgregory.net/rapid"
)

type name string

type inner struct {
	Text   string  `json:"text"`
	Number int     `json:"number"`
	Share  float64 `json:"share"`
	On     bool    `json:"on"`
}

type outer struct {
	Name    name                      `json:"name"`
	Inner   inner                     `json:"inner"`
	Pointer *inner                    `json:"pointer"`
	List    []inner                   `json:"list"`
	Texts   []string                  `json:"texts"`
	Map     map[name][]inner          `json:"map"`
	Deep    map[string]map[string]int `json:"deep"`
	Hidden  string                    `json:"-"`
	private string
}

func draw(t *rapid.T) outer {
	text := rapid.StringN(0, 5, 20)
	one := rapid.Custom(func(t *rapid.T) inner {
		return inner{
			Text: text.Draw(t, "text"), Number: rapid.Int().Draw(t, "number"),
			Share: rapid.Float64Range(-1e9, 1e9).Draw(t, "share"), On: rapid.Bool().Draw(t, "on"),
		}
	})
	list := rapid.SliceOfN(one, 1, 4)
	o := outer{
		Name: name(text.Draw(t, "name")), Inner: one.Draw(t, "inner"), List: list.Draw(t, "list"),
		Texts: rapid.SliceOfN(text, 1, 4).Draw(t, "texts"), Map: map[name][]inner{}, Deep: map[string]map[string]int{},
	}
	for key, value := range rapid.MapOfN(text, list, 0, 12).Draw(t, "map") {
		o.Map[name(key)] = value
	}
	for key, value := range rapid.MapOfN(text, rapid.Int(), 0, 3).Draw(t, "deep") {
		o.Deep[key] = map[string]int{"x": value}
	}
	if rapid.Bool().Draw(t, "pointed") {
		o.Pointer = &o.Inner
	}
	return o
}

// TestValue: the encoding is the one that goes through JSON.
func TestValue(t *testing.T) {
	plan, err := NewPlan(reflect.TypeFor[outer](), Whole())
	if err != nil {
		t.Fatal(err)
	}
	encoder := NewEncoder()
	rapid.Check(t, func(t *rapid.T) {
		document := draw(t)
		got, err := encoder.Value(plan, &document)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		want, err := ast.ValueFromReader(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if got.Compare(want) != 0 || got.Hash() != want.Hash() {
			t.Fatalf("got  %v\nwant %v", got, want)
		}
	})
}

func TestEmpty(t *testing.T) {
	plan, err := NewPlan(reflect.TypeFor[outer](), Whole())
	if err != nil {
		t.Fatal(err)
	}
	got, err := NewEncoder().Value(plan, outer{private: "not encoded"})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"deep": {}, "inner": {"number": 0, "on": false, "share": 0, "text": ""}, "list": [], "map": {}, "name": "", "pointer": null, "texts": []}`
	if got.String() != want {
		t.Errorf("got %v", got)
	}
}

func TestMask(t *testing.T) {
	document := outer{Name: "n", Inner: inner{Text: "t", Number: 1}, Map: map[name][]inner{"a": {{Number: 1}}, "b": nil}}
	cases := map[string]struct {
		paths [][]string
		want  string
	}{
		"nothing":           {nil, `{}`},
		"one field":         {[][]string{{"name"}}, `{"name": "n"}`},
		"field of a field":  {[][]string{{"inner", "text"}}, `{"inner": {"text": "t"}}`},
		"two":               {[][]string{{"inner", "text"}, {"inner", "number"}}, `{"inner": {"number": 1, "text": "t"}}`},
		"narrow, then wide": {[][]string{{"inner", "text"}, {"inner"}}, `{"inner": {"number": 1, "on": false, "share": 0, "text": "t"}}`},
		"wide, then narrow": {[][]string{{"inner"}, {"inner", "text"}}, `{"inner": {"number": 1, "on": false, "share": 0, "text": "t"}}`},
		"key of a map":      {[][]string{{"map", "b"}, {"map", "c"}}, `{"map": {"b": []}}`},
		"below a key":       {[][]string{{"map", "a", "number"}}, `{"map": {"a": [{"number": 1, "on": false, "share": 0, "text": ""}]}}`},
		"no such field":     {[][]string{{"other"}}, `{}`},
		"everything":        {[][]string{{}}, ""},
	}
	for title, c := range cases {
		t.Run(title, func(t *testing.T) {
			mask := &Mask{}
			for _, path := range c.paths {
				one := &Mask{}
				one.Add(path...)
				mask.Union(one)
			}
			plan, err := NewPlan(reflect.TypeFor[outer](), mask)
			if err != nil {
				t.Fatal(err)
			}
			got, err := NewEncoder().Value(plan, document)
			if err != nil {
				t.Fatal(err)
			}
			if c.want != "" && got.String() != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
			if object := got.(ast.Object); c.want == "" && object.Len() != 7 {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestTouches(t *testing.T) {
	mask := &Mask{}
	mask.Add("observed", "approver")
	mask.Add("area")
	for path, want := range map[string]bool{
		"observed/approver": true, "observed": true, "observed/approver/0": true, "observed/oncall": false,
		"area/id": true, "coverage": false, "": true,
	} {
		segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
		if got := mask.Touches(segments); got != want {
			t.Errorf("%q: got %v", path, got)
		}
	}
	if (&Mask{}).Touches(nil) || (*Mask)(nil).Touches(nil) {
		t.Error("nothing touches nothing")
	}
}

func TestShape(t *testing.T) {
	shape, err := ShapeOf(reflect.TypeFor[*outer]())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"deep", "inner", "list", "map", "name", "pointer", "texts"}, shape.FieldNames()); diff != "" {
		t.Error(diff)
	}
	if shape.Field("inner") != shape.Field("list").Element || shape.Field("map").Kind != Map || shape.Field("hidden") != nil {
		t.Error("one type has one shape")
	}
	kinds := map[string]Kind{}
	for _, field := range shape.Field("inner").Fields {
		kinds[field.Name] = field.Shape.Kind
	}
	if diff := cmp.Diff(map[string]Kind{"text": String, "number": Number, "share": Number, "on": Boolean}, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestWrongType(t *testing.T) {
	plan, err := NewPlan(reflect.TypeFor[outer](), Whole())
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range []any{nil, "text", (*outer)(nil), []outer{}} {
		if _, err := NewEncoder().Value(plan, document); err == nil {
			t.Errorf("%T is encoded", document)
		}
	}
}

func BenchmarkValue(b *testing.B) {
	plan, err := NewPlan(reflect.TypeFor[outer](), Whole())
	if err != nil {
		b.Fatal(err)
	}
	document := outer{List: make([]inner, 10), Texts: []string{"team:acme/payments", "team:acme/shop"}, Map: map[name][]inner{"a": make([]inner, 2)}}
	encoder := NewEncoder()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encoder.Value(plan, &document); err != nil {
			b.Fatal(err)
		}
	}
}
