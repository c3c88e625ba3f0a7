// Package standalone is Remit without a cluster: manifests in files in, results
// and metrics out.
//
// It is one of two thin faces of the engine (the other is for a cluster) and
// decides nothing about ownership itself. It knows no flags and no reports: those
// are the command line's.
//
//	manifests ──load.go──► manifest.Set ──┬──────────────► engine.CompilePolicies ──┐
//	                                      └─sources.go──► engine.Observer ──────────┤
//	checkouts given ──checkouts.go──────────────────────────► (in place of theirs) ─┤
//	                                                                   engine.Pass ◄┘
//	                                                                        │
//	                            Checker.Check (once) ──► Result ◄───────────┘
//	                            Run (for ever): loop.go ──► metrics.Page ──► server.go
//	                                 ▲  watch.go: something changed   since.go: since when unowned
//
// A Checker keeps what can be kept from one check to the next: compiled schemas,
// compiled policies while no manifest changes, and what each source said last.
package standalone
