package codeowners

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestApply(t *testing.T) {
	tests := map[string]struct {
		reason string
		text   string
		edits  []Edit
		want   string
	}{
		"nothing": {"no edit, no change", "\xef\xbb\xbf* @a\r\n\r\n# x", nil, "\xef\xbb\xbf* @a\r\n\r\n# x"},
		"add owner": {
			"the comment, its distance, the mixed line endings and the byte order mark stay",
			"\xef\xbb\xbf* @a\r\n/x/   @b\t # why\n", []Edit{AddOwner{At{2, "/x/"}, "@c/d"}},
			"\xef\xbb\xbf* @a\r\n/x/   @b @c/d\t # why\n",
		},
		"add owner to none":    {"an ownerless rule gets its first", "/x/  \n", []Edit{AddOwner{At{1, "/x/"}, "@a"}}, "/x/ @a  \n"},
		"add owner at comment": {"the comment must not become part of the owner", "/x/#why", []Edit{AddOwner{At{1, "/x/"}, "@a"}}, "/x/ @a #why"},
		"add owner again":      {"GitHub compares logins without regard to case", "* @Alice\n", []Edit{AddOwner{At{1, "*"}, "@alice"}}, "* @Alice\n"},
		"by pattern": {
			"without a line, the last rule of that pattern is meant, since that one decides",
			"* @a\n* @b\n", []Edit{AddOwner{At{Pattern: "*"}, "@c"}}, "* @a\n* @b @c\n",
		},
		"remove owner":      {"white space before it goes, white space after stays", "*  @a\t@b  @c \n", []Edit{RemoveOwner{At{1, "*"}, "@b", false}}, "*  @a  @c \n"},
		"remove first":      {"the next owner takes the column of the first", "*  @a\t@b\n", []Edit{RemoveOwner{At{1, "*"}, "@A", false}}, "*  @b\n"},
		"remove repeated":   {"wherever the line names it", "* @a @b @a # @a\n", []Edit{RemoveOwner{At{1, "*"}, "@a", false}}, "* @b # @a\n"},
		"remove last owner": {"if asked for", "* @a # x\n", []Edit{RemoveOwner{At{1, "*"}, "@a", true}}, "* # x\n"},
		"replace owner":     {"in its place", "* @a  @b # @a\n", []Edit{ReplaceOwner{At{1, "*"}, "@a", "@z/y"}}, "* @z/y  @b # @a\n"},
		"replace by one that is there": {
			"an owner is not named twice", "* @a @b\n", []Edit{ReplaceOwner{At{1, "*"}, "@a", "@B"}}, "* @b\n",
		},
		"replace repeated": {"the first takes the name, the other goes", "* @a @b @a\n", []Edit{ReplaceOwner{At{1, "*"}, "@a", "@c"}}, "* @c @b\n"},
		"replace case":     {"to correct the spelling", "* @alice\n", []Edit{ReplaceOwner{At{1, "*"}, "@alice", "@Alice"}}, "* @Alice\n"},
		"set owners":       {"exactly these, in this order", "* @a\t@b # x\n", []Edit{SetOwners{At{1, "*"}, []string{"@c", "@d/e"}, false}}, "* @c @d/e # x\n"},
		"set same owners":  {"nothing to change, so nothing changes", "* @a\t@b\n", []Edit{SetOwners{At{1, "*"}, []string{"@a", "@b"}, false}}, "* @a\t@b\n"},
		"set no owners":    {"if asked for", "* @a @b # x\n", []Edit{SetOwners{At{1, "*"}, nil, true}}, "* # x\n"},
		"add rule":         {"at the end, with the file's line ending", "* @a\r\n", []Edit{AddRule{Pattern: "/x/", Owners: []string{"@b"}}}, "* @a\r\n/x/ @b\r\n"},
		"add rule, no break at the end": {
			"a missing line break at the end stays missing", "* @a", []Edit{AddRule{Pattern: "/x/", Owners: []string{"@b"}}, AddRule{Pattern: "/y/", Owners: []string{"@b"}}},
			"* @a\n/x/ @b\n/y/ @b",
		},
		"add rule to nothing":     {"a new file ends in a line break", "", []Edit{AddRule{Pattern: "*", Owners: []string{"a@b.c"}}}, "* a@b.c\n"},
		"add rule after":          {"in the order of the edits", "# x\n* @a\n/y @c\n", []Edit{AddRule{"/x", []string{"@b"}, false, 2}, AddRule{"/z", []string{"@b"}, false, 2}}, "# x\n* @a\n/x @b\n/z @b\n/y @c\n"},
		"add rule at top":         {"behind the byte order mark", "\xef\xbb\xbf/y @c\n", []Edit{AddRule{"*", []string{"@b"}, false, Top}}, "\xef\xbb\xbf* @b\n/y @c\n"},
		"remove rule":             {"the whole line, its comment included", "* @a\r\n/x @b # c\r\n/y @c", []Edit{RemoveRule{At{2, "/x"}}}, "* @a\r\n/y @c"},
		"remove and add":          {"lines are those of the unedited file", "/a @a\n/b @b", []Edit{RemoveRule{At{1, "/a"}}, RemoveRule{At{2, "/b"}}, AddRule{Pattern: "/c", Owners: []string{"@c"}}}, "/c @c"},
		"several edits of a line": {"one after the other", "* @a\n", []Edit{AddOwner{At{1, "*"}, "@b"}, RemoveOwner{At{1, "*"}, "@a", false}}, "* @b\n"},
		"escaped space":           {"a pattern is compared as written", "a\\ b @x\n", []Edit{AddOwner{At{1, `a\ b`}, "@y"}}, "a\\ b @x @y\n"},
		"lone carriage return":    {"it must not become part of a line ending", "* @a\r", []Edit{AddRule{Pattern: "/b", Owners: []string{"@b"}}}, "* @a\r\r\n/b @b"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(test.text)).Apply(test.edits...)
			if err != nil {
				t.Fatalf("%s: %v", test.reason, err)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestApplyRefuses(t *testing.T) {
	const text = "* @a\n# c\n!x @a\n/x @a @b\n"
	at := At{4, "/x"}
	tests := map[string]struct {
		edit Edit
		want error
	}{
		"owner with a line break":      {AddOwner{at, "@a\n* @evil"}, ErrBadOwner},
		"owner with a NUL":             {AddOwner{at, "@a\x00"}, ErrBadOwner},
		"owner with a space":           {AddOwner{at, "@a @b"}, ErrBadOwner},
		"owner with a comment":         {AddOwner{at, "@a#b"}, ErrBadOwner},
		"empty owner":                  {AddOwner{at, ""}, ErrBadOwner},
		"owner without @":              {AddOwner{at, "alice"}, ErrBadOwner},
		"long login":                   {AddOwner{at, "@" + strings.Repeat("a", 40)}, ErrBadOwner},
		"two owners in one":            {AddOwner{at, "@a@b"}, ErrBadOwner},
		"new owner is bad":             {ReplaceOwner{at, "@a", "@"}, ErrBadOwner},
		"one of the owners is bad":     {SetOwners{at, []string{"@a", "@o/"}, false}, ErrBadOwner},
		"pattern with a line break":    {AddRule{Pattern: "/y\n/z", Owners: []string{"@a"}}, ErrBadPattern},
		"pattern ending in CR":         {AddRule{Pattern: "/y\r", Owners: []string{"@a"}}, ErrBadPattern},
		"pattern with escaped CR":      {AddRule{Pattern: "/y\\\r", Owners: []string{"@a"}}, ErrBadPattern},
		"pattern with a NUL":           {AddRule{Pattern: "/y\x00", Owners: []string{"@a"}}, ErrBadPattern},
		"pattern with a space":         {AddRule{Pattern: "/y z", Owners: []string{"@a"}}, ErrBadPattern},
		"pattern with a #":             {AddRule{Pattern: "/y#", Owners: []string{"@a"}}, ErrBadPattern},
		"pattern with an escaped #":    {AddRule{Pattern: `/\#`, Owners: []string{"@a"}}, ErrBadPattern},
		"pattern with brackets":        {AddRule{Pattern: "/[a]", Owners: []string{"@a"}}, ErrBadPattern},
		"empty pattern":                {AddRule{Owners: []string{"@a"}}, ErrBadPattern},
		"pattern that never matches":   {AddRule{Pattern: "a//b", Owners: []string{"@a"}}, ErrBadPattern},
		"pattern with byte order mark": {AddRule{Pattern: "\xef\xbb\xbfa", Owners: []string{"@a"}}, ErrBadPattern},
		"rule without owners":          {AddRule{Pattern: "/y"}, ErrLastOwner},
		"rule that is overridden":      {AddRule{"/y", []string{"@a"}, false, Top}, ErrOverridden},
		"rule with a later duplicate":  {AddRule{"/x", []string{"@a"}, false, 1}, ErrOverridden},
		"last owner":                   {RemoveOwner{At{1, "*"}, "@a", false}, ErrLastOwner},
		"no owners":                    {SetOwners{at, nil, false}, ErrLastOwner},
		"owner not there":              {RemoveOwner{at, "@c", false}, ErrNoOwner},
		"old owner not there":          {ReplaceOwner{at, "@c", "@d"}, ErrNoOwner},
		"a comment":                    {AddOwner{At{2, "#"}, "@a"}, ErrNotRule},
		"an invalid line":              {AddOwner{At{3, "!x"}, "@a"}, ErrNotRule},
		"no such line":                 {AddOwner{At{9, "*"}, "@a"}, ErrNotRule},
		"no such pattern":              {RemoveRule{At{Pattern: "/z"}}, ErrNotRule},
		"after no such line":           {AddRule{"/y", []string{"@a"}, false, 9}, ErrNotRule},
		"moved":                        {RemoveRule{At{4, "/y"}}, ErrMoved},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(text)).Apply(test.edit)
			var refused *EditError
			if !errors.Is(err, test.want) || !errors.As(err, &refused) || got != nil {
				t.Errorf("got %q, %v, want %v", got, err, test.want)
			}
		})
	}
	t.Run("contradiction", func(t *testing.T) {
		if _, err := Parse([]byte(text)).Apply(RemoveRule{at}, AddOwner{at, "@c"}); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
		if _, err := Parse([]byte(text)).Apply(AddOwner{at, "@c"}, RemoveRule{at}); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	})
	t.Run("too large", func(t *testing.T) {
		big := append([]byte("* @a\n#"), make([]byte, MaxSize-8)...)
		for i := 6; i < len(big); i++ {
			big[i] = 'x'
		}
		if _, err := Parse(big).Apply(AddOwner{At{1, "*"}, "@b"}); !errors.Is(err, ErrTooLarge) {
			t.Error(err)
		}
		if _, err := Parse(append(big, 'x', 'x')).Apply(); !errors.Is(err, ErrUnreadable) {
			t.Error(err)
		}
	})
	t.Run("a byte order mark would come first", func(t *testing.T) {
		if _, err := Parse([]byte("/x @a\n\xef\xbb\xbf/y @b\n")).Apply(RemoveRule{At{1, "/x"}}); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	})
}

