// Package snapshot joins manifests and observations into one immutable picture
// of a moment: which files belong to which area, who owns them, who the people
// and teams are, and what of all that is unknown.
//
// It decides nothing about right or wrong (that is drift and policy), and it
// reads no clock, file or network: equal inputs give equal snapshots.
//
//	manifests ────────────────┐
//	observations ── people ───┤
//	             └─ repositories ── rules matched to files ─┐
//	                          └── claims: files to areas ───┴── areas
package snapshot
