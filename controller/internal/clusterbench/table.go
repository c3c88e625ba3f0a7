package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// table is what was measured of one size, beside what is asked for.
type table struct {
	heading string
	rows    [][3]string
	met     bool
}

func (t *table) title(text string) { t.heading = text }

func (t *table) row(what, seen, want string, met bool) {
	if want != "" && !met {
		want += "  MISSED"
	}
	t.rows = append(t.rows, [3]string{what, seen, want})
	t.met = t.met && met
}

func (t *table) print(w io.Writer) {
	_, _ = fmt.Fprintf(w, "\n%s\n", t.heading) // standard output
	aligned := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, row := range t.rows {
		_, _ = fmt.Fprintf(aligned, "  %s\t%s\t%s\n", row[0], row[1], row[2]) // as above
	}
	_ = aligned.Flush() // as above
}

// percentile is the value that as many of a hundred do not exceed.
func percentile(of []time.Duration, share int) time.Duration {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[min(len(sorted)*share/100, len(sorted)-1)]
}
