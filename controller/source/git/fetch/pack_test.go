package fetch

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// builder makes packs, good and bad ones.
type builder struct {
	bytes.Buffer
	count   uint32
	offsets []int
	zlib    *zlib.Writer
}

func newBuilder() *builder {
	fast, _ := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed) // there is such a level
	b := &builder{zlib: fast}
	b.WriteString("PACK\x00\x00\x00\x02\x00\x00\x00\x00")
	return b
}

// object adds one; size is what is said of it, base stands between its header and what is compressed.
func (b *builder) object(kind objectKind, size int, base, content string) int {
	b.offsets = append(b.offsets, b.Len())
	b.count++
	first := byte(kind)<<4 | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		b.WriteByte(first | 0x80)
		first = byte(size & 0x7f)
	}
	b.WriteByte(first)
	b.WriteString(base)
	b.zlib.Reset(&b.Buffer)
	_, _ = io.WriteString(b.zlib, content) // into memory
	_ = b.zlib.Close()                     // the same
	return len(b.offsets) - 1
}

func (b *builder) blob(content string) int { return b.object(blobObject, len(content), "", content) }

// against adds a delta against an earlier object, by its place.
func (b *builder) against(base int, delta string) int {
	back := b.Len() - b.offsets[base]
	encoded := []byte{byte(back & 0x7f)}
	for back >>= 7; back > 0; back >>= 7 {
		back--
		encoded = append([]byte{byte(back&0x7f) | 0x80}, encoded...)
	}
	return b.object(offsetDelta, len(delta), string(encoded), delta)
}

func (b *builder) againstID(id plumbing.Hash, delta string) int {
	return b.object(referenceDelta, len(delta), string(id[:]), delta)
}

func (b *builder) pack() []byte {
	text := slices.Clone(b.Bytes())
	binary.BigEndian.PutUint32(text[8:], b.count)
	sum := sha1.Sum(text)
	return append(text, sum[:]...)
}

func deltaSize(n int) string {
	var text []byte
	for ; n >= 0x80; n >>= 7 {
		text = append(text, byte(n)|0x80)
	}
	return string(append(text, byte(n)))
}

// insert is a delta that makes a content of its own; repeat is one that copies the whole base, of at most 64 KiB, again
// and again.
func insert(base int, content string) string {
	var text strings.Builder
	text.WriteString(deltaSize(base) + deltaSize(len(content)))
	for ; len(content) > 127; content = content[127:] {
		text.WriteString("\x7f" + content[:127])
	}
	if content != "" {
		text.WriteString(string(rune(len(content))) + content)
	}
	return text.String()
}

func repeat(base, times int) string {
	return deltaSize(base) + deltaSize(base*times) + strings.Repeat(string([]byte{0x80 | 0x30, byte(base), byte(base >> 8)}), times)
}

func blobID(content string) plumbing.Hash {
	return plumbing.ComputeHash(plumbing.BlobObject, []byte(content))
}

func receiveBytes(t testing.TB, text []byte, limits Limits) (*pack, *os.File, error) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "pack"))
	must(t, err)
	t.Cleanup(func() { _ = file.Close() }) // its content was compared before
	p, err := receive(t.Context(), bytes.NewReader(text), file, limits.orDefaults(), usage{}, nil)
	return p, file, err
}

