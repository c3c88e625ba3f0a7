package codeowners

import "testing"

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
