// Package ownership is Remit's vocabulary as Go types: roles, holders, people,
// teams, repositories, assignments, drift, findings and the result of a pass.
//
// It holds words, not decisions: nothing here reads a file, a clock or a
// network, and it imports nothing of Remit's. Every other package speaks in
// these types, so their names are the same in YAML, Rego, metrics and
// documentation.
//
// The way of the data, with the types that carry it:
//
//	source ── Observation (Person, Team, Repository; each with Provenance)
//	              │
//	          snapshot ── Area views (Declaration, Observed, Coverage)
//	              │
//	            drift ── Drift, State
//	              │
//	           policy ── Finding
//	              │
//	           Result ── reports, metrics
package ownership
