package fetch

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"

	"github.com/go-git/go-git/v5/plumbing"
	githash "github.com/go-git/go-git/v5/plumbing/hash"
)

// objectKind is the type of an object in a pack. Source: gitformat-pack(5).
type objectKind uint8

const (
	commitObject   objectKind = 1
	treeObject     objectKind = 2
	blobObject     objectKind = 3
	tagObject      objectKind = 4
	offsetDelta    objectKind = 6
	referenceDelta objectKind = 7
)

func (k objectKind) String() string {
	return map[objectKind]string{commitObject: "commit", treeObject: "tree", blobObject: "blob", tagObject: "tag"}[k]
}

// none is the place of no entry.
const none = int32(-1)

// entry is one object of a pack.
type entry struct {
	id     plumbing.Hash
	offset int64
	// size is that of the object, or of the delta it is stored as.
	size int64
	crc  uint32
	kind objectKind
	// child is the first of the entries that are deltas against this one, sibling the next of those against the same.
	child, sibling int32
	// chain is what the deltas cost that it is made of, see maxChain.
	chain int32
}

// usage is what a fetch has taken of its limits. It may be made of several packs.
type usage struct {
	bytes, inflated int64
	objects         int
}

// pack is what is known of a pack while it is received. The library's parser is not used: it puts no bound on what a delta
// may make of a few bytes, nor on the number and size of objects.
type pack struct {
	limits Limits
	// used counts what came before this pack, too.
	used    usage
	entries []entry
	// waiting are deltas against objects whose ids are not known yet, by id: the first of them, then by sibling.
	waiting map[plumbing.Hash]int32
	sum     plumbing.Hash
	// watched are commits that are looked for among the objects; found are the times of commit of those that are there, in
	// seconds of Unix.
	watched map[plumbing.Hash]bool
	found   map[plumbing.Hash]int64
	zlib    io.ReadCloser
	buffer  [32 << 10]byte
	hasher  hash.Hash
}

// errPack says that a pack is not as it must be.
var errPack = errors.New("the pack is damaged")

func damaged(format string, values ...any) error {
	return fmt.Errorf("%w: %s", errPack, fmt.Sprintf(format, values...))
}

// receive reads a pack from a server, writes it to a file, and gives what is in it. The error is errPack, a *Failure for a
// limit, or that of reading or writing. used is what was received before it; watched are commits to look for in it.
func receive(ctx context.Context, from io.Reader, to readWriter, limits Limits, used usage, watched []plumbing.Hash) (*pack, error) {
	p := &pack{
		limits: limits, used: used, waiting: map[plumbing.Hash]int32{}, hasher: githash.New(crypto.SHA1),
		watched: map[plumbing.Hash]bool{}, found: map[plumbing.Hash]int64{},
	}
	for _, id := range watched {
		p.watched[id] = true
	}
	in := newTap(from, to)
	count, err := p.header(in)
	if err != nil {
		return nil, err
	}
	for range count {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.readEntry(in); err != nil {
			return nil, cutShort(err)
		}
		if p.used.bytes+in.offset() > limits.Pack {
			return nil, failure(TooLarge, remedyLimits, "the server sends more than %s", size(limits.Pack))
		}
	}
	if err := p.trailer(in); err != nil {
		return nil, err
	}
	p.used.bytes += in.offset()
	if err := p.resolve(ctx, to); err != nil {
		return nil, err
	}
	p.sortByID()
	return p, nil
}

// readWriter is a file.
type readWriter interface {
	io.Writer
	io.ReaderAt
}

func (p *pack) header(in *tap) (count uint32, err error) {
	var head [12]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, cutShort(err)
	}
	if string(head[:4]) != "PACK" {
		return 0, damaged("it does not begin as a pack does")
	}
	if version := binary.BigEndian.Uint32(head[4:]); version != 2 {
		return 0, damaged("it has version %d, and not 2", version)
	}
	count = binary.BigEndian.Uint32(head[8:])
	all := int64(p.used.objects) + int64(count)
	if all > int64(p.limits.Objects) {
		return 0, failure(TooLarge, remedyLimits, "the server sends %d objects, more than %d", all, p.limits.Objects)
	}
	p.used.objects = int(all)
	return count, nil
}

// readEntry reads one object: its type and size, what a delta is against, and the compressed bytes.
func (p *pack) readEntry(in *tap) error {
	in.begin()
	e := entry{offset: in.offset(), child: none, sibling: none}
	var err error
	if e.kind, e.size, err = readTypeAndSize(in); err != nil {
		return err
	}
	at := int32(len(p.entries))
	var base int32
	var reference plumbing.Hash
	switch e.kind {
	case commitObject, treeObject, blobObject, tagObject:
	case offsetDelta:
		back, err := readBackwards(in)
		if err != nil {
			return err
		}
		at, found := p.at(e.offset - back)
		if !found {
			return damaged("a delta is against something that is no object")
		}
		base = at
	case referenceDelta:
		if _, err := io.ReadFull(in, reference[:]); err != nil {
			return err
		}
	default:
		return damaged("an object has the unknown type %d", e.kind)
	}
	if e.size > p.limits.Object {
		return failure(TooLarge, remedyLimits, "the server sends an object of %s, more than %s", size(e.size), size(p.limits.Object))
	}
	to := io.Discard
	isDelta := e.kind == offsetDelta || e.kind == referenceDelta
	if !isDelta {
		p.hasher.Reset()
		p.hasher.Write(objectHeader(e.kind, e.size))
		to = p.hasher
	}
	var text bytes.Buffer
	if e.kind == commitObject && len(p.watched) > 0 && e.size <= maxWatched {
		to = io.MultiWriter(to, &text)
	}
	if err := p.inflate(in, to, e.size); err != nil {
		return err
	}
	e.crc = in.end()
	if !isDelta {
		p.hasher.Sum(e.id[:0])
		p.see(e.kind, e.id, text.Bytes())
	}
	p.entries = append(p.entries, e)
	switch e.kind {
	case offsetDelta:
		p.adopt(base, at)
	case referenceDelta:
		if first, has := p.waiting[reference]; has {
			p.entries[at].sibling = first
		}
		p.waiting[reference] = at
	}
	return nil
}

