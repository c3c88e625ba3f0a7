package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// stream is an error stream that can be read while it is written.
type stream struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (s *stream) Write(p []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.Write(p)
}

func (s *stream) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.String()
}

var unowned = regexp.MustCompile(`remit_areas\{state="(unowned|partial)",.*\} [1-9]`)

var relevant = regexp.MustCompile(`remit_(areas|source_up|policy_up|problems)\{.*\n`)

var address = regexp.MustCompile(`"address":"(http://[^"]+/)"`)

// serve starts `remit run` and gives its address, and a function that stops it and gives its exit code.
func serve(t *testing.T, b bench, now func() time.Time) (url string, log *stream, stop func() int) {
	t.Helper()
	log = &stream{}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	code := make(chan int, 1)
	environment := testEnvironment(nil, nil, io.Discard, log)
	environment.Now = now
	go func() {
		code <- Execute(ctx, environment, []string{"run", "--manifests", b.path("manifests"), "--listen", "127.0.0.1:0", "--cache", t.TempDir()})
	}()
	eventually(t, "it listens", func() string {
		if found := address.FindStringSubmatch(log.String()); found != nil {
			url = found[1]
			return ""
		}
		return "it has said " + log.String()
	})
	return url, log, func() int { cancel(); return <-code }
}

// eventually waits until holds says nothing against it.
func eventually(t *testing.T, what string, holds func() (against string)) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		against := holds()
		if against == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s: %s", what, against)
		}
	}
}

func get(t *testing.T, url string) (status int, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }() // read to its end
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// `remit run` goes on serving whatever becomes of its input, says in its metrics what is unknown, never that anything
// is unowned, and is as before once the input is repaired.
func TestRunOutlivesBadInput(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	state := func(team, state string) string {
		return fmt.Sprintf("remit_areas{state=%q,team=%q,tier=\"\"} 1\n", state, team)
	}
	sound := []string{
		`remit_source_up{kind="git",source="checkouts"} 1`, `remit_source_up{kind="people",source="staff"} 1`,
		`remit_policy_up{policy="witness"} 1`, `remit_problems{level="error"} 0`, state("acme/good", "owned"), state("acme/bad", "owned"),
	}
	bothUnknown := []string{state("acme/good", "unknown"), state("acme/bad", "unknown")}
	breaks := []struct {
		reason      string
		bad, repair func()
		want        []string
	}{
		{
			"the people file is gone", func() { b.remove("staff.yaml") }, writing(b, "staff.yaml", staff),
			append(bothUnknown, `remit_source_up{kind="people",source="staff"} 0`, `remit_source_up{kind="git",source="checkouts"} 1`),
		},
		{
			"the people file is no YAML", writing(b, "staff.yaml", "people: [\n"), writing(b, "staff.yaml", staff),
			append(bothUnknown, `remit_source_up{kind="people",source="staff"} 0`),
		},
		{
			"the checkouts are gone", func() { b.must(os.Rename(b.path("checkouts"), b.path("moved"))) }, func() { b.must(os.Rename(b.path("moved"), b.path("checkouts"))) },
			append(bothUnknown, `remit_source_up{kind="git",source="checkouts"} 0`, `remit_source_up{kind="people",source="staff"} 1`),
		},
		{
			"one repository is damaged", writing(b, "checkouts/bad/.git/HEAD", "rubbish"), writing(b, "checkouts/bad/.git/HEAD", "ref: refs/heads/master\n"),
			[]string{state("acme/good", "owned"), state("acme/bad", "unknown"), `remit_source_up{kind="git",source="checkouts"} 0`},
		},
		{
			"an area has a slip", writing(b, "manifests/bad.yaml", areaManifest("bad", "  teir: low\n")), writing(b, "manifests/bad.yaml", areaManifest("bad", "")),
			[]string{state("acme/good", "owned"), state("", "unknown"), `remit_problems{level="error"} 1`},
		},
		{
			"a policy fails", writing(b, "manifests/own.yaml", policyManifest("own", "", `deny contains {"key": count(input.area.id), "message": "m"}`)), func() { b.remove("manifests/own.yaml") },
			[]string{state("acme/good", "owned"), state("acme/bad", "owned"), `remit_policy_up{policy="own"} 0`, `remit_policy_up{policy="witness"} 1`},
		},
		{
			"a policy has no end", writing(b, "manifests/own.yaml", policyManifest("own", "", `deny contains {"key": "x", "message": "m"} if count(numbers.range(1, 1000000000)) > 3`)), func() { b.remove("manifests/own.yaml") },
			[]string{state("acme/good", "owned"), `remit_policy_up{policy="own"} 0`, `remit_policy_up{policy="witness"} 1`},
		},
	}
	var later atomic.Int64
	url, log, stop := serve(t, b, func() time.Time { return monday.Add(time.Duration(later.Load())) })
	await := func(what string, want []string) {
		t.Helper()
		eventually(t, what, func() string {
			_, metrics := get(t, url+"metrics")
			if found := unowned.FindString(metrics); found != "" {
				t.Fatalf("%s: what is unknown is not unowned: %s", what, found)
			}
			for _, line := range want {
				if !strings.Contains(metrics, line) {
					return fmt.Sprintf("no %s in\n%s\n%s", line, relevant.FindAllString(metrics, -1), log)
				}
			}
			for _, page := range []string{"readyz", "healthz"} {
				if status, text := get(t, url+page); status != http.StatusOK {
					t.Fatalf("%s: /%s says %d: %s", what, page, status, text)
				}
			}
			return ""
		})
	}
	eventually(t, "it is ready", func() string {
		status, text := get(t, url+"readyz")
		if status == http.StatusOK {
			return ""
		}
		return text
	})
	await("all is well", sound)
	b.remove("staff.yaml")
	await("facts live on until they are stale", []string{sound[0], state("acme/good", "owned"), state("acme/bad", "owned"), `remit_source_up{kind="people",source="staff"} 0`})
	b.write("staff.yaml", staff)
	await("the file is back", sound)
	b.write("checkouts/bad/.git/HEAD", "rubbish")
	await("so do those of a repository", []string{state("acme/bad", "owned"), `remit_source_up{kind="git",source="checkouts"} 0`})
	b.write("checkouts/bad/.git/HEAD", "ref: refs/heads/master\n")
	await("the repository is back", sound)
	for _, test := range breaks {
		later.Add(int64(25 * time.Hour)) // more than facts may be old
		test.bad()
		await(test.reason, test.want)
		test.repair()
		await("repaired: "+test.reason, sound)
	}
	b.must(os.Rename(b.path("manifests"), b.path("elsewhere")))
	eventually(t, "the manifests are missed", func() string {
		if strings.Contains(log.String(), "what was found before stays") {
			return ""
		}
		return "it has said " + log.String()
	})
	await("without manifests", sound)
	b.must(os.Rename(b.path("elsewhere"), b.path("manifests")))
	b.write("manifests/more.yaml", header+"Area\nmetadata: {name: more}\nspec: {roles: [{role: accountable, holders: [\"user:ada\"]}]}\n")
	await("the manifests are back", append(sound, state("", "owned")))
	if code := stop(); code != ExitClean {
		t.Errorf("it ended with %d:\n%s", code, log)
	}
	if strings.Contains(log.String(), "panic") {
		t.Errorf("it panicked:\n%s", log)
	}
}

func writing(b bench, name, text string) func() { return func() { b.write(name, text) } }
