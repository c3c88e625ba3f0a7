// Package explain answers questions about one area, path or holder: who holds what, who says so and where, what
// contradicts it, whether the holder is alive, what is unknown, and which policies rest on what.
//
// It judges nothing anew. It looks up what a pass found and what the pass was made of, and puts that into one tree of
// values, which controller/report shows. It is pure: no clock, file or network; equal outcomes give equal answers.
//
//	Question ──ask.go──► which area, path or holder is meant ──┬─ area.go ──► roles, layers, policies
//	                                                           ├─ path.go ──► claims, CODEOWNERS, OWNERS
//	                                                           └─ holder.go ► who that is, what they hold
//	                     or *Unclear, *NotFound                      │
//	engine.Outcome ──────────────────────────────────────────────────┴──► Answer
package explain
