package fetch

import (
	"errors"
	"fmt"
	"io"
	"strconv"
)

// packetKind tells packets with data from those that only divide.
type packetKind uint8

const (
	dataPacket  packetKind = iota
	flushPacket            // 0000
	delimPacket            // 0001
	endPacket              // 0002
)

// maxPacket is the longest packet, its length included. Source: gitprotocol-common(5).
const maxPacket = 65520

var errPacket = errors.New("the answer is not in git's form: a packet's length is wrong")

// remoteError is what a server says went wrong, in its own words: the error itself does not repeat them.
type remoteError struct{ text string }

func (e *remoteError) Error() string { return "the server answers with an error" }

// packets reads pkt-lines. The library's reader is not used: it knows no packets of version 2, and drops the length of lines
// that begin with ERR.
type packets struct {
	from   io.Reader
	buffer [maxPacket]byte
}

// next reads a packet. The data is lent until the next call. io.EOF is the end between two packets.
func (p *packets) next() (packetKind, []byte, error) {
	if _, err := io.ReadFull(p.from, p.buffer[:4]); err != nil {
		return 0, nil, err
	}
	length, err := strconv.ParseUint(string(p.buffer[:4]), 16, 16)
	switch {
	case err != nil || length == 3 || length > maxPacket:
		return 0, nil, errPacket
	case length < 3:
		return flushPacket + packetKind(length), nil, nil
	}
	data := p.buffer[:length-4]
	if _, err := io.ReadFull(p.from, data); err != nil {
		return 0, nil, cutShort(err)
	}
	return dataPacket, data, nil
}

// line reads a packet of text, without the line break at its end; a line of "ERR" is the error that it reports.
func (p *packets) line() (packetKind, string, error) {
	kind, data, err := p.next()
	if err != nil || kind != dataPacket {
		return kind, "", err
	}
	if len(data) > 4 && string(data[:4]) == "ERR " {
		return kind, "", &remoteError{string(data[4:])}
	}
	if len(data) > 0 && data[len(data)-1] == '\n' {
		data = data[:len(data)-1]
	}
	return kind, string(data), nil
}

// cutShort is an error of reading where more must come.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// request is a request's body in pkt-lines.
type request struct{ text []byte }

func (r *request) line(format string, values ...any) {
	text := fmt.Sprintf(format, values...)
	r.text = fmt.Appendf(r.text, "%04x%s\n", len(text)+5, text)
}

func (r *request) flush() { r.text = append(r.text, "0000"...) }
func (r *request) delim() { r.text = append(r.text, "0001"...) }

// channels reads the first of the channels that a stream is divided into: 1 is data, 2 progress, 3 an error.
type channels struct {
	packets *packets
	left    []byte
	done    bool
}

// Read gives data; io.EOF is the end as the server declares it.
func (c *channels) Read(to []byte) (int, error) {
	for len(c.left) == 0 {
		if c.done {
			return 0, io.EOF
		}
		kind, data, err := c.packets.next()
		switch {
		case err != nil:
			return 0, cutShort(err)
		case kind == flushPacket, kind == endPacket:
			c.done = true
		case kind != dataPacket || len(data) == 0:
			return 0, errPacket
		case data[0] == 1:
			c.left = data[1:]
		case data[0] == 2:
		case data[0] == 3:
			return 0, &remoteError{string(data[1:])}
		default:
			return 0, errPacket
		}
	}
	n := copy(to, c.left)
	c.left = c.left[n:]
	return n, nil
}
