package record

import (
	stdbytes "bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/ownership"
)

// A pass on a recording gives the very bytes that the pass gave which was recorded; so does a recording of a recording.
func TestTheSameResult(t *testing.T) {
	for name, input := range map[string]func(*testing.T) engine.Input{
		"the example": example, "with faults": func(t *testing.T) engine.Input { return faulty(t) },
		"repositories": repositories, "organisations": organisations,
	} {
		t.Run(name, func(t *testing.T) {
			input := input(t)
			want := asJSON(t, pass(t, input))
			file := written(t, Recording{Input: input, By: "v0.1.0"})
			read, err := Read(stdbytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, asJSON(t, pass(t, read.Input))); diff != "" {
				t.Errorf("the result is another one (-recorded +read):\n%s", diff)
			}
			if !stdbytes.Equal(file, written(t, read)) {
				t.Error("recorded again, the file is another one")
			}
			if !stdbytes.Equal(file, written(t, Recording{Input: input, By: "v0.1.0"})) {
				t.Error("the same input gives another file")
			}
			t.Logf("%d bytes in the file", len(file))
		})
	}
}

// Whatever is wrong with a file is said with what to do about it.
func TestBadFiles(t *testing.T) {
	good := written(t, Recording{Input: faulty(t)})
	line := stdbytes.IndexByte(good, '\n') + 1
	packed := func(parts []byte) []byte {
		frame, err := pack(parts)
		if err != nil {
			t.Fatal(err)
		}
		return append([]byte("remit-snapshot 1\n"), frame...)
	}
	unpacked, err := unpack(good[line:])
	if err != nil {
		t.Fatal(err)
	}
	flipped := stdbytes.Clone(good)
	flipped[line+(len(flipped)-line)/2] ^= 0x40
	for name, c := range map[string]struct {
		reason  string
		file    []byte
		message string
		remedy  string
	}{
		"empty":         {"nothing was copied", nil, "it is empty", remedyDamaged},
		"foreign":       {"another file by mistake", []byte("apiVersion: v1\n"), "it is no recording of Remit", remedyForeign},
		"other frame":   {"compressed, but without our line", good[line:], "it is no recording of Remit", remedyForeign},
		"short header":  {"cut in the first word", good[:5], "it is cut off", remedyDamaged},
		"no line":       {"cut in the first line", good[:line-1], "it is cut off", remedyDamaged},
		"no version":    {"a first line that nobody wrote", []byte("remit-snapshot x\n"), "its first line is damaged", remedyDamaged},
		"newer":         {"of a Remit to come", []byte("remit-snapshot 2\n(new)"), "it is of version 2 of the format, and this Remit reads version 1", "use the version of Remit that wrote it, or a newer one"},
		"only the line": {"cut after the line", good[:line], "it is cut off", remedyDamaged},
		"truncated":     {"cut in the frame", good[:len(good)-9], "it is cut off", remedyDamaged},
		"flipped":       {"one bit is another", flipped, "it is damaged: ", remedyDamaged},
		"no parts":      {"a sound frame with nothing in it", packed(nil), "it is damaged: ", remedyDamaged},
		"cut parts":     {"a sound frame with half of it", packed(unpacked[:len(unpacked)/2]), "it is damaged: ", remedyDamaged},
		"more":          {"a sound frame with something after the end", packed(append(stdbytes.Clone(unpacked), 0)), "it is damaged: there are 1 bytes after its end", remedyDamaged},
		"long list":     {"a list that says it is longer than the file", packed([]byte{0, 0, 0, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}), "it is damaged: ", remedyDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(stdbytes.NewReader(c.file))
			var problem ownership.Problem
			if !errors.As(err, &problem) || !strings.HasPrefix(problem.Message, c.message) || problem.Remedy != c.remedy {
				t.Errorf("%s: %v, want %q and the remedy %q", c.reason, err, c.message, c.remedy)
			}
		})
	}
}

// A small file that unpacks to more than a recording may have is refused.
func TestBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("it unpacks half a GiB")
	}
	frame, err := pack(make([]byte, maxParts+1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Read(stdbytes.NewReader(append([]byte("remit-snapshot 1\n"), frame...)))
	if err == nil || !strings.Contains(err.Error(), "it unpacks to more than 512 MiB") {
		t.Errorf("%d bytes: %v", len(frame), err)
	}
}

// What a reader of manifests would have refused or marked is refused here, since the engine follows it without looking.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		change func(p *parts)
		want   string
	}{
		"files": {
			reason: "files are searched by halves",
			change: func(p *parts) {
				p.Input.Sources[0].Observation.Repositories = []ownership.Repository{{ID: "a/b", Files: ownership.FileList{Paths: []string{"b", "a"}}}}
			},
			want: "the files of a/b are not in order",
		},
		"cycle": {
			reason: "parents are followed to their end",
			change: func(p *parts) { clear(p.Input.Manifests.Broken) },
			want:   "form a cycle",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := take(Recording{Input: faulty(t)})
			original, err := copied(&p)
			if err != nil {
				t.Fatal(err)
			}
			c.change(&original)
			writer := &codec{mode: writing}
			original.walk(writer)
			if _, err := decode(writer.out); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.reason, err)
			}
		})
	}
}

// No bytes make reading or a pass panic or hang.
func FuzzRead(f *testing.F) {
	for _, p := range []parts{{Recording: Recording{By: "v0.1.0"}}, take(Recording{Input: faulty(f)})} {
		writer := &codec{mode: writing}
		p.walk(writer)
		f.Add(writer.out)
	}
	f.Fuzz(func(t *testing.T, unpacked []byte) {
		p, err := decode(unpacked)
		if err != nil {
			return
		}
		if _, err := engine.Pass(t.Context(), p.join().Input); err != nil {
			t.Fatal(err)
		}
	})
}

// testdata/version1.remit was written by a version of Remit that people have. If it cannot be read any more, the order of
// the parts has changed: raise the version, and read the old order as well. (Before the first release, -update.)
func TestVersion1(t *testing.T) {
	name := filepath.Join("testdata", "version1.remit")
	if *update {
		p := filled(t, numbered)
		p.Input.Manifests.Areas[0].Value.Spec.Parent = ""
		p.Redacted = false
		if err := os.WriteFile(name, written(t, p.join()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	read, err := Read(stdbytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	// What is compressed may differ with the version of the library that does it.
	was, err := afterHeader(file)
	if err == nil {
		was, err = unpack(was)
	}
	again := &codec{mode: writing}
	p := take(read)
	if p.walk(again); err != nil || !stdbytes.Equal(was, again.out) {
		t.Errorf("written again, it is another file: %v", err)
	}
}
