package people

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// slug is the name by which GitHub addresses a team, made of the team's name: in lower case, without
// accents, and with one hyphen for each run of characters that are not letters, digits, "_" or "-".
// Source: docs.github.com, REST API endpoints for teams, parameter team_slug ("@octo-org/my-team" of
// "My TEAM Näme": "my-team-name").
func slug(name string) string {
	var b strings.Builder
	gap := false
	for _, c := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case unicode.Is(unicode.Mn, c): // an accent on the letter before
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '_':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(c)
		default:
			gap = true
		}
	}
	return b.String()
}
