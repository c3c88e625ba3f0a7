package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// pseudonyms gives names instead of names: the same for the same, whatever the case. They are made with a key that is
// kept nowhere, so that nobody can find a name by trying guesses.
type pseudonyms struct{ key [32]byte }

func (p pseudonyms) sum(what, text string) []byte {
	h := hmac.New(sha256.New, p.key[:])
	_, _ = h.Write([]byte(what + "\x00" + strings.ToLower(text))) // a hash's Write never fails
	return h.Sum(nil)
}

// short is 12 letters and digits: 60 bits, so that two of a million names are alike once in a million recordings.
func (p pseudonyms) short(what, text string) string {
	return strings.ToLower(base32.StdEncoding.EncodeToString(p.sum(what, text)))[:12]
}

// bot ends the logins and names that GitHub gives to apps; what counts people looks for it.
const bot = "[bot]"

func cutBot(text string) (rest, suffix string) {
	if len(text) > len(bot) && strings.EqualFold(text[len(text)-len(bot):], bot) {
		return text[:len(text)-len(bot)], bot
	}
	return text, ""
}

// person stands for an id or login. An id may be an address.
func (p pseudonyms) person(login string) string {
	if login == "" {
		return ""
	}
	if strings.Contains(login, "@") {
		return p.address(login)
	}
	login, suffix := cutBot(login)
	return "person-" + p.short("person", login) + suffix
}

// noreply is how the addresses begin, after the "@", that GitHub makes up for logins.
const noreply = "users.noreply."

// address stands for an e-mail address: one that GitHub made up for a login stays one, for the login's pseudonym.
//
//	12345+alice@users.noreply.github.com   (other digits)+(alice's pseudonym)@users.noreply.github.com
//	alice@users.noreply.github.com         (alice's pseudonym)@users.noreply.github.com
//	alice@acme.example                     (a pseudonym)@redacted.invalid
//	no "@" in it                           as a login
func (p pseudonyms) address(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	local, domain, found := strings.Cut(text, "@")
	if !found || text == "" {
		return p.person(text)
	}
	if strings.HasPrefix(domain, noreply) && !strings.Contains(domain, "@") && local != "" {
		number, login, numbered := strings.Cut(local, "+")
		if numbered && number != "" && login != "" && strings.Trim(number, "0123456789") == "" {
			digits := binary.BigEndian.Uint32(p.sum("number", number))
			return strconv.FormatUint(uint64(digits), 10) + "+" + p.person(login) + "@" + domain
		}
		return p.person(local) + "@" + domain
	}
	return "person-" + p.short("address", text) + "@redacted.invalid"
}

// name stands for a person's name as written.
func (p pseudonyms) name(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	text, suffix := cutBot(text)
	return "Person " + p.short("name", text) + suffix
}

// digest stands for the id of a commit.
func (p pseudonyms) digest(text string) string {
	if text == "" {
		return ""
	}
	return hex.EncodeToString(p.sum("digest", text))[:40]
}

// prose stands for free text: equal texts stay equal, and others stay others.
func (p pseudonyms) prose(text string) string {
	if text == "" {
		return ""
	}
	return "redacted (" + p.short("prose", text) + ")"
}

// user is the name of a "user:" holder, if the text is one.
func user(text string) (login string, is bool) {
	if len(text) < len("user:") || !strings.EqualFold(text[:len("user:")], "user:") {
		return "", false
	}
	return text[len("user:"):], true
}

func userHolder(name string) string { return string(ownership.HolderUser) + ":" + name }
