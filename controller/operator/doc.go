// Package operator is Remit in a cluster: custom resources in, status and events out, on the engine that the command
// line uses as well. It is glue: what is true is decided by package engine and those below it.
//
//	API server ──watch──► cache ──► world ──► manifest.Set ─┐
//	                        │                               ├──► engine.Pass ──► board ──► statuses ──patch──► API server
//	OwnershipSource ──► observers ──► facts (sightings) ────┘        │
//	                        ▲                                        └──► metrics
//	                        └ interval, annotation, watches
//
// A change of an object, a new observation or the time wakes the pass loop, which waits until no more changes come in
// for a moment. A pass writes on the board what each object's status should be; a reconciler for each kind compares that
// with what the object has, and sends one patch where they differ. Only the leader makes passes and writes.
package operator
