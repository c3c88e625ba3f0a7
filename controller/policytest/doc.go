// Package policytest runs case files: examples of what a policy says of a
// subject, which are its tests and its documentation at once.
//
// A case gives only what matters in it. The rest of `input` and `data.remit` is
// there all the same, empty, in the shapes of controller/policy's documents, and
// a field that those do not have is an error.
//
//	cases/*.yaml ── Load ── []Case ┐
//	policy.rego ── Parse ─ Policy ┴─ Evaluate (plain OPA) ── []Result ── Compare with Case.Want
//
// It is not the engine: there is no sealing, no tracking of what was read and no
// notion of unknown here, only what the Rego says of known facts.
package policytest
