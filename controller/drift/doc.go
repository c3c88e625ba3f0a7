// Package drift compares what is declared of an area with what is observed, and
// says which requirements of the area are met. Everything in it is a pure
// function of a snapshot's area, its merged declarations and the people.
//
//	area (observed) ───┐
//	declarations ──────┼── Compare ──► Drift
//	people (standing) ─┘
//	                   └── Judge ──► Requirements ── State
package drift
