// Package acme makes the git checkouts of the example organisation, examples/acme,
// from descriptions of their history:
//
//	repositories/*.yaml ── read.go ── specification ─┐
//	people.yaml ────────── authors ──────────────────┴─ build.go ── .work/checkouts, .work/old-host
//
// The commits lie so many days before today, since the example must not age: who
// has worked where lately would be nobody, some months from now. Everything else is
// the same on each machine. Checkouts that are a week old are made again;
// what somebody changed in them is kept, see keep.go.
//
// It is no part of the product: nothing but the example needs it.
package acme
