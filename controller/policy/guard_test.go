package policy

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

// loop runs for hours and takes no memory.
const loop = `
deny contains {"key": "k", "message": "m"} if {
	some a in numbers.range(1, 2000)
	some b in numbers.range(1, 2000)
	some c in numbers.range(1, 2000)
	a + b + c < 0
}
`

// TestDeadline holds policies that never end, each in its way, against the deadline.
func TestDeadline(t *testing.T) {
	for name, text := range map[string]string{
		"loops":         loop,
		"range":         `deny contains {"key": "k", "message": "m"} if count(numbers.range(1, 1000000000)) > 1`,
		"comprehension": `deny contains {"key": "k", "message": "m"} if count({[a, b] | some a in numbers.range(1, 100000); some b in numbers.range(1, 100000)}) > 1`,
		"same result":   "deny contains {\"key\": \"k\", \"message\": \"m\"} if {\n\tsome a in numbers.range(1, 100000)\n\tsome b in numbers.range(1, 100000)\n\ta + b > 0\n}",
	} {
		t.Run(name, func(t *testing.T) {
			set := mustCompile(t, source("slow", head("")+text), source("good", head("")+`deny contains {"key": "k", "message": "m"} if true`))
			began := time.Now()
			got := judge(t, set, &Data{}, Options{Deadline: 300 * time.Millisecond}, areaSubject(area("a")))
			if took := time.Since(began); took > time.Minute {
				t.Errorf("took %s", took)
			}
			if len(got.Failures) != 1 || !strings.Contains(got.Failures[0].Problem.Message, "it ran past its deadline of 300ms") {
				t.Fatalf("got %v", got.Failures)
			}
			if len(got.Findings) != 1 || got.Findings[0].Policy != "good" {
				t.Errorf("got %v", got.Findings)
			}
		})
	}
}

// TestOverruns: a policy that runs past its deadline everywhere does not do so
// ten thousand times.
func TestOverruns(t *testing.T) {
	set := mustCompile(t, source("slow", head("")+loop), source("good", head("")+`deny contains {"key": "k", "message": "m"} if true`))
	var subjects []Subject
	for i := range 10_000 {
		subjects = append(subjects, areaSubject(area(fmt.Sprint(i))))
	}
	began := time.Now()
	got := judge(t, set, &Data{}, Options{Deadline: 20 * time.Millisecond}, subjects...)
	if took := time.Since(began); took > 3*time.Minute {
		t.Errorf("took %s", took)
	}
	if got.Policies[1].Failed != len(subjects) {
		t.Errorf("failed on %d", got.Policies[1].Failed)
	}
	if found, failed := len(got.Findings), got.Policies[0].Failed; found+failed != len(subjects) || failed > 100 { // a busy machine may be late
		t.Errorf("the good policy found %d and failed on %d", found, failed)
	}
}

// TestMemory: a policy that would return a million results, or build a large
// value, is stopped before it takes much memory.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, c := range map[string]struct {
		text   string
		memory uint64
		want   string
	}{
		"a million results": {`deny contains {"key": sprintf("%d", [n]), "message": concat("", [sprintf("%d", [n]), "` + strings.Repeat("x", 500) + `"])} if some n in numbers.range(1, 1000000)`,
			DefaultMaxMemory, "more than 1000 results"},
		"a large value": {`deny contains {"key": "k", "message": "m"} if count([s | some a in numbers.range(1, 3000); some b in numbers.range(1, 3000); s := sprintf("%d %d ` + strings.Repeat("x", 200) + `", [a, b])]) > 1`,
			64 << 20, "it took more than 64 MB of memory"},
	} {
		t.Run(name, func(t *testing.T) {
			set := mustCompile(t, source("p", head("")+c.text))
			runtime.GC()
			sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
			heap := func() uint64 {
				metrics.Read(sample)
				return sample[0].Value.Uint64() >> 20
			}
			before, peak := heap(), uint64(0)
			done := make(chan Judgement)
			go func() {
				done <- judge(t, set, &Data{}, Options{Deadline: time.Minute, MaxMemory: c.memory}, areaSubject(area("a")))
			}()
			for {
				select {
				case got := <-done:
					if len(got.Failures) != 1 || !strings.Contains(got.Failures[0].Problem.Message, c.want) {
						t.Errorf("got %v", got.Failures)
					}
					t.Logf("%d MB at its peak", peak)
					if peak > 512 {
						t.Errorf("%d MB at its peak", peak)
					}
					return
				case <-time.After(time.Millisecond):
					peak = max(peak, heap()-min(before, heap()))
				}
			}
		})
	}
}
