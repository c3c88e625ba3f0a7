package engine

import (
	"cmp"
	"iter"
	"maps"
	"slices"
)

// sorted ranges over a map in the order of its keys, so that equal inputs give equal results.
func sorted[M ~map[K]V, K cmp.Ordered, V any](m M) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
