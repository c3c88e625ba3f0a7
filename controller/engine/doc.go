// Package engine runs one pass: it observes the sources, joins what they say with
// the manifests into a snapshot, lets policies declare, compares, and lets policies
// judge.
//
//	Observer.Observe ──► snapshot.Build ──► declare ──► barrier ──► drift ──► judge ──► Result
//	(sources; I/O)       (pure)             (Rego)      (layers)    (Go)      (Rego)
//
// Only observing does I/O. Pass itself is a function of its input: the same input
// gives the same Result, byte for byte.
package engine
