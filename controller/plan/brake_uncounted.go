package plan

// becauseUncounted says why a removal is held while it is not known how many were made within 24 hours. Additions go on:
// nobody loses anything by them. A removal that would end temporary access is held like the others, since it is the
// ledger that knows what Remit gave.
func becauseUncounted(unknown string) string {
	return "how many lost a role within 24 hours is not known, so nobody else does: " + unknown
}
