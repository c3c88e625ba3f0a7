package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// kind says what a text is, and so what redaction does to it.
type kind uint8

const (
	// word is one of Remit's own words, such as a mode: safe. Anything else in its place is treated as plain.
	word kind = iota
	// plain is a name of something that is no person: an area, a team, a repository, a label. Known names in it are
	// replaced.
	plain
	// treePath is a path or a pattern in a repository; likewise.
	treePath
	// file is a file of the machine, with a line perhaps. What leads to it is dropped where that is of the machine.
	file
	// root is a folder of the machine: dropped.
	root
	// digest is an id made of content: replaced.
	digest
	// person is an id or login, address an e-mail address, name a person's name, holder a holder: replaced.
	person
	address
	name
	holder
	// entity is an entity of a catalog; those of the kind user are people.
	entity
	// subject is what a policy judges: a holder, a person's id, or plain.
	subject
	// placeholder is a holder that counts as none, holderPattern a pattern of holders who may be given roles.
	placeholder
	holderPattern
	// ownerValue is what a label or an annotation names an owner by: a holder, a handle, an address, a name, or any text.
	ownerValue
	// prose is free text: dropped.
	prose
	// rego, codeownersText and parameter (JSON) have rules of their own.
	rego
	codeownersText
	parameter
)

// errDamaged says that bytes are no recording.
var errDamaged = errors.New("damaged")

// codec walks the parts of a recording, in one of three ways: it appends them to out, takes them from in, or hands each
// text to rewrite. After the first error it does nothing any more.
type codec struct {
	mode    mode
	out     []byte
	in      []byte
	rewrite func(k kind, text string) string
	err     error
	// seen are the texts read so far: most stand there more than once.
	seen map[string]string
}

type mode uint8

const (
	writing mode = iota
	reading
	rewriting
)

func (c *codec) fail(format string, arguments ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: "+format, append([]any{errDamaged}, arguments...)...)
	}
	c.in = nil
}

// unsigned is a varint; every part begins with one, so that no list is longer than the bytes that are left.
func (c *codec) unsigned(n *uint64) {
	switch c.mode {
	case writing:
		c.out = binary.AppendUvarint(c.out, *n)
	case reading:
		value, size := binary.Uvarint(c.in)
		if size <= 0 {
			c.fail("a number is cut off or too large")
			*n = 0
			return
		}
		*n, c.in = value, c.in[size:]
	}
}

func (c *codec) signed(n *int64) {
	zigzag := uint64(*n<<1) ^ uint64(*n>>63) //nolint:gosec // the usual zigzag of varints
	c.unsigned(&zigzag)
	*n = int64(zigzag>>1) ^ -int64(zigzag&1) //nolint:gosec // likewise
}

// number is any integer.
func number[N ~int | ~int32 | ~int64](c *codec, n *N) {
	value := int64(*n)
	c.signed(&value)
	if *n = N(value); int64(*n) != value {
		c.fail("a number is too large")
	}
}

func (c *codec) flag(b *bool) {
	var n uint64
	if *b {
		n = 1
	}
	c.unsigned(&n)
	if n > 1 {
		c.fail("a flag is neither yes nor no")
	}
	*b = n == 1
}

// take gives the next n bytes.
func (c *codec) take(n uint64) []byte {
	if n > uint64(len(c.in)) {
		c.fail("a text is cut off")
		return nil
	}
	taken := c.in[:n]
	c.in = c.in[n:]
	return taken
}

// text is any string, UTF-8 or not.
func text[S ~string](c *codec, k kind, s *S) {
	switch c.mode {
	case writing:
		c.out = binary.AppendUvarint(c.out, uint64(len(*s)))
		c.out = append(c.out, *s...)
	case reading:
		var n uint64
		c.unsigned(&n)
		*s = S(c.shared(c.take(n)))
	case rewriting:
		*s = S(c.rewrite(k, string(*s)))
	}
}

