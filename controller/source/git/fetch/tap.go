package fetch

import (
	"bufio"
	"crypto"
	"hash"
	"hash/crc32"
	"io"

	githash "github.com/go-git/go-git/v5/plumbing/hash"
)

// tap reads a stream byte by byte, and keeps it: in a file, in the sum of it all, and in a sum for each object.
type tap struct {
	from   io.Reader
	to     *bufio.Writer
	sum    hash.Hash
	crc    uint32
	buffer [64 << 10]byte
	// The bytes before start are done with, those to pos read, those to limit still to be read.
	start, pos, limit int
	done              int64
	unsummed          bool
}

func newTap(from io.Reader, to io.Writer) *tap {
	return &tap{from: from, to: bufio.NewWriterSize(to, 256<<10), sum: githash.New(crypto.SHA1)}
}

func (t *tap) offset() int64 { return t.done + int64(t.pos-t.start) }

// settle does what is to be done with the bytes read.
func (t *tap) settle() error {
	chunk := t.buffer[t.start:t.pos]
	if !t.unsummed {
		t.sum.Write(chunk)
	}
	t.crc = crc32.Update(t.crc, crc32.IEEETable, chunk)
	t.done += int64(len(chunk))
	t.start = t.pos
	if _, err := t.to.Write(chunk); err != nil {
		return &localError{err}
	}
	return nil
}

// begin starts the sum of an object, and end gives it. An error of writing comes again at close.
func (t *tap) begin() { _ = t.settle(); t.crc = 0 }

func (t *tap) end() uint32 { _ = t.settle(); return t.crc }

func (t *tap) close() error {
	if err := t.settle(); err != nil {
		return err
	}
	if err := t.to.Flush(); err != nil {
		return &localError{err}
	}
	return nil
}

func (t *tap) fill() error {
	if t.pos < t.limit {
		return nil
	}
	if err := t.settle(); err != nil {
		return err
	}
	t.start, t.pos, t.limit = 0, 0, 0
	for range 100 { // as bufio.Reader does, so that a reader that gives nothing does not hang
		n, err := t.from.Read(t.buffer[:])
		if t.limit = n; n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// ReadByte gives the next byte. That a tap has it keeps the decompression from reading too far.
func (t *tap) ReadByte() (byte, error) {
	if err := t.fill(); err != nil {
		return 0, err
	}
	b := t.buffer[t.pos]
	t.pos++
	return b, nil
}

// Read gives bytes.
func (t *tap) Read(to []byte) (int, error) {
	if err := t.fill(); err != nil {
		return 0, err
	}
	n := copy(to, t.buffer[t.pos:t.limit])
	t.pos += n
	return n, nil
}

// localError is one of writing, as against one of reading from the server.
type localError struct{ error }

func (e *localError) Unwrap() error { return e.error }