func TestEscape(t *testing.T) {
	tests := map[string]struct {
		path, want string // want is empty for an error
	}{
		"plain":                 {"a/b.go", "/a/b.go"},
		"folder":                {"a/b/", "/a/b/"},
		"space":                 {"a b/c", `/a\ b/c`},
		"brackets":              {"pages/[id].tsx", `/pages/\[id\].tsx`},
		"exclamation mark":      {"!a", "/!a"},
		"unlike other dialects": {"a{b}(c)+$^,:%'=é", "/a{b}(c)+$^,:%'=é"},
		"hash":                  {"C#/a", ""},
		"star":                  {"a*", ""},
		"question mark":         {"a?", ""},
		"backslash":             {`a\b`, ""},
		"tab":                   {"a\tb", ""},
		"line break":            {"a\nb", ""},
		"empty":                 {"", ""},
		"slash":                 {"/", ""},
		"leading slash":         {"/a", ""},
		"two slashes":           {"a//b", ""},
		"parent":                {"../a", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Escape(test.path)
			if got != test.want || (err != nil) != (test.want == "") {
				t.Fatalf("Escape(%q) = %q, %v, want %q", test.path, got, err, test.want)
			}
			if err != nil {
				return
			}
			m := Parse([]byte(got + " @a\n")).Compile()
			file := strings.TrimSuffix(test.path, "/")
			if isFolder := file != test.path; m.Match(file).State == Owned == isFolder || m.Match(file+"/x").State != Owned || m.Match("x/"+file).State == Owned {
				t.Errorf("%q does not match exactly %q", got, test.path)
			}
		})
	}
}
