package record

import (
	stdbytes "bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

var update = flag.Bool("update", false, "write the golden files anew")

var testKey = [32]byte{1, 2, 3}

// zaphod is a person whose names are mistaken for nothing else.
func zaphod() ownership.Person {
	return ownership.Person{
		ID: "zaphod-q", Name: "Zaphod Quackenbush", Kind: ownership.Human, Logins: map[string]string{"github": "ZQuackenbush42"},
		Emails: []string{"zaphod.quackenbush@acme.example", "123456+zquackenbush42@users.noreply.github.com"},
	}
}

// traces are what must be nowhere in a redacted recording.
var traces = []string{"zaphod", "quackenbush"}

// A name that is known is replaced in whatever field it stands, and in whatever form. A field that redaction does not
// reach fails here.
func TestNoFieldKeepsAName(t *testing.T) {
	forms := map[string]string{
		"id": "zaphod-q", "holder": "user:zaphod-q", "login": "ZQuackenbush42", "handle": "@zquackenbush42",
		"address": "Zaphod.Quackenbush@acme.example", "made-up address": "123456+zquackenbush42@users.noreply.github.com",
		"name": "Zaphod Quackenbush", "path": "docs/zaphod-quackenbush/README.md", "surname": "team/quackenbush",
		"in a word": "ZaphodQuackenbush", "rule": "/docs/ @zquackenbush42 zaphod.quackenbush@acme.example # Zaphod",
		"in a text": `say "user:zaphod-q" and zaphod.quackenbush@acme.example`, "entity": "user:default/zaphod-q",
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			p := filled(t, func(string, int) string { return form })
			p.Input.Sources = append(p.Input.Sources, snapshot.Source{
				Name: "people", Kind: ownership.SourcePeople, Observation: ownership.Observation{People: []ownership.Person{zaphod()}},
			})
			redacted, err := redactParts(&p, testKey)
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]string{}
			eachTextOf(&redacted, func(path, text string) {
				for _, trace := range traces {
					if strings.Contains(strings.ToLower(text), trace) {
						found[path] = text
					}
				}
			})
			for _, path := range slices.Sorted(maps.Keys(found)) {
				t.Errorf("%s: %q", path, found[path])
			}
		})
	}
}

// testdata/kept.golden lists the fields whose text stays in a redacted recording where it has no known name in it. A new
// field is in no list: decide whether people stand in it, give it its kind, and write the list anew with -update.
func TestKeptFields(t *testing.T) {
	p := filled(t, func(_ string, count int) string { return fmt.Sprintf("kelvin%dx", count) })
	written := map[string][]string{}
	eachTextOf(&p, func(path, text string) { written[path] = append(written[path], strings.Trim(text, `"`)) })
	redacted, err := redactParts(&p, testKey)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]bool{}
	eachTextOf(&redacted, func(path, text string) {
		if text != "" && slices.Contains(written[path], strings.Trim(text, `"`)) {
			kept[path] = true
		}
	})
	goldenFile(t, "kept.golden", strings.Join(slices.Sorted(maps.Keys(kept)), "\n")+"\n")
}