// maxWatched bounds the commits whose time is looked at: real ones have a few hundred bytes.
const maxWatched = 1 << 20

// see notes a commit that is watched.
func (p *pack) see(kind objectKind, id plumbing.Hash, text []byte) {
	if kind == commitObject && p.watched[id] {
		p.found[id] = commitTime(text)
	}
}

// commitTime is the time of commit, in seconds of Unix: "committer NAME <ADDRESS> SECONDS ZONE". It is 0 where there is none.
func commitTime(text []byte) int64 {
	header, _, _ := bytes.Cut(text, []byte("\n\n"))
	_, line, _ := bytes.Cut(header, []byte("\ncommitter "))
	line, _, _ = bytes.Cut(line, []byte("\n"))
	fields := bytes.Fields(line[bytes.LastIndexByte(line, '>')+1:])
	if len(fields) == 0 {
		return 0
	}
	seconds, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil {
		return 0
	}
	return seconds
}

// at is the entry that begins at an offset.
func (p *pack) at(offset int64) (int32, bool) {
	i, found := slices.BinarySearchFunc(p.entries, offset, func(e entry, offset int64) int {
		switch {
		case e.offset < offset:
			return -1
		case e.offset > offset:
			return 1
		}
		return 0
	})
	return int32(i), found
}

// adopt puts a delta among those against a base.
func (p *pack) adopt(base, child int32) {
	p.entries[child].sibling = p.entries[base].child
	p.entries[base].child = child
}

// inflate reads exactly so many bytes of compressed data.
func (p *pack) inflate(from io.Reader, to io.Writer, length int64) error {
	var err error
	if p.zlib == nil {
		p.zlib, err = zlib.NewReader(from)
	} else {
		err = p.zlib.(zlib.Resetter).Reset(from, nil)
	}
	if err != nil {
		return compression(err)
	}
	n, err := io.CopyBuffer(to, io.LimitReader(p.zlib, length+1), p.buffer[:]) // the byte more finds the end, and what is beyond it
	if p.used.inflated += n; err != nil {
		return compression(err)
	}
	if n != length {
		return damaged("an object has not the size that is said")
	}
	if p.used.inflated > p.limits.Inflated {
		return failure(TooLarge, remedyLimits, "what the server sends has more than %s when it is unpacked", size(p.limits.Inflated))
	}
	return nil
}

// compression keeps errors of the network apart from those of the data.
func compression(err error) error {
	if errors.Is(err, zlib.ErrHeader) || errors.Is(err, zlib.ErrChecksum) || errors.Is(err, zlib.ErrDictionary) || isCorrupt(err) {
		return damaged("an object is not compressed as it must be")
	}
	return err
}

// trailer compares the sum at the end of a pack, and sees that nothing follows.
func (p *pack) trailer(in *tap) error {
	in.begin()
	in.sum.Sum(p.sum[:0])
	var said plumbing.Hash
	in.unsummed = true
	if _, err := io.ReadFull(in, said[:]); err != nil {
		return cutShort(err)
	}
	if said != p.sum {
		return damaged("its sum is not that of its content")
	}
	if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
		if err != nil {
			return cutShort(err)
		}
		return damaged("something follows it")
	}
	return in.close()
}

func objectHeader(kind objectKind, size int64) []byte {
	return append(strconv.AppendInt([]byte(kind.String()+" "), size, 10), 0)
}

// readTypeAndSize reads three bits of type and a size, four bits and then seven at a time.
func readTypeAndSize(in io.ByteReader) (objectKind, int64, error) {
	b, err := in.ReadByte()
	if err != nil {
		return 0, 0, err
	}
	kind, size := objectKind(b>>4&7), int64(b&15)
	for shift := 4; b&0x80 != 0; shift += 7 {
		if b, err = in.ReadByte(); err != nil {
			return 0, 0, err
		}
		if shift > 56 {
			return 0, 0, damaged("an object has an impossible size")
		}
		size |= int64(b&0x7f) << shift
	}
	if size < 0 {
		return 0, 0, damaged("an object has an impossible size")
	}
	return kind, size, nil
}

// readBackwards reads how far before a delta its base begins.
func readBackwards(in io.ByteReader) (int64, error) {
	var back int64
	for {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		back |= int64(b & 0x7f)
		if b&0x80 == 0 {
			return back, nil
		}
		if back++; back > 1<<54 {
			return 0, damaged("a delta is against something impossible")
		}
		back <<= 7
	}
}
