package codeowners

import "strings"

// OwnerKind says what an owner is by its form.
type OwnerKind uint8

const (
	// User is "@login".
	User OwnerKind = iota + 1
	// Team is "@organisation/team".
	Team
	// Email is an address of a GitHub account.
	Email
)

// String gives "user", "team" or "email".
func (k OwnerKind) String() string {
	switch k {
	case User:
		return "user"
	case Team:
		return "team"
	case Email:
		return "email"
	}
	return "unknown"
}

// Owner is one owner of a rule.
type Owner struct {
	Kind   OwnerKind
	Text   string // as written, "@" included
	Column int    // 1-based, in characters
}

// maxLogin is the longest login and organisation name that GitHub gives out.
const maxLogin = 39

// ownerKind decides what a word after the pattern is; ok is false where GitHub says "Invalid owner".
//
//	@login              User    letters, digits, hyphens; underscores too (managed users: alice_acme)
//	@org/team           Team    the organisation as a login, the team's slug of the same characters
//	local@domain        Email   anything printable but a second "@"; a domain without a dot is accepted
//	@login@rest         Email   two handles without a space: observed not to be reported by GitHub, so the
//	                            line stays in force (InternationalColorConsortium/iccDEV issue 2431)
//	user, @, @org/, @org/team/x, docs@, @-x   invalid
//
// Lengths are not looked at: a login that is too long is well formed and belongs to nobody, which is
// GitHub's "Unknown owner", not its "Invalid owner". Edits are stricter, see [Edit].
func ownerKind(word string) (kind OwnerKind, ok bool) {
	if !strings.HasPrefix(word, "@") {
		local, domain, found := strings.Cut(word, "@")
		return Email, found && isLocalPart(local) && isDomain(domain)
	}
	name := word[1:]
	if handle, rest, found := strings.Cut(name, "@"); found {
		_, handleOK := ownerKind("@" + handle)
		return Email, handleOK && isDomain(rest)
	}
	if organisation, team, found := strings.Cut(name, "/"); found {
		return Team, isLogin(organisation) && isSlug(team)
	}
	return User, isLogin(name)
}

// isLogin accepts what has ever been a login; old accounts have doubled and trailing hyphens.
func isLogin(name string) bool {
	return isSlug(name) && name[0] != '-' && name[0] != '_'
}

func isSlug(name string) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; !isAlphanumeric(c) && c != '-' && c != '_' {
			return false
		}
	}
	return name != ""
}

func isLocalPart(local string) bool {
	for i := 0; i < len(local); i++ {
		c := local[i]
		if !isAlphanumeric(c) && c < 0x80 && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", rune(c)) {
			return false
		}
	}
	return local != ""
}

func isDomain(domain string) bool {
	for i := 0; i < len(domain); i++ {
		if c := domain[i]; !isAlphanumeric(c) && c < 0x80 && c != '-' && c != '.' {
			return false
		}
	}
	return domain != "" && domain[0] != '.' && domain[len(domain)-1] != '.'
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
