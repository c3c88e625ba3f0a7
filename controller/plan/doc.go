// Package plan makes a plan out of drift: which changes would close it, in which order, and which of them are held
// back and why.
//
// It is where a wish ends and a decision begins: what comes out as a change may be made, what is held is only shown.
// It makes nothing itself (that is a target's), reads no file, clock or network, and equal inputs give a plan that is
// equal byte for byte, in whatever order they came.
//
//	areas, drift ──┐
//	snapshot ──────┼─ candidates ─► modes ─► brakes ─► order ─► hash ─► ownership.Plan
//	ledger ────────┘  (candidate.go) (mode.go) (brake.go) (order.go) (hash.go)  │ targets
//	   ▲                                                                         ▼
//	   └─────────────────────────────── Record (ledger.go) ◄──────── what was made of it
//
// A plan that was shown is made by recomputing it: only an equal hash is applied, and where the hash differs, Moved
// says what has moved since (saved.go). The text of a saved plan is never executed.
package plan