// shared gives the text that was read before if it is the same.
func (c *codec) shared(text []byte) string {
	const longest = 256
	if len(text) > longest {
		return string(text)
	}
	known, has := c.seen[string(text)]
	if !has {
		known = string(text)
		c.seen[known] = known
	}
	return known
}

// bytes are a text that may be nil.
func bytes[B ~[]byte](c *codec, k kind, b *B) {
	present := *b != nil
	if c.flag(&present); !present {
		return
	}
	whole := string(*b)
	text(c, k, &whole)
	*b = B(whole)
}

// moment is a time with its offset from UTC: reports show both.
func (c *codec) moment(t *time.Time) {
	if c.mode == rewriting {
		return
	}
	var seconds, nanoseconds, offset int64
	utc := true
	if c.mode == writing {
		_, zone := t.Zone()
		seconds, nanoseconds, offset, utc = t.Unix(), int64(t.Nanosecond()), int64(zone), t.Location() == time.UTC
	}
	c.signed(&seconds)
	c.signed(&nanoseconds)
	if c.flag(&utc); !utc {
		c.signed(&offset)
	}
	if c.mode == writing {
		return
	}
	const day = 24 * 60 * 60
	if nanoseconds < 0 || nanoseconds >= int64(time.Second) || offset <= -day || offset >= day {
		c.fail("a time is none")
		return
	}
	if *t = time.Unix(seconds, nanoseconds).UTC(); !utc {
		*t = t.In(time.FixedZone("", int(offset)))
	}
}

// list is a list, nil or not, of any length that the bytes allow.
func list[T any](c *codec, items *[]T, each func(c *codec, item *T)) {
	var n uint64
	if *items != nil {
		n = uint64(len(*items)) + 1
	}
	c.unsigned(&n)
	if c.mode != reading {
		for i := range *items {
			each(c, &(*items)[i])
		}
		return
	}
	if *items = nil; n == 0 || c.err != nil {
		return
	}
	if n-1 > uint64(len(c.in)) {
		c.fail("a list is cut off")
		return
	}
	*items = make([]T, 0, min(n-1, 64)) // it grows with what is really there
	for range n - 1 {
		var item T
		if each(c, &item); c.err != nil {
			return
		}
		*items = append(*items, item)
	}
}

// texts is a list of texts of one kind.
func texts[S ~string](c *codec, k kind, items *[]S) {
	list(c, items, func(c *codec, item *S) { text(c, k, item) })
}

// pair is an entry of a map.
type pair[K ~string, V any] struct {
	key   K
	value V
}

// table is a map, nil or not, in the order of its keys.
func table[K ~string, V any](c *codec, k kind, items *map[K]V, each func(c *codec, item *V)) {
	var pairs []pair[K, V]
	if c.mode != reading && *items != nil {
		pairs = make([]pair[K, V], 0, len(*items))
		for _, key := range slices.Sorted(maps.Keys(*items)) {
			pairs = append(pairs, pair[K, V]{key, (*items)[key]})
		}
	}
	list(c, &pairs, func(c *codec, item *pair[K, V]) {
		text(c, k, &item.key)
		each(c, &item.value)
	})
	if c.mode == writing {
		return
	}
	if *items = nil; pairs == nil {
		return
	}
	*items = make(map[K]V, len(pairs))
	for _, item := range pairs {
		if _, twice := (*items)[item.key]; twice {
			c.fail("a name is there twice")
		}
		(*items)[item.key] = item.value
	}
}

// labels is a map of texts.
func labels(c *codec, items *map[string]string) {
	table(c, plain, items, func(c *codec, value *string) { text(c, plain, value) })
}

// optional is what a pointer leads to.
func optional[T any](c *codec, item **T, each func(c *codec, item *T)) {
	present := *item != nil
	if c.flag(&present); !present {
		return
	}
	if c.mode == reading {
		*item = new(T)
	}
	each(c, *item)
}
