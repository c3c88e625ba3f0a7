package ownership

import (
	"fmt"
	"regexp"
	"strings"
)

// Holder names who holds a role, as one canonical string: "user:alice",
// "team:acme/payments", "schedule:pagerduty/PABC123". GitHub compares logins
// and team slugs without regard to case, so user and team names are lower case.
type Holder string

// HolderKind is the part of a Holder before the colon.
type HolderKind string

// The kinds of holder.
const (
	HolderUser     HolderKind = "user"
	HolderTeam     HolderKind = "team"
	HolderSchedule HolderKind = "schedule"
)

// holderNames says what may follow the colon. A user may also be an e-mail
// address, which is how CODEOWNERS can name one.
var holderNames = map[HolderKind]*regexp.Regexp{
	HolderUser:     regexp.MustCompile(`^[a-z0-9_][^\s/#:,]*$`),
	HolderTeam:     regexp.MustCompile(`^[a-z0-9_][a-z0-9_.-]*/[a-z0-9_][a-z0-9_.-]*$`),
	HolderSchedule: regexp.MustCompile(`^[a-z0-9_-]+/[^\s/]+$`),
}

// ParseHolder reads a holder and gives its canonical form. The error says what
// form was expected.
func ParseHolder(text string) (Holder, error) {
	kind, name, found := strings.Cut(text, ":")
	pattern, known := holderNames[HolderKind(kind)]
	if !found || !known {
		return "", fmt.Errorf("holder %q: want user:LOGIN, team:ORGANISATION/TEAM or schedule:SYSTEM/ID", text)
	}
	if lower := strings.ToLower(name); lower != name && HolderKind(kind) != HolderSchedule {
		name, text = lower, kind+":"+lower
	}
	if !pattern.MatchString(name) || len(name) > 200 {
		return "", fmt.Errorf("holder %q: %q is not a valid name of a %s", text, name, kind)
	}
	return Holder(text), nil
}

// User makes the holder of a person's id or login.
func User(login string) Holder { return Holder("user:" + strings.ToLower(login)) }

// TeamHolder makes the holder of a team's id, "organisation/slug".
func TeamHolder(id string) Holder { return Holder("team:" + strings.ToLower(id)) }

// Kind is the part before the colon.
func (h Holder) Kind() HolderKind {
	kind, _, _ := strings.Cut(string(h), ":")
	return HolderKind(kind)
}

// Name is the part after the colon.
func (h Holder) Name() string {
	_, name, _ := strings.Cut(string(h), ":")
	return name
}
