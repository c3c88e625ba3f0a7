package record

import (
	stdbytes "bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/remit-dev/remit/controller/ownership"
)

// A recording is one line of text, "remit-snapshot 1\n", and then one zstd frame with a checksum. The number is the
// version of what is in the frame, the parts in the order of parts.walk: integers as varints, texts and lists after
// their length. There is nothing in it that nests without bound, so its depth is that of the code.
const (
	header  = "remit-snapshot "
	version = 1
	// maxFile and maxParts bound a recording, packed and unpacked, in bytes: 10,000 areas in 300 repositories of 10,000
	// files take some 200 MB unpacked.
	maxFile  = 256 << 20
	maxParts = 512 << 20
)

// Write writes a recording. Equal recordings give equal bytes.
func Write(w io.Writer, r Recording) error {
	p := take(r)
	c := &codec{mode: writing}
	p.walk(c)
	if c.err != nil {
		return c.err
	}
	if len(c.out) > maxParts {
		return ownership.Problem{
			Message: fmt.Sprintf("the recording has %d MiB, and can have at most %d", len(c.out)>>20, maxParts>>20),
			Remedy:  "record fewer repositories, or set spec.git.historyDays lower",
		}
	}
	packed, err := pack(c.out)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "%s%d\n", header, version); err != nil {
		return err
	}
	_, err = w.Write(packed)
	return err
}

// pack compresses on one processor, since the bytes may depend on how many there are.
func pack(text []byte) ([]byte, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true), zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	if err != nil {
		return nil, fmt.Errorf("compress the recording: %w", err)
	}
	packed := encoder.EncodeAll(text, nil)
	return packed, encoder.Close()
}

// Read reads a recording and compiles its policies. The error says what is wrong with the file, and what to do.
func Read(r io.Reader) (Recording, error) {
	packed, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return Recording{}, fmt.Errorf("read the recording: %w", err)
	}
	if len(packed) > maxFile {
		return Recording{}, refusal("it has more than "+strconv.Itoa(maxFile>>20)+" MiB, which no recording has", remedyForeign)
	}
	frame, err := afterHeader(packed)
	if err != nil {
		return Recording{}, err
	}
	unpacked, err := unpack(frame)
	if err != nil {
		return Recording{}, err
	}
	p, err := decode(unpacked)
	if err != nil {
		return Recording{}, err
	}
	return p.join(), nil
}

// Is says whether a file that begins so is meant to be a recording.
func Is(begin []byte) bool { return stdbytes.HasPrefix(begin, []byte(header)) }

const (
	remedyForeign = "name a file that `remit snapshot save` wrote"
	remedyDamaged = "copy the file again, or record anew with `remit snapshot save`"
)

func refusal(message, remedy string) error {
	return ownership.Problem{Message: message, Remedy: remedy}
}

// afterHeader checks the first line:
//
//	not ours at all            foreign
//	ours, cut off or no number damaged
//	an older or newer version  says which, and which can be read
func afterHeader(packed []byte) ([]byte, error) {
	if len(packed) == 0 {
		return nil, refusal("it is empty", remedyDamaged)
	}
	if !stdbytes.HasPrefix(packed, []byte(header)) {
		if strings.HasPrefix(header, string(packed)) {
			return nil, refusal("it is cut off", remedyDamaged)
		}
		return nil, refusal("it is no recording of Remit", remedyForeign)
	}
	line, frame, whole := stdbytes.Cut(packed, []byte("\n"))
	number, err := strconv.ParseUint(string(line[len(header):]), 10, 32)
	switch {
	case !whole && len(line) < len(header)+10:
		return nil, refusal("it is cut off", remedyDamaged)
	case !whole, err != nil, number == 0:
		return nil, refusal("its first line is damaged", remedyDamaged)
	case number > version:
		return nil, refusal(fmt.Sprintf("it is of version %d of the format, and this Remit reads version %d", number, version),
			"use the version of Remit that wrote it, or a newer one")
	}
	if len(frame) == 0 {
		return nil, refusal("it is cut off", remedyDamaged)
	}
	return frame, nil
}

// unpack decompresses no more than a recording may have.
func unpack(frame []byte) ([]byte, error) {
	decoder, err := zstd.NewReader(stdbytes.NewReader(frame), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return nil, fmt.Errorf("decompress the recording: %w", err)
	}
	defer decoder.Close()
	unpacked, err := io.ReadAll(io.LimitReader(decoder, maxParts+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, refusal("it is cut off", remedyDamaged)
	case err != nil:
		return nil, refusal("it is damaged: "+err.Error(), remedyDamaged)
	case len(unpacked) > maxParts:
		return nil, refusal(fmt.Sprintf("it unpacks to more than %d MiB, which no recording has", maxParts>>20), remedyForeign)
	}
	return unpacked, nil
}

// decode reads the parts and checks what later steps rely on.
func decode(unpacked []byte) (parts, error) {
	c := &codec{mode: reading, in: unpacked, seen: map[string]string{}}
	var p parts
	p.walk(c)
	if c.err == nil && len(c.in) > 0 {
		c.fail("there are %d bytes after its end", len(c.in))
	}
	if c.err == nil {
		c.err = validate(&p)
	}
	if c.err != nil {
		return parts{}, refusal("it is "+c.err.Error(), remedyDamaged)
	}
	return p, nil
}
