// Package grant decides what the Areas and RoleAssignments of each namespace may claim, and takes out of a set of manifests what
// they may not: so nothing that comes after has to ask.
//
// It is not the admission of objects: an Area that claims too much can be written, and is shown as stalled. It does not know
// what is observed, and reads no clock, file or network: equal sets and labels give equal results.
//
//	sources' grants ── compile ──► rights of each namespace
//	                                   │
//	Areas, RoleAssignments ──► scope ──┴─► holders ──► inherited ──► modes ──► set without what is denied
//	                              └───────────┴────────────┴── denied, unknown ──► Broken, Lost, Refused, problems
//
// A grant is one whole: what it gives may be claimed, and in that its holders may have its roles, up to its mode. Two grants to
// one namespace are two such wholes; a claim that one gives and a holder whom only the other allows do not add up.
//
//	the claim is                                          it
//	of the own namespace                                  stands
//	given by a grant to its namespace                     stands
//	given by none, but a grant that would give it may     stands, but nothing is concluded from what rests on it: whoever
//	be to the namespace, or cannot be read                has it otherwise may have it still (ScopeUnknown)
//	given by none                                         is taken out (ScopeDenied)
package grant