func TestPack(t *testing.T) {
	b := newBuilder()
	long := strings.Repeat("content ", 20)
	first := b.blob(long)
	second := b.against(first, insert(len(long), "second"))
	b.against(second, insert(6, "third"))
	b.against(second, insert(6, "fourth"))
	b.againstID(blobID("later"), insert(5, "fifth")) // before its base
	b.againstID(blobID("fifth"), insert(5, "sixth")) // before its base, which is a delta
	b.blob("later")
	b.blob(long) // once more
	b.against(first, repeat(len(long), 3))
	p, file, err := receiveBytes(t, b.pack(), Limits{})
	must(t, err)
	var want, got []string
	for _, content := range []string{long, "second", "third", "fourth", "fifth", "sixth", "later", long + long + long} {
		want = append(want, blobID(content).String())
	}
	for _, e := range p.entries {
		got = append(got, e.id.String())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	kept, err := os.ReadFile(file.Name())
	must(t, err)
	if !bytes.Equal(kept, b.pack()) {
		t.Error("the file is not what was received")
	}
	var index bytes.Buffer
	must(t, p.writeIndex(&index))
	read := idxfile.NewMemoryIndex()
	must(t, idxfile.NewDecoder(&index).Decode(read))
	for _, e := range p.entries {
		if offset, err := read.FindOffset(e.id); err != nil || offset != e.offset {
			t.Errorf("%s is at %d in the index, %v; want %d", e.id, offset, err, e.offset)
		}
	}
}

// TestBadPacks has packs that are wrong, or made to cost much.
func TestBadPacks(t *testing.T) {
	good := newBuilder()
	good.blob("one")
	good.against(0, insert(3, "two"))
	change := func(change func(text []byte) []byte) []byte { return change(good.pack()) }
	made := func(add func(b *builder)) []byte {
		b := newBuilder()
		add(b)
		return b.pack()
	}
	zeros := strings.Repeat("\x00", 60_000)
	cases := map[string]struct {
		reason string
		pack   []byte
		limits Limits
		// want is a kind of failure, or empty for errPack, or "cut" for an end too early.
		want Kind
		says string
	}{
		"empty":                 {reason: "nothing came", want: "cut"},
		"no pack":               {reason: "it is something else", pack: []byte("hello, world, this is no pack"), says: "does not begin"},
		"version":               {reason: "an unknown one", pack: change(func(p []byte) []byte { p[7] = 4; return p }), says: "version 4"},
		"cut in the head":       {reason: "too early", pack: change(func(p []byte) []byte { return p[:10] }), want: "cut"},
		"cut in an object":      {reason: "too early", pack: change(func(p []byte) []byte { return p[:20] }), want: "cut"},
		"cut in the sum":        {reason: "too early", pack: change(func(p []byte) []byte { return p[:len(p)-1] }), want: "cut"},
		"more objects are said": {reason: "than there are", pack: change(func(p []byte) []byte { p[11] = 200; return p })},
		"fewer objects":         {reason: "than there are", pack: change(func(p []byte) []byte { p[11] = 1; return p }), says: "sum"},
		"a bit":                 {reason: "the sum finds it", pack: change(func(p []byte) []byte { p[len(p)-22] ^= 1; return p })},
		"a bit of the sum":      {reason: "the sum finds it", pack: change(func(p []byte) []byte { p[len(p)-1] ^= 1; return p }), says: "sum"},
		"something follows":     {reason: "what would that be?", pack: change(func(p []byte) []byte { return append(p, 'x') }), says: "follows"},
		"unknown type":          {reason: "5 is kept for later", pack: made(func(b *builder) { b.object(5, 1, "", "a") }), says: "unknown type"},
		"type 0":                {reason: "there is none", pack: made(func(b *builder) { b.object(0, 1, "", "a") }), says: "unknown type"},
		"less than said":        {reason: "sizes must be right", pack: made(func(b *builder) { b.object(blobObject, 5, "", "abc") }), says: "size"},
		"more than said":        {reason: "sizes must be right", pack: made(func(b *builder) { b.object(blobObject, 2, "", "abc") }), says: "size"},
		"impossible size":       {reason: "more than 63 bits", pack: made(func(b *builder) { b.WriteString("\xbf\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"); b.count++ }), says: "impossible size"},
		"huge size":             {reason: "no memory is given for what is only said", pack: made(func(b *builder) { b.object(blobObject, 1<<50, "", "abc") }), want: TooLarge, says: "128 MiB"},
		"many objects are said": {reason: "no memory is given for what is only said", pack: change(func(p []byte) []byte { p[8] = 0xff; return p }), want: TooLarge, says: "more than 2000000"},
		"not compressed":        {reason: "it must be", pack: made(func(b *builder) { b.WriteString("\x31abcdefghijklmnopqrstuvw"); b.count++ }), says: "compressed"},
		"before the pack":       {reason: "a delta against nothing", pack: made(func(b *builder) { b.object(offsetDelta, 3, "\xff\x7f", "abc") }), says: "no object"},
		"against itself":        {reason: "a delta against itself", pack: made(func(b *builder) { b.object(offsetDelta, 3, "\x00", "abc") }), says: "no object"},
		"within an object":      {reason: "a delta against the middle of an object", pack: made(func(b *builder) { b.blob("abc"); b.object(offsetDelta, 3, "\x02", "abc") }), says: "no object"},
		"far away":              {reason: "more than 63 bits", pack: made(func(b *builder) { b.object(offsetDelta, 3, strings.Repeat("\xff", 12)+"\x01", "abc") }), says: "impossible"},
		"another's object":      {reason: "packs must stand by themselves", pack: made(func(b *builder) { b.againstID(blobID("elsewhere"), insert(9, "abc")) }), says: "not in it"},
		"in a circle":           {reason: "two deltas against each other have no base", pack: made(func(b *builder) { b.againstID(blobID("b"), insert(1, "a")); b.againstID(blobID("a"), insert(1, "b")) }), says: "not in it"},
		"delta's base":          {reason: "another size than the base has", pack: made(func(b *builder) { b.blob("abc"); b.against(0, insert(4, "x")) }), says: "another size"},
		"delta copies too much": {reason: "beyond the end of the base", pack: made(func(b *builder) { b.blob("abc"); b.against(0, "\x03\x04\x90\x04") }), says: "not there"},
		"delta copies far off":  {reason: "the offset has 32 bits", pack: made(func(b *builder) { b.blob("abc"); b.against(0, "\x03\x01\x9f\xff\xff\xff\xff\x01") }), says: "not there"},
		"delta cut in a copy":   {reason: "bytes are missing", pack: made(func(b *builder) { b.blob("abc"); b.against(0, "\x03\x01\x9f\x00") }), says: "cut short"},
		"delta cut in a text":   {reason: "bytes are missing", pack: made(func(b *builder) { b.blob("abc"); b.against(0, "\x03\x05\x05ab") }), says: "instruction"},
		"delta's zero":          {reason: "kept for later", pack: made(func(b *builder) { b.blob("abc"); b.against(0, "\x03\x01\x00") }), says: "instruction"},
		"delta makes more":      {reason: "than it says", pack: made(func(b *builder) { b.blob("abc"); b.against(0, "\x03\x01\x02ab") }), says: "more than it says"},
		"delta makes less":      {reason: "than it says", pack: made(func(b *builder) { b.blob("abc"); b.against(0, "\x03\x05\x02ab") }), says: "less than it says"},
		"empty delta":           {reason: "not even sizes", pack: made(func(b *builder) { b.blob("abc"); b.against(0, "") }), says: "another size"},
		"delta of any size":     {reason: "more than 63 bits", pack: made(func(b *builder) { b.blob("abc"); b.against(0, "\x03"+strings.Repeat("\xff", 12)+"\x01") }), says: "impossible size"},
		"delta of a huge size":  {reason: "no memory is given for what is only said", pack: made(func(b *builder) { b.blob("abc"); b.against(0, "\x03"+deltaSize(1<<40)+"\x01a") }), want: TooLarge, says: "128 MiB"},
		"zip bomb": {
			reason: "few bytes that unpack to many", pack: made(func(b *builder) {
				for range 20 {
					b.blob(zeros)
				}
			}), limits: Limits{Inflated: 1_000_000}, want: TooLarge, says: "when it is unpacked",
		},
		"delta bomb": {
			reason: "each delta makes a hundred times its base", pack: made(func(b *builder) {
				b.blob(zeros)
				b.against(0, repeat(len(zeros), 100))
			}), limits: Limits{Object: 1 << 20}, want: TooLarge, says: "an object of 5.7 MiB",
		},
		"many delta bombs": {
			reason: "each is small enough, and there are many", pack: made(func(b *builder) {
				b.blob(zeros)
				for range 50 {
					b.against(0, repeat(len(zeros), 10))
				}
			}), limits: Limits{Inflated: 10_000_000}, want: TooLarge, says: "when it is unpacked",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, _, err := receiveBytes(t, c.pack, c.limits)
			var known *Failure
			switch {
			case err == nil:
				t.Fatalf("it was taken: %s", c.reason)
			case c.want == "cut":
				if !isCutShort(err) {
					t.Errorf("%v: %s", err, c.reason)
				}
			case c.want != "":
				if !errors.As(err, &known) || known.Kind != c.want || known.Remedy == "" {
					t.Errorf("%v: %s", err, c.reason)
				}
			case !errors.Is(err, errPack):
				t.Errorf("%v: %s", err, c.reason)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}

// chain adds so many deltas, each against the one before, and gives the content of the last.
func (b *builder) chain(from, links int) string {
	content := ""
	for i := range links {
		content = string([]byte{byte(from), byte(i), byte(i >> 8)})
		b.against(len(b.offsets)-1, insert(3, content))
	}
	return content
}

// TestLongChain has chains of deltas as long as git makes them at most, and longer ones: whoever reads an object has all the
// deltas of its chain in memory.
func TestLongChain(t *testing.T) {
	const most = 4096
	large := strings.Repeat("large", 10<<20/5)
	cases := map[string]struct {
		reason string
		add    func(b *builder)
		want   int
	}{
		"as git's longest": {"it is taken", func(b *builder) { b.blob("abc"); b.chain(1, most) }, most + 1},
		"one more":         {"git makes none", func(b *builder) { b.blob("abc"); b.chain(1, most+1) }, 0},
		"by their ids": {"it is the same", func(b *builder) {
			b.blob("abc")
			last := b.chain(1, most)
			b.againstID(blobID(last), insert(3, "end"))
		}, 0},
		"of an object that is there whole, too": {"whoever reads it takes the short way", func(b *builder) {
			b.againstID(blobID("\x01\xfe\x0f"), insert(3, "twice"))
			b.blob("twice")
			b.againstID(blobID("twice"), insert(5, "end"))
			b.blob("abc")
			b.chain(1, most-1)
		}, most + 2},
		"large": {"60 deltas of 10 MB, of which each is replaced by the next", func(b *builder) {
			b.blob("abc")
			size := 3
			for range 60 {
				content := large + strconv.Itoa(len(b.offsets))
				b.against(len(b.offsets)-1, insert(size, content))
				size = len(content)
			}
		}, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBuilder()
			c.add(b)
			p, _, err := receiveBytes(t, b.pack(), Limits{})
			var known *Failure
			if c.want == 0 {
				if !errors.As(err, &known) || known.Kind != TooLarge || known.Remedy == "" {
					t.Errorf("%v: %s", err, c.reason)
				}
				return
			}
			must(t, err)
			if len(p.entries) != c.want {
				t.Errorf("%d objects, want %d: %s", len(p.entries), c.want, c.reason)
			}
			for _, e := range p.entries {
				if e.id == blobID("twice") && e.chain != 0 {
					t.Errorf("the index leads to the long chain: %s", c.reason)
				}
			}
		})
	}
}

func TestReceiveEnds(t *testing.T) {
	b := newBuilder()
	b.blob("abc")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	file, err := os.Create(filepath.Join(t.TempDir(), "pack"))
	must(t, err)
	defer func() { _ = file.Close() }() // it holds nothing
	if _, err := receive(ctx, bytes.NewReader(b.pack()), file, Limits{}.orDefaults(), usage{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestAnyPack makes trees of deltas at random: every object comes out, in whatever order they stand.
func TestAnyPack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := newBuilder()
		var contents []string
		for i := range rapid.IntRange(1, 30).Draw(r, "objects") {
			content := rapid.StringN(0, 40, 300).Draw(r, "content") + string(rune('a'+i))
			switch how := rapid.IntRange(0, 2).Draw(r, "how"); {
			case i == 0 || how == 0:
				b.blob(content)
			case how == 1:
				base := rapid.IntRange(0, i-1).Draw(r, "base")
				b.against(base, insert(len(contents[base]), content))
			default:
				base := rapid.IntRange(0, i-1).Draw(r, "base")
				b.againstID(blobID(contents[base]), insert(len(contents[base]), content))
			}
			contents = append(contents, content)
		}
		p, _, err := receiveBytes(t, b.pack(), Limits{})
		if err != nil {
			r.Fatal(err)
		}
		got := map[plumbing.Hash]bool{}
		for _, e := range p.entries {
			got[e.id] = true
		}
		for _, content := range contents {
			if !got[blobID(content)] {
				r.Fatalf("%q is missing", content)
			}
		}
	})
}

func FuzzPack(f *testing.F) {
	b := newBuilder()
	b.blob("one")
	b.against(0, insert(3, "two"))
	b.againstID(blobID("two"), repeat(3, 3))
	f.Add(b.Bytes()[12:], uint32(3))
	f.Fuzz(func(t *testing.T, objects []byte, count uint32) {
		text := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), count)
		text = append(text, objects...)
		sum := sha1.Sum(text)
		p, _, err := receiveBytes(t, append(text, sum[:]...), Limits{Object: 1 << 16, Inflated: 1 << 20, Objects: 1000})
		if err == nil {
			must(t, p.writeIndex(io.Discard))
		}
	})
}
