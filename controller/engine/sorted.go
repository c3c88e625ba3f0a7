package engine

import (
	"cmp"
	"iter"
	"maps"
	"reflect"
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

// valuesOf ranges over the values of a map in the order of its keys.
func valuesOf[M ~map[K]V, K cmp.Ordered, V any](m M) iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, value := range sorted(m) {
			if !yield(value) {
				return
			}
		}
	}
}

// sameMap says whether both are the very same map.
func sameMap[K comparable, V any](a, b map[K]V) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}
