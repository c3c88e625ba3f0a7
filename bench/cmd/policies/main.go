// Command policies compares judging 10,000 areas by ten policies with OPA used
// well, on one core, both in this process, taking turns. It fails if the two
// do not find the same.
//
// What each side's time includes:
//
//	ours           encoding the inputs, noticing unknown facts, a deadline for each
//	               policy and area, findings; a fresh store each time (its values are
//	               encoded when they are first read)
//	ours, encoded  the same less encoding the inputs, which is timed by itself
//	ours, kept     the same as ours, with the paths that each policy read for each
//	               area kept, and some facts unknown that none of them reads
//	one query      OPA with inputs parsed before, an inmem store of ast.Values made
//	               before, one prepared query over all rules, findings made of its result
//	ten queries    the same with one prepared query for each policy
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"syscall"
	"time"

	"github.com/remit-dev/remit/bench/modules"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/policy/store"
)

func main() {
	areas := flag.Int("areas", 10_000, "areas")
	teams := flag.Int("teams", 300, "teams")
	repeats := flag.Int("repeats", 7, "repeats, of which the median counts")
	flag.Parse()
	if err := compare(*areas, *teams, *repeats); err != nil {
		fmt.Fprintln(os.Stderr, "policies:", err)
		os.Exit(1)
	}
}

func compare(areas, teams, repeats int) error {
	runtime.GOMAXPROCS(1)
	sources, err := modules.Sources()
	if err != nil {
		return err
	}
	subjects, data := organisation(areas, teams)
	began := time.Now()
	set, problems := policy.Compile(sources)
	if len(problems) > 0 {
		return fmt.Errorf("%v", problems)
	}
	compiling := time.Since(began)

	// The heap first, before the peer's documents are in it.
	documents, peak, ours, err := heapOf(set, subjects, data)
	if err != nil {
		return err
	}
	one, err := newPeer(sources, subjects, data, true)
	if err != nil {
		return err
	}
	ten, err := newPeer(sources, subjects, data, false)
	if err != nil {
		return err
	}
	times := map[string][]time.Duration{}
	for range repeats {
		for _, side := range []struct {
			name string
			run  func() ([]ownership.Finding, error)
		}{
			{"ours", func() ([]ownership.Finding, error) { return judge(set, subjects, data, policy.Options{}) }},
			{"recording", func() ([]ownership.Finding, error) {
				return judge(set, subjects, data, policy.Options{KeepReads: true}, store.Unknown{Path: []string{"remit", "repositories"}})
			}},
			{"one query", one.judge}, {"ten queries", ten.judge},
			{"encoding", func() ([]ownership.Finding, error) { return ours, policy.EncodeAll(set, subjects) }},
		} {
			runtime.GC()
			began, err := cpu()
			if err != nil {
				return err
			}
			found, err := side.run()
			if err != nil {
				return fmt.Errorf("%s: %w", side.name, err)
			}
			ended, err := cpu()
			if err != nil {
				return err
			}
			times[side.name] = append(times[side.name], ended-began)
			if !slices.Equal(found, ours) {
				return fmt.Errorf("%s found %d, ours %d, or other findings", side.name, len(found), len(ours))
			}
		}
	}
	medians := map[string]time.Duration{}
	for name, all := range times {
		slices.Sort(all)
		medians[name] = all[len(all)/2]
	}
	ratio := func(name string, less time.Duration) string {
		return fmt.Sprintf("%.2f", float64(medians[name]-less)/float64(medians["one query"]))
	}
	fmt.Printf("%d areas × %d policies × %d teams, one core, %d repeats, %d findings (the same on all sides), %s %s\n\n",
		areas, len(sources), teams, repeats, len(ours), runtime.Version(), runtime.GOARCH)
	fmt.Printf("| | median ms of processor time | × one query |\n|---|---:|---:|\n")
	fmt.Printf("| ours, encoding the inputs included | %d | %s |\n", medians["ours"].Milliseconds(), ratio("ours", 0))
	fmt.Printf("| ours, without encoding | %d | %s |\n", (medians["ours"] - medians["encoding"]).Milliseconds(), ratio("ours", medians["encoding"]))
	fmt.Printf("| ours, every read kept and held against an unknown path | %d | %s |\n", medians["recording"].Milliseconds(), ratio("recording", 0))
	fmt.Printf("| OPA, one prepared query | %d | 1.00 |\n", medians["one query"].Milliseconds())
	fmt.Printf("| OPA, ten prepared queries | %d | %s |\n\n", medians["ten queries"].Milliseconds(), ratio("ten queries", 0))
	fmt.Printf("encoding the inputs: %d ms; compiling the policies: %d ms; ours at its peak: %d MB of heap, %d MB of it documents given to it\n",
		medians["encoding"].Milliseconds(), compiling.Milliseconds(), peak>>20, documents>>20)
	if limit := 1.3; float64(medians["ours"]) > limit*float64(medians["one query"]) || peak > 100<<20 {
		return fmt.Errorf("missed: at most %.1f times one query and 100 MB", limit)
	}
	return nil
}

// cpu is the processor time that this process has taken, the collector's share
// included: on one core the same as time passed, less what other processes take.
func cpu() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, fmt.Errorf("processor time: %w", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

func judge(set *policy.Set, subjects []policy.Subject, data *policy.Data, options policy.Options, unknown ...store.Unknown) ([]ownership.Finding, error) {
	from, err := policy.NewStore(data, unknown...)
	if err != nil {
		return nil, err
	}
	options.Workers = 1
	judgement, err := set.Judge(context.Background(), from, subjects, options)
	if err == nil && len(judgement.Failures) > 0 {
		err = judgement.Failures[0].Problem
	}
	return judgement.Findings, err
}

// heapOf gives the heap before judging and at its peak, sampled every millisecond.
func heapOf(set *policy.Set, subjects []policy.Subject, data *policy.Data) (before, peak uint64, found []ownership.Finding, err error) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	heap := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	before = heap()
	done, finished := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(finished)
		for {
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
				peak = max(peak, heap())
			}
		}
	}()
	found, err = judge(set, subjects, data, policy.Options{})
	close(done)
	<-finished
	return before, cmp.Or(peak, before), found, err
}
