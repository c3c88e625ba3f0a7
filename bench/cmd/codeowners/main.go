// Command codeowners measures Remit's CODEOWNERS engine beside other libraries, in one run and taking turns, and prints a
// table. Run it as: go -C bench run ./cmd/codeowners
//
// The other libraries try each rule on each path, so that a large file would take them hours: they get a sample of the
// paths, spread evenly, and what is compared is the time for one path. Time is processor time of this process, user and
// system, the garbage collector's included, so that other work on the machine does not count; all of it is on one thread but
// the garbage collector's, so without other work the clock on the wall shows no more.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/remit-dev/remit/bench/peers"
	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/codeowners/codeownerstest"
)

func main() {
	corpus := flag.String("corpus", "../../shared/corpus", "the folder with the corpora of real repositories")
	repeats := flag.Int("repeats", 5, "how often each measurement is taken; the median counts")
	flag.Parse()
	if err := run(*corpus, *repeats); err != nil {
		fmt.Fprintln(os.Stderr, "codeowners:", err)
		os.Exit(1)
	}
}

func run(folder string, repeats int) error {
	fmt.Printf("%s, %d CPUs, processor time, median (least to most) of %d, libraries taking turns\n\n", runtime.Version(), runtime.NumCPU(), repeats)
	if err := large(repeats); err != nil {
		return err
	}
	corpora, err := codeownerstest.Corpora(folder)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("\nThe corpora of real repositories are not there, so they are not measured: %v\n", err)
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Println()
	fmt.Println("| repository | rules | files | Remit: all files, parse and compile | of it matching | least ratio to others' time a path | target | |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- |")
	var notes []string
	for _, c := range corpora {
		note, err := repository(c, repeats)
		if err != nil {
			return err
		}
		notes = append(notes, note...)
	}
	fmt.Println()
	for _, note := range notes {
		fmt.Println("- " + note)
	}
	return nil
}

// large measures 54,001 rules, 3 MB.
func large(repeats int) error {
	const paths = 100_000
	text, files := codeownerstest.Synthetic(1, paths)
	all := peers.All()
	samples := []int{paths, 40, 20} // paths for each library in each repeat
	load, match := make([]times, len(all)), make([]times, len(all))
	for range repeats {
		for i, p := range all {
			start := now()
			file, err := p.Load(text)
			if err != nil {
				return fmt.Errorf("%s refuses the file: %w", p.Name, err)
			}
			load[i] = append(load[i], (now() - start))
			took, err := matchTime(file, files, samples[i])
			if err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
			match[i] = append(match[i], took)
			runtime.GC()
		}
	}
	fmt.Printf("%d rules, %d bytes; %d paths, of which %d and %d for the others\n\n", codeownerstest.SyntheticRules, len(text), paths, samples[1], samples[2])
	fmt.Println("| library | parse and compile | one path | times Remit's | target | |")
	fmt.Println("| --- | --- | --- | --- | --- | --- |")
	ours := match[0].median()
	for i, p := range all {
		ratio := float64(match[i].median()) / float64(ours)
		target, met := "", ""
		switch i {
		case 0:
			target, met = "under 0.5 s and 10 µs", verdict(load[i].median() < 500*time.Millisecond && ours < 10*time.Microsecond)
		case 1:
			target, met = "at least 1,000", verdict(ratio >= 1000)
		}
		fmt.Printf("| %s | %s | %s | %.0f | %s | %s |\n", p.Name, load[i], match[i], ratio, target, met)
	}
	fmt.Printf("\nThe compiled rules hold %.1f MiB, the parsed file included.\n", float64(held(text))/(1<<20))
	return nil
}

// matchTime is the time for one path, from a sample spread evenly.
func matchTime(file *peers.Loaded, files []string, sample int) (time.Duration, error) {
	sample = min(sample, len(files))
	for i := range sample / 10 { // warm up
		if err := file.Match(files[i]); err != nil {
			return 0, err
		}
	}
	start := now()
	for i := range sample {
		if err := file.Match(files[i*len(files)/sample]); err != nil {
			return 0, err
		}
	}
	return (now() - start) / time.Duration(sample), nil
}

// repository measures all files of a real repository.
func repository(c codeownerstest.Corpus, repeats int) (notes []string, err error) {
	const sample = 1000
	all := peers.All()
	match := make([]times, len(all))
	var whole, matching times
	matches := make([]codeowners.Match, 0, len(c.Files))
	for range repeats {
		for i, p := range all {
			if i == 0 {
				const rounds = 20 // one is too short to measure
				start := now()
				var m *codeowners.Matcher
				for range rounds {
					m = codeowners.Parse(c.CodeOwners).Compile()
				}
				compiled := now()
				for range rounds {
					matches = m.AppendMatches(matches[:0], c.Files)
				}
				took := (now() - compiled) / rounds
				whole, matching = append(whole, took+(compiled-start)/rounds), append(matching, took)
				match[0] = append(match[0], took/time.Duration(len(c.Files)))
				runtime.GC()
				continue
			}
			file, err := p.Load(c.CodeOwners)
			if err != nil {
				continue // said below
			}
			took, err := matchTime(file, c.Files, sample)
			if err != nil {
				return nil, fmt.Errorf("%s on %s: %w", p.Name, c.Name, err)
			}
			match[i] = append(match[i], took)
			runtime.GC()
		}
	}
	least := 0.0
	for i := 1; i < len(all); i++ {
		if len(match[i]) == 0 {
			_, err := all[i].Load(c.CodeOwners)
			notes = append(notes, fmt.Sprintf("%s refuses the file of %s: %v", all[i].Name, c.Name, err))
			continue
		}
		ratio := float64(match[i].median()) / float64(match[0].median())
		if least == 0 || ratio < least {
			least = ratio
		}
		notes = append(notes, fmt.Sprintf("%s on %s: %s a path, %.0f times Remit's %s (sample of %d paths)",
			all[i].Name, c.Name, match[i], ratio, match[0], min(sample, len(c.Files))))
	}
	fmt.Printf("| %s | %d | %d | %s | %s | %.0f | under 10 ms, at least 20 | %s |\n", c.Name, len(codeowners.Parse(c.CodeOwners).Rules()),
		len(c.Files), whole, matching, least, verdict(whole.median() < 10*time.Millisecond && least >= 20))
	return notes, nil
}

// now is the processor time that this process has used.
func now() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // cannot happen: the argument is a constant
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// held is what the compiled rules keep in memory, in bytes.
func held(text []byte) uint64 {
	before := heap()
	m := codeowners.Parse(text).Compile()
	after := heap()
	runtime.KeepAlive(m)
	return after - before
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "**missed**"
}

// times are repeats of one measurement.
type times []time.Duration

func (t times) median() time.Duration {
	sorted := slices.Sorted(slices.Values(t))
	return sorted[len(sorted)/2]
}

// String gives the median and the range.
func (t times) String() string {
	return fmt.Sprintf("%s (%s to %s)", short(t.median()), short(slices.Min(t)), short(slices.Max(t)))
}

// short keeps three digits.
func short(d time.Duration) string {
	for unit := time.Second; unit >= time.Nanosecond; unit /= 1000 {
		if d >= unit {
			return d.Round(max(unit/100, 1)).String()
		}
	}
	return d.String()
}
