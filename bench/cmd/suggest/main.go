// Command suggest measures how well Remit's suggested owners foresee owners who were added later: it walks the history
// of CODEOWNERS and OWNERS files in git checkouts, and at each commit that adds an owner predicts from the history before
// it, beside plain commit counts and the degree of authorship. It is no part of `make bench`. Run it as:
// make study-suggest REPOS="path1 path2"
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// options are what the study was called with.
type options struct {
	tune      bool
	resamples int
	seed      uint64
	window    int
	cases     string
}

func main() {
	var o options
	flag.BoolVar(&o.tune, "tune", false, "print every formula of the grid, the best first: for training repositories only")
	flag.IntVar(&o.resamples, "resamples", 2000, "how often commits are drawn anew for the confidence intervals")
	flag.Uint64Var(&o.seed, "seed", 1, "where drawing begins")
	flag.IntVar(&o.window, "window", 1095, "how many days of history Remit's formula sees; the other methods see all")
	flag.StringVar(&o.cases, "cases", "", "write every case to this file, as tab-separated values")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: suggest [flags] CHECKOUT...\n\nEach CHECKOUT is a git checkout or bare repository with its history.")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, os.Stderr, o, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "suggest:", err)
		os.Exit(1)
	}
}

// run studies each checkout and prints the tables.
func run(ctx context.Context, out, progress io.Writer, o options, checkouts []string) error {
	if len(checkouts) == 0 {
		return errors.New("name at least one checkout: make study-suggest REPOS=\"path1 path2\"")
	}
	s := newStudy(o)
	for _, checkout := range checkouts {
		started := time.Now()
		before := len(s.results)
		name := nameOf(checkout)
		if err := s.repository(ctx, name, checkout, progress); err != nil {
			return fmt.Errorf("%s: %w", checkout, err)
		}
		fmt.Fprintf(progress, "%s: %d cases in %v\n", name, len(s.results)-before, time.Since(started).Round(time.Second))
	}
	if o.cases != "" {
		if err := writeCases(o.cases, s); err != nil {
			return err
		}
	}
	if o.tune {
		return printGrid(out, s)
	}
	return printTables(out, s)
}

// nameOf is how a checkout is called in the tables: its folder's name, or that of the folder above a folder "repo".
func nameOf(checkout string) string {
	absolute, err := filepath.Abs(checkout)
	if err != nil {
		absolute = checkout
	}
	name := filepath.Base(absolute)
	if slices.Contains([]string{"repo", ".git", "git"}, name) {
		name = filepath.Base(filepath.Dir(absolute))
	}
	return strings.TrimSuffix(strings.ReplaceAll(name, "+", "/"), ".git")
}
