// Package manifest reads Remit's objects from YAML files, for the stand-alone
// mode, and refuses what an API server would refuse.
//
// It checks each object with the very same CRD schemas and CEL rules, through
// the same libraries, and then what a schema cannot see: duplicate names, missing
// and cyclic parents, roles that are not configured. Everything wrong is an
// ownership.Problem with file, line, field and remedy; it stops nothing but the
// object that it is about.
//
// It is not the place where manifests get a meaning: it resolves no layers,
// reads no clock and observes nothing.
//
// The way of the data:
//
//	folder ── files.go ── texts
//	                        │  document.go: split, parse
//	                      YAML nodes
//	                        │  value.go: plain values, and where each field stands
//	                      values
//	                        │  schema.go: prune, default, validate; explain.go: words for what is wrong
//	                      checked objects
//	                        │  typed.go: Go types
//	                      Set ── graph.go: names, parents, roles
package manifest
