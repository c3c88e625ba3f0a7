// Package kubernetes observes who owns the namespaces and workloads of a cluster, by their annotations and labels.
//
// It sees metadata only, through a Lister that somebody else makes of a client or a cache; it asks no API server itself,
// and writes nothing. Which area a namespace is of is not known here (see controller/snapshot).
//
//	Lister ── PartialObjectMetadata ──► selected (source.go) ──► bounded, read (read.go) ──► ownership.Namespace
//	                                                                  ▲
//	                                    ownership.Labelling ──────────┘ whom a value means
//
// A kind that cannot be listed leaves it unknown which workloads of that kind there are; a value that names no holder makes
// the owner of its object unknown. Neither makes anything unowned.
package kubernetes
