package record

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// register knows all names of people that stand in a recording where names of people belong, to find them elsewhere:
// in the names of areas, teams and labels, in paths, in Rego.
//
// A name is known by its words, so that "Alice Liddell" is found in "docs/alice-liddell.md" and "ALICE_LIDDELL" too,
// but "ann" not in "annotations".
type register struct {
	// first leads from a name's first word to the names, the longest first.
	first map[string][]entry
	// logins are all ids and logins, lower case, addresses among them.
	logins map[string]bool
	// ordinary words are no names by themselves, whoever is called so.
	ordinary map[string]bool
}

// entry is one name, by its words in lower case.
type entry struct {
	words []string
	// stands is what stands for it.
	stands string
}

func newRegister() *register {
	return &register{first: map[string][]entry{}, logins: map[string]bool{}, ordinary: ordinaryWords()}
}

// shortest is how many characters a single word must have to be looked for where anything can stand.
const shortest = 3

// add makes a name known. What was known first stays.
func (r *register) add(text, stands string) {
	words := wordsOf(text)
	switch {
	case len(words) == 0:
		return
	case len(words) == 1 && (utf8.RuneCountInString(words[0]) < shortest || r.ordinary[words[0]]):
		return
	}
	known := r.first[words[0]]
	at := 0
	for at < len(known) && len(known[at].words) >= len(words) {
		if equal(known[at].words, words) {
			return
		}
		at++
	}
	known = append(known, entry{})
	copy(known[at+1:], known[at:])
	known[at] = entry{words, stands}
	r.first[words[0]] = known
}

func equal(a, b []string) bool { return len(a) == len(b) && startsWith(a, b) }

func startsWith(words, with []string) bool {
	for i := range with {
		if i >= len(words) || words[i] != with[i] {
			return false
		}
	}
	return true
}

// joined makes a name of several words known written as one too.
func (r *register) joined(text, stands string) {
	if words := wordsOf(text); len(words) > 1 {
		if whole := strings.Join(words, ""); utf8.RuneCountInString(whole) >= 2*shortest {
			r.add(whole, stands)
		}
	}
}

func wordsOf(text string) []string {
	var words []string
	for at := 0; ; {
		begin, end := nextWord(text, at)
		if begin == end {
			return words
		}
		words = append(words, strings.ToLower(text[begin:end]))
		at = end
	}
}

// nextWord finds the next run of letters and digits.
func nextWord(text string, at int) (begin, end int) {
	for at < len(text) {
		if r, size := utf8.DecodeRuneInString(text[at:]); !isLetter(r) {
			at += size
			continue
		}
		break
	}
	begin = at
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !isLetter(r) {
			break
		}
		at += size
	}
	return begin, at
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r))
}

// joiners may stand between the words of one name, at most two of them.
const joiners = "-_.@+ "

// found is a name in a text.
type found struct {
	begin, end int
	stands     string
}

// find gives the first known name in the text from an offset on; the longest counts.
func (r *register) find(text string, at int) (found, bool) {
	for {
		begin, end := nextWord(text, at)
		if begin == end {
			return found{}, false
		}
		for _, known := range r.first[strings.ToLower(text[begin:end])] {
			if last, all := follows(text, end, known.words[1:]); all {
				return found{begin, last, known.stands}, true
			}
		}
		at = end
	}
}

// follows says where words end that follow one another.
func follows(text string, at int, words []string) (end int, all bool) {
	for _, word := range words {
		begin, end := nextWord(text, at)
		if begin == at || begin-at > 2 || strings.Trim(text[at:begin], joiners) != "" || strings.ToLower(text[begin:end]) != word {
			return 0, false
		}
		at = end
	}
	return at, true
}

// replace puts pseudonyms in the place of all known names.
func (r *register) replace(text string, form func(string) string) string {
	at, ok := r.find(text, 0)
	if !ok {
		return text
	}
	var b strings.Builder
	done := 0
	for ok {
		b.WriteString(text[done:at.begin])
		b.WriteString(form(at.stands))
		done = at.end
		at, ok = r.find(text, done)
	}
	b.WriteString(text[done:])
	return b.String()
}

func asIs(text string) string { return text }
