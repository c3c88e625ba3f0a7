package ownership

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLabellingHolder(t *testing.T) {
	l := &Labelling{TeamOrganization: "acme", Names: []OwnerName{{"ops", "team:acme/infra"}, {"Ann", "user:ann"}}}
	for name, test := range map[string]struct {
		reason, value string
		none          bool // teams have no organisation
		want          Holder
	}{
		"team":              {reason: "whole", value: "team:Acme/Pay", want: "team:acme/pay"},
		"user":              {reason: "whole", value: "user:ann", want: "user:ann"},
		"schedule":          {reason: "whole", value: "schedule:pd/P1", want: "schedule:pd/P1"},
		"handle of a team":  {reason: "as in CODEOWNERS", value: "@acme/pay", want: "team:acme/pay"},
		"handle":            {reason: "as in CODEOWNERS", value: "@ann-gh", want: "user:ann-gh"},
		"address":           {reason: "of a person", value: "Ann@Acme.example", want: "user:ann@acme.example"},
		"name":              {reason: "a team of the organisation", value: "pay", want: "team:acme/pay"},
		"name of somebody":  {reason: "what the source says goes first", value: "ops", want: "team:acme/infra"},
		"name of a person":  {reason: "likewise", value: "Ann", want: "user:ann"},
		"name, another one": {reason: "names are compared as they are", value: "ann", want: "team:acme/ann"},
		"name alone":        {reason: "of no organisation", value: "pay", none: true},
		"path":              {reason: "an organisation's team has an @ before it", value: "acme/pay"},
		"kind":              {reason: "there is no such kind", value: "group:acme/pay"},
		"sentence":          {reason: "nobody is called so", value: "the payments people"},
		"address of a page": {reason: "it names nobody", value: "https://acme.example/teams/pay"},
		"long":              {reason: "nobody is called so", value: strings.Repeat("x", 300)},
		"escape":            {reason: "nobody is called so", value: "pay\x1b[31m"},
	} {
		t.Run(name, func(t *testing.T) {
			of := *l
			if test.none {
				of.TeamOrganization = ""
			}
			got, err := of.Holder(test.value)
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("%s: got %q, %v; want %q", test.reason, got, err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "\x1b") {
				t.Errorf("%q is shown as it is", test.value)
			}
		})
	}
}

// Of each key, the annotation comes before the label, and the keys in their order; what is empty says nothing.
func TestLabellingRead(t *testing.T) {
	l := &Labelling{Keys: []string{"a", "b"}, TeamOrganization: "acme"}
	got := l.Read(map[string]string{"a": " ", "b": strings.Repeat("é", 200)}, map[string]string{"a": "x", "b": "y", "c": "z"})
	if len(got) != 3 || got[0].Place() != "label a" || got[1].Place() != "annotation b" || got[2].Place() != "label b" {
		t.Fatalf("read %+v", got)
	}
	if got[0].Holder != "team:acme/x" || got[1].Unknown == "" || len(got[1].Value) > shownOwnerValue+3 || got[2].Holder != "team:acme/y" {
		t.Errorf("read %+v", got)
	}
}

// What is written as a label is read as who was meant, and can be a label.
func TestLabellingValue(t *testing.T) {
	same := func(a, b Holder) bool { return a == b }
	holders := rapid.SampledFrom([]Holder{"team:acme/pay", "team:acme/ops", "team:other/pay", "user:ann", "user:ann@acme.example", "team:acme/pay_", "schedule:pd/P1"})
	rapid.Check(t, func(t *rapid.T) {
		l := &Labelling{TeamOrganization: rapid.SampledFrom([]string{"", "acme", "other"}).Draw(t, "organisation")}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"pay", "ops", "ann", "not a label", "x/y", strings.Repeat("x", 64)}), 0, 4, rapid.ID).Draw(t, "names") {
			l.Names = append(l.Names, OwnerName{name, holders.Draw(t, "holder")})
		}
		holder := holders.Draw(t, "written")
		value, err := l.Value(holder, same)
		if err != nil {
			for _, name := range l.Names {
				if name.Holder == holder && labelValue.MatchString(name.Name) {
					t.Fatalf("%s cannot be written, but %q is theirs", holder, name.Name)
				}
			}
			return
		}
		if read, err := l.Holder(value); err != nil || read != holder || !labelValue.MatchString(value) {
			t.Fatalf("%s is written %q, which is read as %s, %v", holder, value, read, err)
		}
	})
}
