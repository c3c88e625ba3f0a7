package codeowners

import "testing"

func TestSmoke(t *testing.T) {
	f := Parse([]byte("* @a\n*.js @b\n/docs/ @c\ndocs/* @d\napps/ @e\n**/x/*.y @f\n/a/**/z @g\n!x\n"))
	m := f.Compile()
	for p, want := range map[string]int{"x": 0, "a/b/c.js": 1, "docs/x/y": 2, "docs/q.js": 3, "q/apps/r/s": 4, "k/x/p.y": 5, "x/p.y": 5, "x/q/p.y": 0, "a/z": 6, "a/1/2/z/k": 6} {
		if got := m.Match(p); got.Rule != want {
			t.Errorf("%s: got %v want %d", p, got, want)
		}
	}
}
