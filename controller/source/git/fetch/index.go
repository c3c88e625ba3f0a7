package fetch

import (
	"bufio"
	"crypto"
	"encoding/binary"
	"io"
	"math"

	githash "github.com/go-git/go-git/v5/plumbing/hash"
)

// writeIndex writes the index of a pack, whose entries are sorted by id. Source: gitformat-pack(5), version 2.
//
//	magic, version │ 256 counts of ids up to a first byte │ ids │ CRC32s │ offsets │ those of 8 bytes │ sums of pack and index
func (p *pack) writeIndex(to io.Writer) error {
	sum := githash.New(crypto.SHA1)
	buffered := bufio.NewWriterSize(to, 256<<10)
	out := io.MultiWriter(buffered, sum)
	var word [8]byte
	put := func(value uint32) {
		binary.BigEndian.PutUint32(word[:4], value)
		_, _ = out.Write(word[:4]) // an error comes again at Flush
	}
	_, _ = out.Write([]byte("\xfftOc\x00\x00\x00\x02")) // the same
	counted := 0
	for first := range 256 {
		for counted < len(p.entries) && int(p.entries[counted].id[0]) <= first {
			counted++
		}
		put(uint32(counted))
	}
	for i := range p.entries {
		_, _ = out.Write(p.entries[i].id[:]) // the same
	}
	for i := range p.entries {
		put(p.entries[i].crc)
	}
	var far []int64
	for i := range p.entries {
		if offset := p.entries[i].offset; offset > math.MaxInt32 {
			put(1<<31 | uint32(len(far)))
			far = append(far, offset)
		} else {
			put(uint32(offset))
		}
	}
	for _, offset := range far {
		binary.BigEndian.PutUint64(word[:], uint64(offset))
		_, _ = out.Write(word[:]) // the same
	}
	_, _ = out.Write(p.sum[:])             // the same
	_, _ = buffered.Write(sum.Sum(nil)[:]) // the same
	return buffered.Flush()
}
