// Command plan measures how long planning takes: 10,000 changes over 100 repositories, from the drift on to the plan's
// hash. It fails if the target is missed. Run it as: go -C bench run ./cmd/plan
//
// The plan is made on one core, where its time is processor time of this process, user and system, the garbage collector's
// included; and on all cores, as a user waits for it, by the clock on the wall. Other work on the machine makes a core
// slower, by what they share, and never faster: so the least of several batches is nearest to what a plan takes. A batch is
// several plans, so that each has its part of the garbage collector's work. The target is held against what a user waits.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
)

const (
	// changes is how many there are to be made in the organisation.
	changes = 10_000
	// target is the time that a whole plan of them may take.
	target = 100 * time.Millisecond
	// batch is how many plans are measured together.
	batch = 4
)

func main() {
	batches := flag.Int("batches", 15, "how many batches of plans are measured; the fastest counts")
	flag.Parse()
	if err := run(*batches); err != nil {
		fmt.Fprintln(os.Stderr, "plan:", err)
		os.Exit(1)
	}
}

func run(batches int) error {
	in := organisation()
	in.Limits = plan.Limits{RemovalPercent: 100, Changes: 1 << 20} // so that nothing is held
	made := plan.Make(in)
	if len(made.Changes) != changes || len(made.Held) != 0 {
		return fmt.Errorf("the plan has %d changes, and %d are held; want %d and none", len(made.Changes), len(made.Held), changes)
	}
	kinds := map[ownership.Operation]int{}
	for _, change := range made.Changes {
		kinds[change.Operation]++
	}
	waited, err := measure(batches, wallClock, func() { plan.Make(in) })
	if err != nil {
		return err
	}
	cores := runtime.GOMAXPROCS(1)
	derived, err := measure(batches, processorTime, func() { plan.Candidates(in) })
	if err != nil {
		return err
	}
	whole, err := measure(batches, processorTime, func() { plan.Make(in) })
	if err != nil {
		return err
	}
	fmt.Printf("planning over %d repositories with %d areas, least (median, most) of %d batches of %d, %s %s\n\n",
		len(in.Snapshot.Repositories), len(in.Areas), batches, batch, runtime.Version(), runtime.GOARCH)
	fmt.Println("| | changes | owners added | owners removed | rules added | time | allocations | of bytes | target | |")
	fmt.Println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
	operations := fmt.Sprintf("%d | %d | %d | %d", len(made.Changes), kinds[ownership.AddOwner], kinds[ownership.RemoveOwner], kinds[ownership.AddRule])
	verdict := "met"
	if waited.least() >= target {
		verdict = "missed"
	}
	fmt.Printf("| candidates, processor time on one core | %s | %s | | |\n", operations, derived)
	fmt.Printf("| whole plan, processor time on one core | %s | %s | | |\n", operations, whole)
	fmt.Printf("| whole plan, by the clock on %d cores | %s | %s | %s | %s |\n\n", cores, operations, waited, target, verdict)
	if waited.least() >= target {
		return fmt.Errorf("missed: a plan of %d changes takes %s, not under %s", changes, waited.least(), target)
	}
	return nil
}

// measured is what one of each batch took, sorted, and allocated.
type measured struct {
	times            []time.Duration
	allocated, bytes uint64
}

func (m measured) least() time.Duration { return m.times[0] }

func (m measured) String() string {
	return fmt.Sprintf("%.1f ms (%.1f, %.1f) | %d | %.1f MB", milliseconds(m.least()), milliseconds(m.times[len(m.times)/2]),
		milliseconds(m.times[len(m.times)-1]), m.allocated, float64(m.bytes)/1e6)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func measure(batches int, clock func() (time.Duration, error), do func()) (measured, error) {
	var m measured
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range batches {
		began, err := clock()
		if err != nil {
			return m, err
		}
		for range batch {
			do()
		}
		ended, err := clock()
		if err != nil {
			return m, err
		}
		m.times = append(m.times, (ended-began)/batch)
	}
	runtime.ReadMemStats(&after)
	slices.Sort(m.times)
	m.allocated = (after.Mallocs - before.Mallocs) / uint64(batches*batch)   //nolint:gosec // batches are few
	m.bytes = (after.TotalAlloc - before.TotalAlloc) / uint64(batches*batch) //nolint:gosec // as above
	return m, nil
}

func processorTime() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, fmt.Errorf("processor time: %w", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

// wallClock needs no error; it is there so that one measure takes both clocks.
func wallClock() (time.Duration, error) { return time.Duration(time.Now().UnixNano()), nil }
