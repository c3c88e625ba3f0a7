// Package suggest says who should own an area that nobody owns, from who worked on its files.
//
// It advises and decides nothing: no state, finding or change comes from it. It reads no clock, file or network, and
// equal inputs give equal answers. Where the log is not known whole it says so, and how far back it is known.
//
//	snapshot ── commits, files ──► Gather ──► Work by author ──┐
//	         └─ people, teams, areas held ─► standings, load ──┴─► Rank ──► teams, people, who was left out and why
//
// What the formula is and where its constants come from is in formula.go and docs/suggest.md; how well it does is
// measured by `make study-suggest`.
package suggest
