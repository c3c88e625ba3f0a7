// Package codeownerstest makes and finds CODEOWNERS files to measure with: a large synthetic one, and the
// corpora of real ones where they are present. It is for tests and benchmarks only.
package codeownerstest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// SyntheticRules is the number of rules of the synthetic file, which has just under 3 MB.
const SyntheticRules = 54_001

// Synthetic writes a CODEOWNERS text of SyntheticRules rules, of the kinds that large files have, and paths to match:
// half of them below the folders that rules name, half elsewhere. The same seed gives the same text.
//
//	share  kind                       example
//	60 %   folders, 3 to 5 deep       /services/ledger-12/handler-7/
//	10 %   file types                 *.ledger-12
//	10 %   types in a folder name     **/ledger-12/*.handler-7
//	10 %   any depth below a folder   /services/ledger-12/**/handler-7.go
//	5 %    one level                  /services/ledger-12/*
//	5 %    one file                   /services/ledger-12/handler-7.go
func Synthetic(seed uint64, paths int) (text []byte, files []string) {
	g := generator{rand.New(rand.NewPCG(seed, 1))}
	var b strings.Builder
	b.WriteString("*  @acme/everyone\n")
	folders := make([]string, 0, SyntheticRules)
	for i := 1; i < SyntheticRules; i++ {
		folder := g.folder()
		folders = append(folders, folder)
		fmt.Fprintf(&b, "%s @acme/team-%03d\n", g.pattern(folder), g.IntN(1000))
	}
	for range paths {
		if folder := folders[g.IntN(len(folders))]; g.IntN(2) == 0 {
			files = append(files, folder+"/"+g.word()+"/"+g.file())
		} else {
			files = append(files, g.folder()+"/"+g.file())
		}
	}
	return []byte(b.String()), files
}

type generator struct{ *rand.Rand }

func (g generator) pattern(folder string) string {
	switch n := g.IntN(100); {
	case n < 60:
		return "/" + folder + "/"
	case n < 70:
		return "*." + g.word() + "-" + g.word()
	case n < 80:
		return "**/" + g.word() + "/" + g.word() + "/*." + g.word()
	case n < 90:
		return "/" + folder + "/**/" + g.file()
	case n < 95:
		return "/" + folder + "/*"
	}
	return "/" + folder + "/" + g.file()
}

func (g generator) folder() string {
	parts := []string{g.of("services", "libraries", "platform", "apps", "tools", "infra")}
	for range 1 + g.IntN(3) {
		parts = append(parts, g.word())
	}
	return strings.Join(append(parts, g.word()), "/")
}

func (g generator) file() string {
	return g.word() + g.of(".go", ".ts", ".md", ".yaml", "_test.go", ".proto")
}

func (g generator) word() string {
	return fmt.Sprintf("%s-%d", g.of("ledger", "payment", "handler", "invoice", "account", "gateway", "search", "index"), g.IntN(200))
}

func (g generator) of(words ...string) string { return words[g.IntN(len(words))] }
