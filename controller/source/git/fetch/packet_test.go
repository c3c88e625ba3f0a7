package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

const someID = "1234567890123456789012345678901234567890"

func lines(parts ...string) string {
	r := &request{}
	for _, part := range parts {
		switch part {
		case "0000", "0001", "0002":
			r.text = append(r.text, part...)
		default:
			r.line("%s", part)
		}
	}
	return string(r.text)
}

func TestReply(t *testing.T) {
	v0 := dialect{abilities: map[string]string{"side-band-64k": ""}}
	v2 := dialect{version: 2}
	cut := wish{depth: depth{commits: 1}}
	cases := map[string]struct {
		reason  string
		dialect dialect
		wish    wish
		text    string
		cuts    int
		pack    string
		fails   bool
	}{
		"version 0":             {reason: "nothing is cut", dialect: v0, text: lines("NAK", "\x01data", "\x02progress", "\x01more", "0000"), pack: "data\nmore\n"},
		"version 0, cut":        {reason: "cut first", dialect: v0, wish: cut, text: lines("shallow "+someID, "unshallow "+someID, "0000", "ACK "+someID, "\x01data", "0000"), cuts: 2, pack: "data\n"},
		"version 0, plain":      {reason: "without channels", dialect: dialect{}, text: lines("NAK") + "data", pack: "data"},
		"version 0, no answer":  {reason: "it must say what is in common", dialect: v0, text: lines("hello"), fails: true},
		"version 0, bad cut":    {reason: "that is no id", dialect: v0, wish: cut, text: lines("shallow xyz", "0000", "NAK"), fails: true},
		"version 2":             {reason: "sections", dialect: v2, text: lines("shallow-info", "shallow "+someID, "0001", "packfile", "\x01data", "0000"), cuts: 1, pack: "data\n"},
		"version 2, sections":   {reason: "unknown ones are passed over", dialect: v2, text: lines("wanted-refs", someID+" refs/heads/main", "0001", "packfile", "\x01data", "0000"), pack: "data\n"},
		"version 2, no pack":    {reason: "there must be one", dialect: v2, text: lines("shallow-info", "0000"), fails: true},
		"version 2, end":        {reason: "too early", dialect: v2, text: lines("shallow-info"), fails: true},
		"an error":              {reason: "instead of a section", dialect: v2, text: lines("ERR no"), fails: true},
		"an error in the pack":  {reason: "on the third channel", dialect: v2, text: lines("packfile", "\x01data", "\x03out of memory"), fails: true},
		"an unknown channel":    {reason: "there are three", dialect: v2, text: lines("packfile", "\x07data"), fails: true},
		"the pack ends early":   {reason: "without a flush", dialect: v2, text: lines("packfile", "\x01data"), fails: true},
		"an empty packet":       {reason: "it has no channel", dialect: v2, text: lines("packfile") + "0004", fails: true},
		"length 3":              {reason: "there is none", dialect: v2, text: "0003", fails: true},
		"length of no digits":   {reason: "there is none", dialect: v2, text: "zzzz", fails: true},
		"longer than is usual":  {reason: "65520 at most", dialect: v2, text: "ffff" + strings.Repeat("a", 70_000), fails: true},
		"a page where data was": {reason: "there is none", dialect: v2, text: "<html>", fails: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r, err := readReply(strings.NewReader(c.text), c.dialect, c.wish)
			var pack []byte
			if err == nil {
				pack, err = io.ReadAll(r.pack)
			}
			if (err != nil) != c.fails || !c.fails && (string(pack) != c.pack || len(r.cut)+len(r.uncut) != c.cuts) {
				t.Errorf("%q, %d cut, %v: %s", pack, len(r.cut), err, c.reason)
			}
		})
	}
}

