package codeowners

import (
	"slices"
	"testing"
)

func TestValidPattern(t *testing.T) {
	for pattern, want := range map[string]bool{
		"*": true, "/src/": true, `a\ b`: true, "/": false, "!a": false, "a b": false, "a[b]": false, "": false,
		"#a": false, "a#b": false, `a\#b`: false, "a\nb": false,
	} {
		if got := ValidPattern(pattern); got != want {
			t.Errorf("ValidPattern(%q) = %v, want %v", pattern, got, want)
		}
	}
}

func TestIsCatchAll(t *testing.T) {
	for pattern, want := range map[string]bool{
		"*": true, "**": true, "/**": true, "**/*": true, "/*": false, "*.go": false, "/src/**": false, "/": false,
	} {
		if got := IsCatchAll(pattern); got != want {
			t.Errorf("IsCatchAll(%q) = %v, want %v", pattern, got, want)
		}
	}
}

func TestLintNamesTheFirstWordOfAnInvalidLine(t *testing.T) {
	problems := Lint(Parse([]byte("  [a]  @x\n/b nobody\n")), nil)
	var got []string
	for _, problem := range problems {
		got = append(got, problem.Pattern)
	}
	if want := []string{"[a]", "/b"}; !slices.Equal(got, want) {
		t.Errorf("patterns %q, want %q", got, want)
	}
}
