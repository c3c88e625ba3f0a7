package codeowners

import (
	"errors"
	"testing"
)

func TestEditedLine(t *testing.T) {
	f := Parse([]byte("# all\r\n* @a # why\r\n/b @a @b\r\n"))
	editor := f.LineEditor() // one for all: nothing of an earlier line, or of a refused edit, may be left
	at := At{Line: 2, Pattern: "*"}
	for name, test := range map[string]struct {
		reason string
		edits  []Edit
		want   string
		err    error
	}{
		"none":        {"the line as it is", nil, "* @a # why", nil},
		"one":         {"as Apply writes it", []Edit{AddOwner{at, "@c"}}, "* @a @c # why", nil},
		"two":         {"one after the other", []Edit{AddOwner{at, "@c"}, RemoveOwner{At: at, Owner: "@a"}}, "* @c # why", nil},
		"of another":  {"which changes nothing here", []Edit{AddOwner{At{Line: 3, Pattern: "/b"}, "@c"}}, "* @a # why", nil},
		"the last":    {"refused as by Apply", []Edit{RemoveOwner{At: at, Owner: "@a"}}, "", ErrLastOwner},
		"of no rule":  {"refused as by Apply", []Edit{AddOwner{At{Line: 1, Pattern: "*"}, "@c"}}, "", ErrNotRule},
		"wrong owner": {"refused as by Apply", []Edit{AddOwner{at, "c"}}, "", ErrBadOwner},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := editor.EditedLine(2, test.edits...)
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("%s: got %q, %v, want %q, %v", test.reason, got, err, test.want, test.err)
			}
		})
	}
}
