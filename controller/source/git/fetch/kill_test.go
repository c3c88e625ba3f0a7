package fetch

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec" //nolint:depguard // the test kills a process in the middle of its work
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/internal/safehttp"
)

const childVariable = "REMIT_TEST_FETCH"

// TestChild is the process that is killed: it fetches, as often as it can.
func TestChild(t *testing.T) {
	settings := os.Getenv(childVariable)
	if settings == "" {
		t.Skip("it is started by TestKill")
	}
	parts := strings.Split(settings, "\n")
	certificate, err := base64.StdEncoding.DecodeString(parts[2])
	must(t, err)
	parsed, err := x509.ParseCertificate(certificate)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	f, err := New(Settings{URL: parts[0], Folder: parts[1], HTTP: safehttp.Options{RootCAs: pool, PrivateHosts: []string{"127.0.0.1"}}})
	must(t, err)
	_, _ = os.Stdout.WriteString("ready\n") // the parent reads it
	if _, err = f.Fetch(t.Context(), Request{Now: now, Since: daysAgo(30)}); err != nil {
		t.Fatal(err)
	}
}

// noise is text that does not compress.
func noise(size int) string {
	text := make([]byte, size)
	for i := range text {
		text[i] = byte('!' + rand.IntN(90))
	}
	return string(text)
}

// TestKill kills a process at any moment of a fetch, the first one and later ones: what is kept can be read each time, and
// is what the server had before or has now.
func TestKill(t *testing.T) {
	o := newOrigin(t)
	folder := t.TempDir()
	var known []string
	killed := 0
	for round := range 12 {
		if round%4 == 0 { // from nothing again
			must(t, os.RemoveAll(folder))
			must(t, os.MkdirAll(folder, 0o700))
		}
		known = append(known, o.commit(daysAgo(20).Add(time.Duration(round)*time.Hour), map[string]string{"noise": noise(1 << 19), fmt.Sprint(round): "new"}))
		child := exec.Command(os.Args[0], "-test.run=^TestChild$")
		child.Env = append(os.Environ(), childVariable+"="+strings.Join([]string{
			o.url(), folder, base64.StdEncoding.EncodeToString(o.server.Certificate().Raw),
		}, "\n"))
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		_, err = out.Read(make([]byte, 6))
		must(t, err)
		time.Sleep(time.Duration(rand.IntN(160)) * time.Millisecond)
		must(t, child.Process.Kill())
		if err := child.Wait(); err != nil {
			killed++
		}
		states, err := filepath.Glob(filepath.Join(folder, "*", stateFile))
		must(t, err)
		for _, state := range states {
			s, err := openStore(t.Context(), filepath.Dir(state), time.Second)
			must(t, err)
			if s.damaged != "" || !slices.Contains(known, s.tip.String()) {
				t.Errorf("round %d: %s, at %s", round, s.damaged, s.tip)
			}
			verify(t, filepath.Join(filepath.Dir(state), s.state.Folder))
			s.close()
		}
	}
	kept := fetch(t, o.fetcher(func(s *Settings) { s.Folder = folder }))
	if got := log(t, kept.Folder); len(got) != len(known) || got[0] != known[len(known)-1] {
		t.Errorf("%d commits, want %d", len(got), len(known))
	}
	must(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasPrefix(filepath.Base(path), incoming) || isGeneration(filepath.Base(path)) && path != kept.Folder {
			t.Errorf("%s is left", path)
		}
		return err
	}))
	if killed < 4 {
		t.Errorf("only %d of 12 processes were killed in time for the test to say anything", killed)
	}
}

// TestAtATime fetches the same repository from several places at the same time.
func TestAtATime(t *testing.T) {
	o := newOrigin(t)
	tip := o.commit(daysAgo(2), map[string]string{"file": noise(1 << 18)})
	folder := t.TempDir()
	var group sync.WaitGroup
	folders := make([]string, 6)
	for i := range folders {
		f := o.fetcher(func(s *Settings) { s.Folder = folder })
		group.Go(func() {
			kept, err := f.Fetch(t.Context(), Request{Now: now, Since: daysAgo(30)})
			if err != nil {
				t.Error(err)
			}
			folders[i] = kept.Folder
		})
	}
	group.Wait()
	if slices.Sort(folders); folders[0] != folders[5] || log(t, folders[0])[0] != tip {
		t.Errorf("fetched to %v", folders)
	}
}

// TestLocal has a cache folder that cannot be used.
func TestLocal(t *testing.T) {
	o := newOrigin(t)
	o.commit(daysAgo(2), map[string]string{"file": "text"})
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	_, err := o.fetcher(func(s *Settings) { s.Folder = file }).Fetch(t.Context(), Request{Now: now})
	var known *Failure
	if !errors.As(err, &known) || known.Kind != Local || known.Remedy == "" {
		t.Errorf("%v", err)
	}
}

// TestLimits has a server that sends more than is allowed to who has fetched before.
func TestLimits(t *testing.T) {
	versions(t, func(t *testing.T, o *origin) {
		tip := o.commit(daysAgo(2), map[string]string{"file": "text"})
		folder := t.TempDir()
		fetch(t, o.fetcher(func(s *Settings) { s.Folder = folder }))
		o.commit(daysAgo(1), map[string]string{"file": noise(4 << 20), "other": "text"})
		for name, c := range map[string]struct {
			reason string
			limits Limits
			says   string
		}{
			"bytes":     {"the server sends 4 MiB", Limits{Pack: 1 << 20}, "sends more than 1 MiB"},
			"objects":   {"the server sends four", Limits{Objects: 2}, "objects, more than 2"},
			"an object": {"of 4 MiB", Limits{Object: 1 << 20}, "an object of 4 MiB, more than 1 MiB"},
			"unpacked":  {"to 4 MiB", Limits{Inflated: 1 << 20}, "more than 1 MiB when it is unpacked"},
		} {
			t.Run(name, func(t *testing.T) {
				kept, err := o.fetcher(func(s *Settings) { s.Folder, s.Limits = folder, c.limits }).Fetch(t.Context(), Request{Now: now, Since: daysAgo(30)})
				var known *Failure
				if !errors.As(err, &known) || known.Kind != TooLarge || !strings.Contains(known.Reason, c.says) || known.Remedy == "" {
					t.Errorf("%v: %s", err, c.reason)
				}
				verify(t, kept.Folder)
				if got := log(t, kept.Folder); got[0] != tip {
					t.Errorf("what was kept is not there any more: %v", got)
				}
			})
		}
	})
}
