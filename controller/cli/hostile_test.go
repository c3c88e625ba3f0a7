package cli

import (
	"fmt"
	"sort"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/remit-dev/remit/controller/report"
)

// hostile are texts that would steer a terminal, hide, or pass for lines of Remit's own.
var hostile = map[string]string{
	"colour":     "\x1b[31mred",
	"title":      "\x1b]0;owned\x07",
	"C1":         "\u009b31mred",
	"backspaces": "unowned\b\b\b\b\b\b\bowned",
	"return":     "x\rremit: nothing fails",
	"line":       "x\n  owned  everything",
	"separator":  "x\u2028y",
	"bidi":       "\u202eevil\u2066",
	"invisible":  "a\u200bb\u2060\U000e0041",
}

// hostilePlaces puts a text wherever text from outside can stand.
func hostilePlaces(b bench, text string) {
	quoted := fmt.Sprintf("%+q", text)
	if strings.ContainsRune(text, '\U000e0041') { // YAML escapes it as Go does
		quoted = strings.ReplaceAll(quoted, `\U000e0041`, `\U000E0041`)
	}
	inFile := strings.NewReplacer("\n", " ", "\r", " ").Replace(text)
	b.write("manifests/bad.yaml", areaManifest("bad", "  description: "+quoted+"\n"))
	b.write("manifests/field.yaml", header+"Area\nmetadata: {name: "+quoted+"}\nspec: {"+quoted+": "+quoted+", parent: "+quoted+"}\n")
	b.write("manifests/broken.yaml", "a: "+text+": b: [\n")
	b.write("manifests/own.yaml", policyManifest("own", "", `deny contains {"key": `+quotedJSON(text)+`, "message": `+quotedJSON(text)+`, "holder": `+quotedJSON(text)+`, "location": {"repository": "acme/bad", "file": `+quotedJSON(text)+`, "line": 1}}`))
	b.write("manifests/hygiene.yaml", header+"ResponsibilityPolicy\nmetadata: {name: hygiene}\nspec: {library: codeowners-hygiene}\n")
	b.write("manifests/valid.yaml", header+"ResponsibilityPolicy\nmetadata: {name: valid}\nspec: {library: valid-holder}\n")
	b.write("staff.yaml", staff[:strings.Index(staff, "teams:")]+"- {id: "+quoted+"}\n- {id: eve, name: "+quoted+", logins: {github: "+quoted+"}, emails: ["+quoted+"]}\nteams:\n"+
		"- {id: good, members: [ada]}\n- {id: bad, name: "+quoted+", members: ["+quoted+"]}\n- {id: "+quoted+"}\n")
	b.store(b.empty("bad"), strings.NewReplacer("\n", " ", "<", "").Replace(text), map[string]string{
		"CODEOWNERS": "/" + inFile + "/ @acme/bad\n/x/ " + inFile + "@acme.example\n[" + inFile + " @acme/bad\n/a/ @acme/bad #" + inFile + "\n", "f/" + text: "\n", text + "/g": "\n",
	})
	b.write("checkouts/odd"+strings.ReplaceAll(text, "/", "")+"/.git/HEAD", text)
}

// store commits files of any names, which the library's index refuses. The working tree gets those that a disk takes.
func (b bench) store(r *gogit.Repository, author string, files map[string]string) {
	b.t.Helper()
	keep := func(value interface {
		Encode(plumbing.EncodedObject) error
	}) plumbing.Hash {
		o := r.Storer.NewEncodedObject()
		b.must(value.Encode(o))
		id, err := r.Storer.SetEncodedObject(o)
		b.must(err)
		return id
	}
	var tree func(files map[string]string) plumbing.Hash
	tree = func(files map[string]string) plumbing.Hash {
		folders, found := map[string]map[string]string{}, object.Tree{}
		for name, text := range files {
			if folder, rest, nested := strings.Cut(name, "/"); nested {
				if folders[folder] == nil {
					folders[folder] = map[string]string{}
				}
				folders[folder][rest] = text
				continue
			}
			o := r.Storer.NewEncodedObject()
			o.SetType(plumbing.BlobObject)
			w, err := o.Writer()
			b.must(err)
			_, err = w.Write([]byte(text))
			b.must(err)
			id, err := r.Storer.SetEncodedObject(o)
			b.must(err)
			found.Entries = append(found.Entries, object.TreeEntry{Name: name, Mode: filemode.Regular, Hash: id})
		}
		for name, inner := range folders {
			found.Entries = append(found.Entries, object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: tree(inner)})
		}
		sort.Sort(object.TreeEntrySorter(found.Entries))
		return keep(&found)
	}
	signature := object.Signature{Name: author, Email: author + "@acme.example", When: monday.AddDate(0, 0, -7)}
	commit := keep(&object.Commit{Author: signature, Committer: signature, Message: "work", TreeHash: tree(files)})
	b.must(r.Storer.SetReference(plumbing.NewHashReference("refs/heads/master", commit)))
	write(b.t, b.path("checkouts/bad"), files)
}

// quotedJSON is a text as Rego and JSON write it.
func quotedJSON(text string) string { return string(appendJSON(nil, text)) }

// Text from outside reaches no terminal as it is: in no form of a report, in no answer, and in no error.
func TestHostileText(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			hostilePlaces(b, text)
			outputs := map[string]called{}
			for _, form := range []string{"table", "json", "sarif", "junit", "markdown"} {
				got := call(t, "", "check", "--manifests", b.path("manifests"), "--output", form, "--verbose")
				if got.code != ExitIncomplete || len(got.out) < 1000 {
					t.Errorf("%s: exit %d with %d bytes; want a report of what is wrong: %s", form, got.code, len(got.out), got.err)
				}
				outputs[form] = got
			}
			folded := strings.Join(strings.Fields(outputs["table"].out), " ")
			if n := strings.Count(folded, strings.Join(strings.Fields(report.Clean(text)), " ")); n < 4 {
				t.Errorf("it is to be seen for what it is, but stands %d times in\n%s", n, folded)
			}
			t.Chdir(b.path("checkouts/bad"))
			for _, form := range []string{"table", "json"} {
				outputs["owners "+form] = call(t, "", "owners", "--output", form)
				outputs["stdin "+form] = call(t, text+"\x00", "owners", "--stdin", "--null", "--output", form)
			}
			outputs["path"] = call(t, "", "check", text)
			outputs["manifests"] = call(t, "", "check", "--manifests", text)
			outputs["baseline"] = call(t, "", "check", "--baseline", text)
			outputs["flag"] = call(t, "", "check", "--output", text)
			outputs["outside"] = call(t, "", "owners", "../../"+text)
			for output, got := range outputs {
				for stream, written := range map[string]string{"out": got.out, "err": got.err} {
					if at, found := raw(written, output == "markdown"); found {
						t.Errorf("%s, %s: %+q", output, stream, written[max(0, at-60):min(len(written), at+30)])
					}
					if strings.Contains(written, "\n  owned  everything") || strings.Contains(written, "\nremit: nothing fails") {
						t.Errorf("%s, %s: a text passes for a line of its own", output, stream)
					}
				}
			}
		})
	}
}

// raw finds the first character that acts on a terminal or cannot be seen. Line ends are Remit's own, and so are the
// zero-width spaces by which Markdown is kept from making mentions of names.
func raw(text string, markdown bool) (at int, found bool) {
	for i, r := range text {
		switch {
		case r == '\n' || markdown && r == '\u200b':
		case r == utf8.RuneError, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return i, true
		}
	}
	return 0, false
}