func goldenFile(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// A redacted recording gives the same result, up to the names: each area, each drift and each finding is there under the
// name that redaction gives it.
func TestTheSameUpToNames(t *testing.T) {
	for name, input := range map[string]func(*testing.T) engine.Input{
		"the example": example, "with faults": func(t *testing.T) engine.Input { return faulty(t) },
		"repositories": repositories, "organisations": organisations,
	} {
		t.Run(name, func(t *testing.T) {
			input := input(t)
			original := Recording{Input: input}
			redacted, err := Redact(original, testKey)
			if err != nil {
				t.Fatal(err)
			}
			was, is := pass(t, input), pass(t, redacted.Input)
			if differences := Alike(was, is); len(differences) > 0 {
				t.Error(differences)
			}
			p := take(original)
			d := collect(&p, testKey)
			if diff := cmp.Diff(shape(was, d.plain, d.holder), shape(is, asIs, asIs)); diff != "" {
				t.Errorf("the results differ in more than names (-original, renamed +redacted):\n%s", diff)
			}
			again, err := Read(stdbytes.NewReader(written(t, redacted)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(asJSON(t, is), asJSON(t, pass(t, again.Input))); diff != "" || !again.Redacted {
				t.Errorf("read again, it is another one:\n%s", diff)
			}
		})
	}
}

// shape is what a result says, under other names, without the order that names give.
func shape(r *ownership.Result, plain, holder func(string) string) map[string][]string {
	lines := map[string][]string{}
	add := func(what, format string, arguments ...any) {
		lines[what] = append(lines[what], fmt.Sprintf(format, arguments...))
	}
	for _, area := range r.Areas {
		id := plain(string(area.ID))
		reason, _, _ := strings.Cut(area.Stalled, ":")
		c := area.Coverage
		c.Unknown = ""
		add("areas", "%s %s %q %s %+v", id, area.State, reason, area.Tier, c)
		for role, declared := range area.Declared.All() {
			for _, d := range declared {
				add("declared", "%s %s %s %s %v", id, role, holder(string(d.Holder)), d.Layer, d.Location.Line)
			}
		}
		for role, observed := range area.Observed.All() {
			for _, o := range observed {
				add("observed", "%s %s %s %d of %d", id, role, holder(string(o.Holder)), o.Files, o.Total)
			}
		}
		for _, d := range area.Drift {
			add("drift", "%s %s %s %s %s", id, d.Kind, d.Role, holder(string(d.Holder)), d.Reason)
		}
	}
	for _, f := range r.Findings {
		add("findings", "%s %s %s %s %s %s", f.Policy, holder(f.Subject), plain(f.Key), f.Rule, f.Severity, f.Status)
	}
	for _, s := range r.Sources {
		add("sources", "%s %d %d %d %t", s.Name, s.Repositories, s.People, s.Teams, s.Unknown == "")
	}
	for _, s := range r.Policies {
		add("policies", "%s %d %d %t", s.Name, s.Subjects, s.Failed, s.Error == "")
	}
	add("problems", "%d", len(r.Problems))
	for what := range lines {
		slices.Sort(lines[what])
	}
	return lines
}

// Nobody can tell who is who without the key, and with another key everybody is called something else.
func TestKey(t *testing.T) {
	original := Recording{Input: faulty(t)}
	redact := func(key byte) []byte {
		redacted, err := Redact(original, [32]byte{key})
		if err != nil {
			t.Fatal(err)
		}
		return written(t, redacted)
	}
	if !stdbytes.Equal(redact(1), redact(1)) {
		t.Error("with one key, the files differ")
	}
	if stdbytes.Equal(redact(1), redact(2)) {
		t.Error("with two keys, the files are the same")
	}
}

func TestPseudonyms(t *testing.T) {
	p := pseudonyms{testKey}
	alice := p.person("alice")
	for name, c := range map[string]struct {
		reason, got, want string
	}{
		"case":       {"logins are compared without it", p.person("ALICE"), alice},
		"made up":    {"an address that GitHub made up stays the login's", strings.SplitN(p.address("12345+Alice@users.noreply.github.com"), "+", 2)[1], alice + "@users.noreply.github.com"},
		"older":      {"so does one without a number", p.address("alice@users.noreply.github.com"), alice + "@users.noreply.github.com"},
		"bot":        {"an app stays one", p.person("dependabot[bot]"), p.person("dependabot") + "[bot]"},
		"no address": {"what has no @ is taken for a login", p.address("alice"), alice},
		"id":         {"an id that is an address", p.person("alice@acme.example"), p.address("Alice@acme.example")},
		"nothing":    {"nothing stays nothing", p.person("") + p.address("") + p.name("") + p.prose("") + p.digest(""), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s: %q, want %q", name, c.reason, c.got, c.want)
		}
	}
	if p.address("alice@acme.example") == p.address("bob@acme.example") || alice == p.person("bob") {
		t.Error("two people have one name")
	}
}