func TestAdvertisement(t *testing.T) {
	cases := map[string]struct {
		reason, text, wanted string
		version              int
		tip, branch          string
		others, fails        bool
	}{
		"version 0":   {reason: "HEAD first", text: lines("# service=git-upload-pack", "0000", someID+" HEAD\x00ofs-delta symref=HEAD:refs/heads/main", someID+" refs/heads/main", "0000"), tip: someID, branch: "refs/heads/main", others: true},
		"version 1":   {reason: "one line more", text: lines("# service=git-upload-pack", "0000", "version 1", someID+" HEAD\x00", "0000"), tip: someID},
		"version 2":   {reason: "abilities alone", text: lines("# service=git-upload-pack", "0000", "version 2", "ls-refs=unborn", "0000"), version: 2},
		"without the": {reason: "some servers leave the first line out", text: lines("version 2", "ls-refs", "0000"), version: 2},
		"empty":       {reason: "no refs at all", text: lines("# service=git-upload-pack", "0000", strings.Repeat("0", 40)+" capabilities^{}\x00ofs-delta", "0000")},
		"nothing":     {reason: "no refs at all, of an old server", text: lines("# service=git-upload-pack", "0000", "0000")},
		"named":       {reason: "another branch than HEAD's", wanted: "refs/heads/dev", text: lines(someID+" refs/heads/dev\x00", someID+" refs/heads/main", "0000"), tip: someID, branch: "refs/heads/dev", others: true},
		"shallow":     {reason: "the server's own clone is", text: lines(someID+" HEAD\x00", "shallow "+someID, "0000"), tip: someID},
		"not by git":  {reason: "an empty repository is one that a git server calls so", text: "0000", fails: true},
		"divided":     {reason: "a list ends with a flush", text: lines("# service=git-upload-pack", "0000", "0001"), fails: true},
		"not ended":   {reason: "a list ends with a flush", text: lines(someID+" HEAD\x00", "0002"), fails: true},
		"no id":       {reason: "that is no ref", text: lines("xyz HEAD\x00", "0000"), fails: true},
		"no zero":     {reason: "the first line has abilities", text: lines(someID+" HEAD", "0000"), fails: true},
		"cut short":   {reason: "it must end", text: lines(someID + " HEAD\x00"), fails: true},
		"page":        {reason: "that is no git server", text: "<html>", fails: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.wanted == "" {
				c.wanted = "HEAD"
			}
			d, r, err := readAdvertisement(strings.NewReader(c.text), c.wanted)
			if (err != nil) != c.fails {
				t.Fatalf("%v: %s", err, c.reason)
			}
			want := refs{tip: plumbing.NewHash(c.tip), branch: c.branch, head: r.head, others: c.others}
			if c.version == 2 {
				want = refs{}
			}
			if !c.fails && (d.version != c.version || r != want) {
				t.Errorf("version %d, %+v; want %+v: %s", d.version, r, want, c.reason)
			}
		})
	}
}

// TestListed has answers to the command that lists branches which no git server gives: none of them is an empty list.
func TestListed(t *testing.T) {
	for name, text := range map[string]string{"divided": "0001", "ended": "0002", "nothing": "", "cut short": lines(someID + " HEAD"), "divided later": lines(someID+" refs/heads/a", "0001")} {
		if r, err := readListed(strings.NewReader(text), "HEAD"); err == nil {
			t.Errorf("%s: taken as %+v", name, r)
		}
	}
	if r, err := readListed(strings.NewReader("0000"), "HEAD"); err != nil || !r.tip.IsZero() || r.others {
		t.Errorf("an empty list: %+v, %v", r, err)
	}
}

// TestManyLines has answers that are long lists of what git has a few of, each within the bytes that a server may send: they are
// refused before they take many times as much memory.
func TestManyLines(t *testing.T) {
	var abilities, cuts strings.Builder
	abilities.WriteString(lines("version 2"))
	for i := range 20_000 {
		abilities.WriteString(lines(strconv.Itoa(i)))
	}
	if _, _, err := readAdvertisement(strings.NewReader(abilities.String()+"0000"), "HEAD"); !errors.Is(err, errNotGit) {
		t.Errorf("20,000 abilities: %v", err)
	}
	cuts.WriteString(lines("shallow-info"))
	for i := range maxShallow + 1 {
		cuts.WriteString(lines(fmt.Sprintf("shallow %040x", i)))
	}
	var known *Failure
	for version, d := range map[int]dialect{2: {version: 2}, 0: {}} {
		text := cuts.String()
		if version == 0 {
			text = strings.TrimPrefix(text, lines("shallow-info"))
		}
		if _, err := readReply(strings.NewReader(text+lines("0001", "packfile")), d, wish{depth: depth{commits: 1}}); !errors.As(err, &known) || known.Kind != TooLarge {
			t.Errorf("version %d, %d cuts: %v", version, maxShallow+1, err)
		}
	}
}

// FuzzAnswers reads any bytes as each of the answers of a server.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(lines("# service=git-upload-pack", "0000", someID+" HEAD\x00ofs-delta", "0000")), true)
	f.Add([]byte(lines("version 2", "ls-refs=unborn", "0000")), false)
	f.Add([]byte(lines("shallow-info", "shallow "+someID, "0001", "packfile", "\x01data", "0000")), false)
	f.Add([]byte(lines(someID+" HEAD symref-target:refs/heads/main", "unborn HEAD", "0000")), false)
	f.Fuzz(func(t *testing.T, text []byte, zero bool) {
		d := dialect{version: 2}
		if zero {
			d = dialect{abilities: map[string]string{"side-band-64k": ""}}
		}
		_, advertised, err := readAdvertisement(bytes.NewReader(text), "HEAD")
		if err == nil && !advertised.tip.IsZero() && !bytes.Contains(text, []byte(" HEAD")) {
			t.Error("a commit out of nowhere")
		}
		_, _ = readListed(bytes.NewReader(text), "HEAD") // it must only end
		r, err := readReply(bytes.NewReader(text), d, wish{depth: depth{commits: 1}})
		if err != nil {
			return
		}
		if pack, err := io.ReadAll(r.pack); err == nil && len(pack) > len(text) || errors.Is(err, io.EOF) {
			t.Errorf("%d bytes of %d, %v", len(pack), len(text), err)
		}
	})
}
