package fetch

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	// maxHeld bounds the objects that are in memory while deltas against them are resolved.
	maxHeld = 512 << 20
	// maxChain bounds what whoever reads an object must hold of the deltas that it is made of: go-git has all of a chain in
	// memory before it applies the first. In KiB.
	maxChain = 512 << 10
	// linkCost is what a delta counts for, beside its own size. With it a chain has at most 4,096, as many as git makes at
	// most (git-pack-objects(1), --depth). In KiB.
	linkCost = 128
)

// frame is an object whose deltas are being resolved.
type frame struct {
	kind  objectKind
	text  []byte
	next  int32
	chain int32
}

// resolve finds the ids of objects that are stored as deltas. Each chain is followed from its base, so that every object is
// made once, and an object is let go as soon as the last delta against it has been begun.
func (p *pack) resolve(ctx context.Context, file io.ReaderAt) error {
	if len(p.entries) == 0 {
		return nil
	}
	for i := range p.entries {
		e := &p.entries[i]
		if e.kind > tagObject {
			continue
		}
		p.release(int32(i))
		if e.child == none {
			continue
		}
		text, err := p.load(file, e)
		if err != nil {
			return err
		}
		first := e.child
		e.child = none // they are followed once
		if err := p.follow(ctx, file, frame{kind: e.kind, text: text, next: first}); err != nil {
			return err
		}
	}
	for i := range p.entries {
		if p.entries[i].kind > tagObject {
			return damaged("a delta is against an object that is not in it")
		}
	}
	return nil
}

// release gives those that waited for an object's id to it.
func (p *pack) release(at int32) {
	first, has := p.waiting[p.entries[at].id]
	if !has {
		return
	}
	delete(p.waiting, p.entries[at].id)
	for child := first; child != none; {
		next := p.entries[child].sibling
		p.adopt(at, child)
		child = next
	}
}

// follow resolves the deltas against an object, and those against these.
func (p *pack) follow(ctx context.Context, file io.ReaderAt, base frame) error {
	stack, held := []frame{base}, int64(len(base.text))
	for len(stack) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		top := &stack[len(stack)-1]
		if top.next == none {
			held -= int64(len(top.text))
			stack = stack[:len(stack)-1]
			continue
		}
		at := top.next
		e := &p.entries[at]
		top.next = e.sibling
		if e.chain = top.chain + linkCost + int32(e.size>>10); e.chain > maxChain {
			return failure(TooLarge, "run git gc on the server", "the server sends an object that is made of too many changes to changes")
		}
		delta, err := p.load(file, e)
		if err != nil {
			return err
		}
		text, err := p.patch(top.text, delta)
		if err != nil {
			return err
		}
		p.hasher.Reset()
		p.hasher.Write(objectHeader(top.kind, int64(len(text))))
		p.hasher.Write(text)
		p.hasher.Sum(e.id[:0])
		e.kind = top.kind
		p.see(e.kind, e.id, text)
		p.release(at)
		if top.next == none {
			held -= int64(len(top.text))
			top.text = nil
		}
		if e.child == none {
			continue
		}
		if held += int64(len(text)); held > maxHeld {
			return failure(TooLarge, remedyLimits, "unpacking what the server sends needs more than %s of memory", size(maxHeld))
		}
		stack = append(stack, frame{kind: e.kind, text: text, next: e.child, chain: e.chain})
		e.child = none // they are followed once, and what is a delta itself is no base of its own
	}
	return nil
}

// load inflates what stands at an entry once more.
func (p *pack) load(file io.ReaderAt, e *entry) ([]byte, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(file, e.offset, 1<<62-e.offset), 4<<10)
	kind, size, err := readTypeAndSize(in)
	if err == nil && kind == offsetDelta {
		_, err = readBackwards(in)
	} else if err == nil && kind == referenceDelta {
		_, err = in.Discard(len(plumbing.ZeroHash))
	}
	if err != nil {
		return nil, &localError{err}
	}
	text := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if err := p.inflate(in, text, size); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// patch makes an object of its base and a delta. Source: gitformat-pack(5), "Deltified representation".
func (p *pack) patch(base, delta []byte) ([]byte, error) {
	in := bytes.NewReader(delta)
	from, err := readDeltaSize(in)
	if err != nil || from != int64(len(base)) {
		return nil, damaged("a delta is against an object of another size")
	}
	want, err := readDeltaSize(in)
	if err != nil {
		return nil, err
	}
	if want > p.limits.Object {
		return nil, failure(TooLarge, remedyLimits, "the server sends an object of %s, more than %s", size(want), size(p.limits.Object))
	}
	if p.used.inflated += want; p.used.inflated > p.limits.Inflated {
		return nil, failure(TooLarge, remedyLimits, "what the server sends has more than %s when it is unpacked", size(p.limits.Inflated))
	}
	text := make([]byte, 0, want)
	rest := delta[len(delta)-in.Len():]
	for len(rest) > 0 {
		code := rest[0]
		rest = rest[1:]
		var part []byte
		switch {
		case code&0x80 != 0:
			var offset, length int
			if offset, length, rest, err = readCopy(code, rest); err != nil {
				return nil, err
			}
			if offset > len(base) || length > len(base)-offset {
				return nil, damaged("a delta copies what is not there")
			}
			part = base[offset : offset+length]
		case code != 0 && int(code) <= len(rest):
			part, rest = rest[:code], rest[code:]
		default:
			return nil, damaged("a delta has an impossible instruction")
		}
		if int64(len(text)+len(part)) > want {
			return nil, damaged("a delta makes more than it says")
		}
		text = append(text, part...)
	}
	if int64(len(text)) != want {
		return nil, damaged("a delta makes less than it says")
	}
	return text, nil
}

func readDeltaSize(in io.ByteReader) (int64, error) {
	var size int64
	for shift := 0; shift <= 56; shift += 7 {
		b, err := in.ReadByte()
		if err != nil {
			break
		}
		size |= int64(b&0x7f) << shift
		if b&0x80 == 0 {
			return size, nil
		}
	}
	return 0, damaged("a delta has an impossible size")
}

// readCopy reads where a delta copies from, and how much: the bits of the code say which bytes follow.
func readCopy(code byte, rest []byte) (offset, length int, left []byte, err error) {
	for bit := range 7 {
		if code&(1<<bit) == 0 {
			continue
		}
		if len(rest) == 0 {
			return 0, 0, nil, damaged("a delta is cut short")
		}
		if bit < 4 {
			offset |= int(rest[0]) << (8 * bit)
		} else {
			length |= int(rest[0]) << (8 * (bit - 4))
		}
		rest = rest[1:]
	}
	if length == 0 {
		length = 0x10000
	}
	return offset, length, rest, nil
}

// sortByID sorts the entries as an index has them, each object once: where it has the shortest chain, which whoever reads it
// follows.
func (p *pack) sortByID() {
	slices.SortFunc(p.entries, func(a, b entry) int {
		return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.chain, b.chain), cmp.Compare(a.offset, b.offset))
	})
	p.entries = slices.CompactFunc(p.entries, func(a, b entry) bool { return a.id == b.id })
}

func isCorrupt(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.As(err, &corrupt)
}
