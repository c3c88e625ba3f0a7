// Package nearest finds the name that a misspelt one most likely stands for.
//
// It is what all that refuse a name share (fields and kinds of manifests, what policies refer to, what is asked of the
// command line), so that the same slip is answered alike. It is pure, and imports nothing of Remit's.
//
//	word, known names ──► Name ──► the one that is meant ──► Question ──► "did you mean `approver`?"
package nearest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// longest is the length in bytes from which on a word is no name with a slip in it.
const longest = 200

// Name is the known name that a word stands for; empty where none comes close, or the word is one of them.
//
// What both have in common before a "/" or ":" does not count. It differs from the word in at most a third of the word's letters (at least two: two neighbours are easily swapped),
// and not in all, by the Levenshtein distance without regard to case. Of several, the one that differs least is meant;
// then the one of the same length, since letters swapped count twice; then the first by name.
func Name(word string, known []string) string {
	if len(word) > longest || slices.Contains(known, word) {
		return ""
	}
	best, least := "", 2*len(word)+2
	for _, candidate := range slices.Sorted(slices.Values(known)) {
		word, other := withoutShared(strings.ToLower(word), strings.ToLower(candidate))
		farthest := min(max(2, len(word)/3), len(word)-1)
		apart := max(len(other)-len(word), len(word)-len(other))
		if apart > farthest { // the distance is no less
			continue
		}
		distance := levenshtein.ComputeDistance(word, other)
		if distance > farthest {
			continue
		}
		distance *= 2
		if apart > 0 {
			distance++
		}
		if distance < least {
			best, least = candidate, distance
		}
	}
	return best
}

// withoutShared takes what comes before the last "/" or ":" off two names that share it: "acme/pay" and "acme/shop" have
// their organisation in common, and are no nearer for that.
func withoutShared(a, b string) (restA, restB string) {
	shared := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '/' || a[i] == ':' {
			shared = i + 1
		}
	}
	return a[shared:], b[shared:]
}

// Question is "did you mean `approver`?" for the known name that a word stands for, or empty.
func Question(word string, known []string) string {
	name := Name(word, known)
	if name == "" {
		return ""
	}
	return fmt.Sprintf("did you mean `%s`?", name)
}
