// Command clusterbench measures `remit controller` on a real API server: how long until many new Areas have a final
// status, how soon a changed fact is readable in the statuses that rest on it, and what it does when nothing happens.
//
//	loader ──create──► API server ◄──watch── remit controller (its own process)
//	   └────────watch────────┘  the clock runs from the last create to the last status
//
// Each size has a control plane of its own. The loader has no client-side throttling. All shares one machine: the API
// server, etcd, the loader and the controller.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"github.com/go-logr/logr"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// targets are what is asked for of one size; zero where nothing is.
type targets struct {
	areas            int
	status           time.Duration
	memory           int // MiB
	change           time.Duration
	writes           bool
	processorPercent float64
}

func sizes() []targets {
	return []targets{
		{areas: 1000, status: 20 * time.Second, memory: 150},
		{areas: 10000, status: 3 * time.Minute, memory: 400, change: time.Second, writes: true, processorPercent: 2},
	}
}

func main() {
	binary := flag.String("remit", "bin/remit", "the binary to measure")
	only := flag.String("areas", "", "measure these sizes only, such as 1000,10000")
	steady := flag.Duration("steady", 2*time.Minute, "how long the steady state is watched")
	changes := flag.Int("changes", 100, "how many facts are changed")
	flag.Parse()
	ctrllog.SetLogger(logr.Discard()) // else the library complains on standard error that it has none
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	missed := false
	for _, target := range sizes() {
		if *only != "" && !strings.Contains(","+*only+",", ","+strconv.Itoa(target.areas)+",") {
			continue
		}
		met, err := measure(ctx, *binary, target, *steady, *changes)
		if err != nil {
			fmt.Fprintln(os.Stderr, "clusterbench:", err)
			os.Exit(1)
		}
		missed = missed || !met
	}
	if missed {
		os.Exit(1)
	}
}

// measure measures one size.
func measure(ctx context.Context, binary string, target targets, steady time.Duration, changes int) (met bool, err error) {
	assets, err := controlplane.Assets(ctx)
	if err != nil {
		return false, err
	}
	plane, err := controlplane.New(controlplane.Options{Assets: assets})
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, plane.Stop()) }()
	if err := plane.Start(ctx); err != nil {
		return false, err
	}
	b, err := newBench(ctx, plane, binary)
	if err != nil {
		return false, err
	}
	defer b.remit.end()
	t := table{met: true}
	t.title(fmt.Sprintf("%d Areas, all policies of the library, %d teams", target.areas, teams))

	created, took, err := b.load(ctx, target.areas)
	if err != nil {
		return false, err
	}
	t.row("created by the loader", fmt.Sprintf("%.1f s (%.0f a second)", created.Seconds(), float64(target.areas)/created.Seconds()), "", true)
	t.row("all statuses final, from the last create", fmt.Sprintf("%.1f s", took.Seconds()), "< "+target.status.String(), took < target.status)
	if target.change > 0 {
		times, affected, err := b.change(ctx, changes)
		if err != nil {
			return false, err
		}
		p99 := percentile(times, 99)
		t.row(fmt.Sprintf("one fact changed, read by %d areas: all readable", affected), fmt.Sprintf("%.0f ms median, %.0f ms p99 of %d", ms(percentile(times, 50)), ms(p99), len(times)),
			"p99 < "+target.change.String(), p99 < target.change)
	}
	if target.writes && steady > 0 {
		rest, err := b.rest(ctx, steady)
		if err != nil {
			return false, err
		}
		t.row("steady state, "+steady.String()+": objects written but Leases", strconv.Itoa(rest.moved), "0", rest.moved == 0)
		t.row("steady state: of one core", fmt.Sprintf("%.2f %%", rest.percent), fmt.Sprintf("< %.0f %%", target.processorPercent), rest.percent < target.processorPercent)
	}
	peak, resident, err := b.remit.memory() // of all that was before
	if err != nil {
		return false, err
	}
	t.row("controller, resident at its peak", fmt.Sprintf("%d MiB", peak), fmt.Sprintf("< %d MiB", target.memory), peak < target.memory)
	t.row("controller, resident in the end", fmt.Sprintf("%d MiB", resident), "", true)
	t.print(os.Stdout)
	return t.met, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
