package policy

import (
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
	"pgregory.net/rapid"
)

// TestRuleCache does the same to the cache and to OPA's own, and asks both.
func TestRuleCache(t *testing.T) {
	cache := &ruleCache{}
	rapid.Check(t, func(t *rapid.T) {
		cache.reset()
		model := topdown.NewVirtualCache()
		depth := 0
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			ref := ast.MustParseRef("data.remit.policies.test")
			for range rapid.IntRange(1, 2).Draw(t, "length") {
				ref = append(ref, ast.IntNumberTerm(rapid.IntRange(0, 6).Draw(t, "key")))
			}
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				cache.Push()
				model.Push()
				depth++
			case 1:
				if depth > 0 {
					cache.Pop()
					model.Pop()
					depth--
				}
			case 2:
				cache.Put(ref, nil)
				model.Put(ref, nil)
			case 3, 4, 5, 6:
				value := ast.IntNumberTerm(rapid.IntRange(0, 100).Draw(t, "value"))
				cache.Put(ref, value)
				model.Put(ref, value)
				ref[len(ref)-1] = ast.StringTerm("OPA uses its references again")
			default:
				got, gotUndefined := cache.Get(ref)
				want, wantUndefined := model.Get(ref)
				if got != want || gotUndefined != wantUndefined {
					t.Fatalf("%v: got %v %v, want %v %v", ref, got, gotUndefined, want, wantUndefined)
				}
			}
			if got, want := len(cache.Keys()), len(model.Keys()); got != want {
				t.Fatalf("%d keys, want %d", got, want)
			}
		}
	})
}
