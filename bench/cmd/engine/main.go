// Command engine measures passes over an organisation: the first one, and those
// after it in which nothing, one team or one rule of a CODEOWNERS has changed. It
// runs itself anew for each size, so that the memory of one is not counted for
// another, says which targets are met, and fails if one is missed.
//
// Sources are read again before every pass: they say the same in other lists.
// Times are processor time on one core, the collector's share included.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec" //nolint:depguard // a benchmark runs itself anew for each size
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/remit-dev/remit/bench/modules"
	"github.com/remit-dev/remit/controller/engine"
)

// The targets, for 10,000 areas.
const (
	unchangedTarget = 10 * time.Millisecond
	teamTarget      = 25 * time.Millisecond
	residentTarget  = 100_000_000
)

// garbagePercent is that of remit run (controller/standalone/memory.go).
const garbagePercent = 50

// measured is what one size gave. Times are medians.
type measured struct {
	Areas                        int
	Cold, Nothing, Team, Rule    time.Duration
	AskedCold, AskedTeam, AskedR int
	// Bytes: live on the heap after the passes, resident then, and the most that was ever resident.
	Heap, Resident, Most uint64
}

func main() {
	areas := flag.Int("areas", 0, "measure this size only, and print it as JSON")
	repeats := flag.Int("repeats", 15, "repeats of each pass, of which the median counts")
	flag.Parse()
	var err error
	if *areas > 0 {
		err = one(*areas, *repeats)
	} else {
		err = all(*repeats)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		os.Exit(1)
	}
}

func all(repeats int) error {
	var rows []measured
	for _, areas := range []int{10_000, 100_000} {
		row, err := child(areas, repeats)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	fmt.Printf("passes over areas × 10 policies, %d teams, %d people, %d repositories, one core, %d repeats, %s %s\n\n",
		teams, people, repositories, repeats, runtime.Version(), runtime.GOARCH)
	fmt.Printf("| areas | cold | nothing changed | one team changed | one rule changed | policies run: cold, team, rule | live heap | resident after | most resident |\n")
	fmt.Printf("|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, r := range rows {
		fmt.Printf("| %d | %d ms | %.1f ms | %.1f ms | %.1f ms | %d, %d, %d | %d MB | %d MB | %d MB |\n", r.Areas, r.Cold.Milliseconds(), milliseconds(r.Nothing),
			milliseconds(r.Team), milliseconds(r.Rule), r.AskedCold, r.AskedTeam, r.AskedR, r.Heap/1_000_000, r.Resident/1_000_000, r.Most/1_000_000)
	}
	first, last := rows[0], rows[len(rows)-1]
	times := float64(last.Areas) / float64(first.Areas)
	fmt.Printf("\ngrowth from %d to %d areas (%.0f times): cold %.1f, one team %.1f, live heap %.1f times\n\n", first.Areas, last.Areas, times,
		float64(last.Cold)/float64(first.Cold), float64(last.Team)/float64(first.Team), float64(last.Heap)/float64(first.Heap))
	fmt.Printf("targets for %d areas: nothing under %s (%s), one team under %s (%s), under %d MB resident (%s)\n\n", first.Areas,
		unchangedTarget, verdict(first.Nothing <= unchangedTarget), teamTarget, verdict(first.Team <= teamTarget),
		residentTarget/1_000_000, verdict(first.Resident < residentTarget))
	if first.Nothing >= unchangedTarget || first.Team >= teamTarget || first.Resident >= residentTarget {
		return errors.New("a target was missed")
	}
	return nil
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "MISSED"
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// child measures one size in a process of its own.
func child(areas, repeats int) (row measured, err error) {
	program, err := os.Executable()
	if err != nil {
		return row, err
	}
	command := exec.Command(program, "-areas", strconv.Itoa(areas), "-repeats", strconv.Itoa(repeats)) //nolint:gosec // itself
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		return row, fmt.Errorf("%d areas: %w", areas, err)
	}
	return row, json.NewDecoder(bytes.NewReader(output)).Decode(&row)
}

func one(areas, repeats int) error {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(garbagePercent)
	sources, err := modules.Sources()
	if err != nil {
		return err
	}
	input := organisation(areas)
	policies, problems := engine.RestorePolicies(input.Manifests, engine.Recorded{Sources: sources})
	if len(problems) > 0 {
		return fmt.Errorf("%v", problems)
	}
	input.Policies = policies
	row := measured{Areas: areas}
	running := engine.New()
	if row.Cold, row.AskedCold, err = pass(running, input); err != nil {
		return err
	}
	n := 0
	repeat := func(change func(*engine.Input, int)) (time.Duration, int, error) {
		var times []time.Duration
		asked := 0
		for range repeats {
			n++
			change(&input, n)
			took, run, err := pass(running, input)
			if err != nil {
				return 0, 0, err
			}
			times, asked = append(times, took), run
		}
		slices.Sort(times)
		return times[len(times)/2], asked, nil
	}
	var asked int
	if row.Nothing, asked, err = repeat(again); err != nil {
		return err
	}
	if row.Team, row.AskedTeam, err = repeat(oneTeam); err != nil {
		return err
	}
	if row.Rule, row.AskedR, err = repeat(oneRepository); err != nil {
		return err
	}
	if asked != 0 || row.AskedTeam == 0 || row.AskedR == 0 {
		return fmt.Errorf("%d policies were run where nothing changed, %d for a team, %d for a rule", asked, row.AskedTeam, row.AskedR)
	}
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	row.Heap = memory.HeapAlloc
	debug.FreeOSMemory()
	if row.Resident, err = resident("VmRSS"); err != nil {
		return err
	}
	if row.Most, err = resident("VmHWM"); err != nil {
		return err
	}
	runtime.KeepAlive(running)
	return json.NewEncoder(os.Stdout).Encode(row)
}

// pass makes one pass and gives the processor time that it took.
func pass(running *engine.Engine, input engine.Input) (time.Duration, int, error) {
	began, err := processorTime()
	if err != nil {
		return 0, 0, err
	}
	outcome, err := running.Pass(context.Background(), input)
	if err != nil {
		return 0, 0, err
	}
	ended, err := processorTime()
	return ended - began, outcome.Asked, err
}

func processorTime() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, fmt.Errorf("processor time: %w", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

// resident is one of the kernel's figures of the process's resident memory, in bytes.
func resident(name string) (uint64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == name+":" {
			kilobytes, err := strconv.ParseUint(fields[1], 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("/proc/self/status has no %s", name)
}
