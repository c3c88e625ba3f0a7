// Package identity knows which person is meant by a login, an address or the text of a CODEOWNERS owner.
//
// It is pure: it is built of people that sources have observed and answers from memory. It does not know
// whether a person is active or may do anything, and it never guesses: what two people claim belongs to
// neither.
//
//	[]ownership.Person ──New──► Directory ──Login("github", "Alice-GH")──────────────► "alice"
//	                                      ──Email("12345+alice-gh@users.noreply…")───► "alice"
//	                                      ──Owner("@alice-gh"), ("@acme/payments")───► user:alice, team:acme/payments
//	                                      ──Author(commit address)───────────────────► user:alice
//	                                      ──Canonical(user:alice-gh)─────────────────► user:alice
package identity
