// Package engine makes passes: it observes the sources, joins what they say with the
// manifests into a snapshot, lets policies declare, compares, and lets policies
// judge.
//
//	Observer.Observe ──► snapshot.Next ──► declare ──► barrier ──► drift ──► judge ──► Outcome
//	(sources; I/O)       (pure)            (Rego)      (layers)    (Go)      (Rego)
//
// Only observing does I/O. A pass is a function of its Input: the same Input gives the
// same Result, byte for byte. An Engine remembers the pass before and looks only at
// what may have changed since; that never shows in a Result.
//
//	engine.go     what a pass is, and what it leaves to the next
//	pass.go       its steps: declare, compare, judge
//	barrier.go    the layers of declarations, merged
//	facts.go      data.remit, brought from one snapshot to the next
//	subjects.go   the documents of subjects, and what of them is unknown (unidentified.go: how many they are)
//	book.go       what each policy said of each subject, and on what that rests
//	kept.go       what policies declared when they last could tell
//	result.go     findings, states and statuses summed up
package engine
