package codeowners

import (
	"strings"
	"unicode/utf8"
)

// wild is one wildcard segment, to be tried alone. Where few are in question this is faster than globSet.
type wild struct {
	form          wildForm
	before, after string // the fixed text at either end
	text          string // in segment's form
}

type wildForm uint8

const (
	anyName  wildForm = iota // *
	atStart                  // before*
	atEnd                    // *after
	atBoth                   // before*after
	within                   // *before*
	anything                 // all others
)

// newWild finds the form of a wildcard. Only valid UTF-8 can be compared by bytes: half a character must not match the
// beginning of a whole one.
func newWild(text string) wild {
	w := wild{form: anything, text: text}
	if strings.IndexByte(text, oneByte) >= 0 || !utf8.ValidString(text) {
		return w
	}
	parts := strings.Split(text, starText)
	switch first, last := parts[0], parts[len(parts)-1]; {
	case len(parts) == 2:
		w.before, w.after = first, last
		switch {
		case first == "" && last == "":
			w.form = anyName
		case last == "":
			w.form = atStart
		case first == "":
			w.form = atEnd
		default:
			w.form = atBoth
		}
	case len(parts) == 3 && first == "" && last == "":
		w.form, w.before = within, parts[1]
	}
	return w
}

func (w *wild) matches(name string) bool {
	switch w.form {
	case anyName:
		return true
	case atStart:
		return strings.HasPrefix(name, w.before)
	case atEnd:
		return strings.HasSuffix(name, w.after)
	case atBoth:
		return len(name) >= len(w.before)+len(w.after) && strings.HasPrefix(name, w.before) && strings.HasSuffix(name, w.after)
	case within:
		return strings.Contains(name, w.before)
	default:
		return matchWild(w.text, name)
	}
}

// matchWild tries a wildcard from the start. Only the last star is ever tried again, so it takes at most (characters of
// the name) × (characters of the wildcard) steps.
func matchWild(text, name string) bool {
	var afterStar, atStar string
	starred := false
	for name != "" {
		if text != "" {
			c, rest := nextCharacter(text, false)
			if c == starByte {
				text, afterStar, atStar, starred = rest, rest, name, true
				continue
			}
			if d, left := nextCharacter(name, false); c == oneByte || c == d {
				text, name = rest, left
				continue
			}
		}
		if !starred {
			return false
		}
		_, atStar = nextCharacter(atStar, false)
		text, name = afterStar, atStar
	}
	return strings.TrimLeft(text, starText) == ""
}
