package fetch

import (
	"cmp"
	"time"
)

// Limits bound one fetch. A zero field stands for its default.
type Limits struct {
	// Pack is how many bytes the server may send; 512 MiB. Half a year of a repository with 100,000 files and 100 commits a
	// day fits several times.
	Pack int64
	// Objects is how many objects that may be; 2,000,000, which takes some 150 MB of memory for the index.
	Objects int
	// Object is how large one object may be; 128 MiB, more than public services take in one file. Objects are only in memory
	// where others are stored as changes to them.
	Object int64
	// Inflated is how many bytes all objects may have together, unpacked; 64 GiB. It bounds the work that a small pack can
	// make.
	Inflated int64
	// Refs is how many bytes a list of branches may have; 32 MiB, some 400,000 branches for servers of version 0.
	Refs int64
	// Time is how long a fetch may take; 10 minutes.
	Time time.Duration
}

func (l Limits) orDefaults() Limits {
	return Limits{
		Pack:     cmp.Or(l.Pack, 512<<20),
		Objects:  cmp.Or(l.Objects, 2_000_000),
		Object:   cmp.Or(l.Object, 128<<20),
		Inflated: cmp.Or(l.Inflated, 64<<30),
		Refs:     cmp.Or(l.Refs, 32<<20),
		Time:     cmp.Or(l.Time, 10*time.Minute),
	}
}
