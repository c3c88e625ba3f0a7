// Package report writes the result of a pass for people and for other tools: a
// table for a terminal, JSON, SARIF 2.1.0, JUnit XML and Markdown.
//
// It decides nothing about ownership. What it does decide is what counts as a
// failure of `remit check` (see Fails) and what is known already (see Baseline).
// It is pure: a result and options in, bytes out; no clock, file or network.
//
// Everything in a result that came from outside (names, paths, messages) is
// untrusted: Clean takes control and direction characters out of it, and each
// format escapes what is left in its own way.
//
//	ownership.Result ──► Apply (baseline) ──► Table | JSON | SARIF | JUnit | Markdown ──► io.Writer
//	                                     └──► Fails (severity) ──► exit code
package report
