package manifest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

// FuzzLoad loads one file of any text: no panic, each problem has a place and words, and each object that is left
// has a name, a place in the file and holders that the program can read.
func FuzzLoad(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, seed := range seeds {
		text, err := os.ReadFile(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(laughs()))
	f.Add([]byte("\xef\xbb\xbf" + goodArea + "...\r\n--- !!map {<<: [&a {b: *a}]}\n"))
	loader := newLoader(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		var entries []entry
		var problems []ownership.Problem
		for _, chunk := range splitDocuments(text) {
			c := checker{schemas: loader.schemas, file: "m.yaml"}
			c.document(chunk)
			if c.err != nil {
				t.Fatal(c.err)
			}
			entries, problems = append(entries, c.entries...), append(problems, c.problems...)
		}
		set, more := assemble(entries, false)
		for _, problem := range append(problems, more...) {
			if problem.Line <= 0 || problem.Message == "" {
				t.Errorf("a problem without a place or words: %#v", problem)
			}
		}
		for _, area := range set.Areas {
			if area.Value.Name == "" || area.Value.Namespace == "" || area.Location.Line <= 0 {
				t.Errorf("an area without a name or place: %v", area)
			}
			for _, role := range area.Value.Spec.Roles {
				for _, holder := range role.Holders {
					if _, err := ownership.ParseHolder(holder); err != nil {
						t.Error(err)
					}
				}
			}
		}
	})
}
