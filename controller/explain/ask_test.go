package explain

import (
	"errors"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestMeaning(t *testing.T) {
	outcome := newWorld().add(header + `Area
metadata: {name: releases, namespace: web}
spec: {}
` + header + `Area
metadata: {name: web, namespace: acme}
spec: {}
` + header + `Area
metadata: {name: dropped, namespace: web}
spec: {suspend: true}
` + header + `Area
metadata: {name: bob, namespace: web}
spec: {}
`).outcome(t)
	on := func(path string, exists bool) *Place {
		return &Place{Repository: "acme/shop", Path: path, Exists: exists}
	}
	tests := map[string]struct {
		reason   string
		question Question
		// want is "kind name", or the error.
		want string
	}{
		"area":               {"an ID", Question{Text: "web/checkout"}, "area web/checkout"},
		"area by name":       {"one alone has it", Question{Text: "checkout"}, "area web/checkout"},
		"several areas":      {"two have the name", Question{Text: "releases"}, `"releases" may mean the area ops/releases or the area web/releases`},
		"area and path":      {"a folder on disk is called like it", Question{Text: "checkout", Place: on("checkout/", true)}, `"checkout" may mean the area web/checkout or the path acme/shop:checkout/`},
		"area, asked as":     {"it was said", Question{Text: "checkout", As: KindArea, Place: on("checkout/", true)}, "area web/checkout"},
		"path, asked as":     {"it was said", Question{Text: "checkout", As: KindPath, Place: on("checkout/", true)}, "path acme/shop:checkout/"},
		"area and folder":    {"a folder that is not here does not make it unclear", Question{Text: "checkout"}, "area web/checkout"},
		"area and team":      {"both are called so", Question{Text: "acme/web"}, `"acme/web" may mean the area acme/web or the holder team:acme/web`},
		"team, asked as":     {"it was said", Question{Text: "acme/web", As: KindHolder}, "holder team:acme/web"},
		"team by @":          {"which is no area", Question{Text: "@acme/web"}, "holder team:acme/web"},
		"area and person":    {"both are called so", Question{Text: "bob"}, `"bob" may mean the area web/bob or the holder user:bob`},
		"login":              {"whose that is", Question{Text: "@ann-gh"}, "holder user:ann"},
		"login of another":   {"case does not count", Question{Text: "@Ann-GH"}, "holder user:ann"},
		"login alone":        {"without @", Question{Text: "ann-gh"}, "holder user:ann"},
		"holder by login":    {"as a canonical name", Question{Text: "user:ann-gh"}, "holder user:ann"},
		"address":            {"whose that is", Question{Text: "ann@acme.example"}, "holder user:ann"},
		"name":               {"whose that is", Question{Text: "ann lee"}, "holder user:ann"},
		"team by name":       {"whose that is", Question{Text: "Pay"}, "holder team:acme/pay"},
		"path":               {"in some repository", Question{Text: "cart/a.go"}, "path acme/shop:cart/a.go"},
		"folder":             {"without a slash", Question{Text: "cart"}, "path acme/shop:cart/"},
		"path of a repo":     {"said which", Question{Text: "Acme/Shop:./cart"}, "path acme/shop:cart/"},
		"whole repository":   {"said which", Question{Text: "acme/shop:"}, "path acme/shop:"},
		"path not there":     {"said which repository", Question{Text: "acme/shop:cart/new.go"}, "path acme/shop:cart/new.go"},
		"new path":           {"asked for as one", Question{Text: "new.go", As: KindPath, Place: on("new.go", false)}, "path acme/shop:new.go"},
		"no path":            {"there is none on disk or elsewhere", Question{Text: "new.go", As: KindPath}, `no repository that is observed has the path "new.go"`},
		"misspelt area":      {"one comes near", Question{Text: "web/chekout"}, `"web/chekout" is neither an area, nor a path, nor a holder that is known here; near: area web/checkout`},
		"misspelt name":      {"one comes near", Question{Text: "shoop", As: KindArea}, `there is no area "shoop"; near: area web/shop`},
		"misspelt login":     {"one comes near", Question{Text: "@ann-hg"}, `nobody is known as "@ann-hg"; near: holder user:ann`},
		"misspelt team":      {"one comes near", Question{Text: "team:acme/payy"}, `nobody is known as "team:acme/payy"; near: holder team:acme/pay`},
		"misspelt kind":      {"a person is no team", Question{Text: "team:acme/bob"}, `nobody is known as "team:acme/bob"; near: holder team:acme/web`},
		"misspelt folder":    {"the rest of the path is there", Question{Text: "chekout/pay.go", As: KindPath}, `no repository that is observed has the path "chekout/pay.go"; near: path acme/shop:checkout/pay.go`},
		"misspelt file":      {"one comes near", Question{Text: "checkout/pya.go", As: KindPath}, `no repository that is observed has the path "checkout/pya.go"; near: path acme/shop:checkout/pay.go`},
		"nothing":            {"nothing comes near", Question{Text: "zzzzzz"}, `"zzzzzz" is neither an area, nor a path, nor a holder that is known here`},
		"claimed repository": {"declared areas have its files", Question{Text: "repository:acme/shop"}, `"repository:acme/shop" is neither an area, nor a path, nor a holder that is known here: no area stands for the repository, since its files belong to declared ones: web/checkout, web/shop`},
		"suspended":          {"it is there, but not judged", Question{Text: "dropped"}, `"dropped" is neither an area, nor a path, nor a holder that is known here: the area is suspended, so nothing is judged of it`},
		"a schedule":         {"nothing holds it", Question{Text: "schedule:pagerduty/P1"}, `nobody is known as "schedule:pagerduty/P1"`},
		"no holder":          {"it has no such form", Question{Text: "user:"}, `nobody is known as "user:"`},
		"somebody elsewhere": {"nobody lists, nothing names them", Question{Text: "@stranger"}, `nobody is known as "@stranger"`},
	}
	x := newExplainer(outcome)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got string
			meant, err := x.meaning(test.question)
			var missing *NotFound
			switch {
			case err == nil:
				got = string(meant.kind) + " " + meant.name().Name
			case errors.As(err, &missing) && missing.Near.Name != "":
				got = err.Error() + "; near: " + string(missing.Near.Kind) + " " + missing.Near.Name
			default:
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("%s:\ngot  %s\nwant %s", test.reason, got, test.want)
			}
		})
	}
}

// Two people who claim one login are both told of, rather than nobody.
func TestMeaningOfSharedLogin(t *testing.T) {
	w := newWorld()
	w.people.People = append(w.people.People, ownership.Person{
		ID: "ann2", Kind: ownership.Human, Logins: map[string]string{"github": "ann-gh"}, Provenance: known("people"),
	})
	_, err := Explain(w.outcome(t), Question{Text: "@ann-gh"})
	if err == nil || !strings.Contains(err.Error(), "the holder user:ann or the holder user:ann2") {
		t.Errorf("got %v", err)
	}
}

// Without manifests, repositories are areas.
func TestMeaningWithoutManifests(t *testing.T) {
	w := newWorld()
	w.manifests, w.filesOnly, w.people = header+"RoleConfiguration\nmetadata: {name: default}\nspec: {}\n", true, ownership.Observation{}
	for text, want := range map[string]string{
		"repository:acme/shop": "area", "Acme/Shop": "area", "@acme/pay": "holder", "acme/pay": "holder", "main.go": "path",
	} {
		if answer := w.ask(t, text); string(answer.Kind) != want {
			t.Errorf("%s is taken for a %s", text, answer.Kind)
		}
		w.git.Repositories = nil
	}
}
