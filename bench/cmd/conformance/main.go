// Command conformance runs the cases of controller/codeowners/testdata/conformance.yaml through other CODEOWNERS
// libraries and prints, as Markdown, where they differ. Run it as: go -C bench run ./cmd/conformance
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-dev/remit/bench/peers"
	"github.com/remit-dev/remit/controller/codeowners/codeownerstest"
)

func main() {
	table := flag.String("table", "../controller/codeowners/testdata/conformance.yaml", "the conformance table")
	flag.Parse()
	if err := run(os.Stdout, *table); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, path string) error {
	table, err := codeownerstest.Conformance(path)
	if err != nil {
		return err
	}
	all := peers.All()
	others := all[1:]
	counts := make([]count, len(others))
	differing := 0
	w := bufio.NewWriter(out)
	header := []string{"case", "basis", "file", "path", "Remit"}
	for _, p := range others {
		header = append(header, p.Name)
	}
	row(w, header)
	row(w, slices.Repeat([]string{"---"}, len(header)))
	for _, c := range table.Cases {
		differs := false
		expected, err := verdicts(all[0], c)
		if err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
		results := make([]result, len(others))
		for i, p := range others {
			results[i] = compare(p, c, expected)
			counts[i].add(results[i], c.Basis)
			differs = differs || results[i].differs()
		}
		if differs {
			differing++
			writeCase(w, c, expected, results)
		}
	}
	fmt.Fprintf(w, "\n%d of %d cases differ in at least one library.\n\n", differing, len(table.Cases))
	row(w, []string{"library", "cases that differ", "by documentation", "as observed", "by inference", "file refused", "panic", "other answer"})
	row(w, slices.Repeat([]string{"---"}, 8))
	for i, p := range others {
		n := counts[i]
		cells := []string{p.Name}
		for _, number := range []int{n.refused + n.panics + n.answers, n.basis["documented"], n.basis["observed"], n.basis["inference"], n.refused, n.panics, n.answers} {
			cells = append(cells, strconv.Itoa(number))
		}
		row(w, cells)
	}
	return w.Flush()
}

// count sums up one library.
type count struct {
	refused, panics, answers int
	basis                    map[string]int // of the cases that differ
}

func (n *count) add(r result, basis string) {
	if !r.differs() {
		return
	}
	if n.basis == nil {
		n.basis = map[string]int{}
	}
	n.basis[basis]++
	switch {
	case r.panics != "":
		n.panics++
	case r.refused != "":
		n.refused++
	default:
		n.answers++
	}
}

// result is what one library makes of one case.
type result struct {
	refused, panics string
	wrong           map[string]peers.Verdict // by path
}

func (r result) differs() bool { return r.panics != "" || len(r.wrong) > 0 }

// compare asks a library for all paths of a case. A library that refuses a file is wrong where there is an owner.
func compare(p peers.Peer, c codeownerstest.Case, expected map[string]peers.Verdict) result {
	r := result{wrong: map[string]peers.Verdict{}}
	loaded, err := p.Load(c.Bytes())
	if err != nil {
		r.refused = err.Error()
		if strings.HasPrefix(r.refused, "panics") {
			r.panics = r.refused
		}
		for path, want := range expected {
			if want != peers.Unmatched {
				r.wrong[path] = "file refused"
			}
		}
		return r
	}
	for path, want := range expected {
		got, err := loaded.Owners(path)
		if err != nil {
			got = peers.Verdict(err.Error())
			if strings.HasPrefix(err.Error(), "panics") {
				r.panics = err.Error()
			}
		}
		if !got.Agrees(want) {
			r.wrong[path] = got
		}
	}
	return r
}

func verdicts(p peers.Peer, c codeownerstest.Case) (map[string]peers.Verdict, error) {
	loaded, err := p.Load(c.Bytes())
	if err != nil {
		return nil, err
	}
	all := map[string]peers.Verdict{}
	for path := range c.Paths {
		if all[path], err = loaded.Owners(path); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// writeCase shows the first path that some library answers otherwise.
func writeCase(w io.Writer, c codeownerstest.Case, expected map[string]peers.Verdict, results []result) {
	var paths []string
	for path := range expected {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	shown := paths[0]
	best := -1
	for _, path := range paths {
		n := 0
		for _, r := range results {
			if _, wrong := r.wrong[path]; wrong {
				n++
			}
		}
		if n > best {
			shown, best = path, n
		}
	}
	cells := []string{c.Name, c.Basis, code(c.Text), code(shown), string(expected[shown])}
	for _, r := range results {
		switch got, wrong := r.wrong[shown]; {
		case r.panics != "":
			cells = append(cells, "**panics**")
		case wrong:
			cells = append(cells, "**"+string(got)+"**")
		case len(r.wrong) > 0:
			cells = append(cells, "differs for other paths")
		default:
			cells = append(cells, "same")
		}
	}
	row(w, cells)
}

// code shows text in a Markdown table, on one line.
func code(text string) string {
	if len(text) > 80 {
		text = text[:77] + "..."
	}
	quoted := fmt.Sprintf("%q", text)
	quoted = strings.NewReplacer(`\\`, `\`, `\"`, `"`, "|", `\|`, "`", "'").Replace(quoted[1 : len(quoted)-1])
	return "`" + quoted + "`"
}

func row(w io.Writer, cells []string) {
	for i, cell := range cells {
		if i < 2 || i > 3 {
			cells[i] = strings.ReplaceAll(cell, "|", `\|`)
		}
	}
	fmt.Fprintln(w, "| "+strings.Join(cells, " | ")+" |")
}
