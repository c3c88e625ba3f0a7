package people

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/ownership"
)

// personEntry is one entry of the list of people.
type personEntry struct {
	person ownership.Person
	node   *yaml.Node
	path   string
	// broken says that the entry has a fault and is left out.
	broken bool
	// claims are what may belong to one person only: "github login alice", "address a@b.example".
	claims []located
}

var systemName = regexp.MustCompile(`^[a-z][a-z0-9._-]*$`)

func (f *remitFile) readPerson(node *yaml.Node, path string) *personEntry {
	entry := &personEntry{node: node, path: path, person: ownership.Person{Kind: ownership.Human, Logins: map[string]string{}}}
	entry.person.Location = f.location(node)
	fields, ok := f.fields(node, path)
	ok = f.known(fields, path, "id", "name", "kind", "logins", "emails", "ends") && ok
	idNode := node
	for _, field := range fields {
		fine, at := true, join(path, field.name)
		switch field.name {
		case "id":
			idNode = field.value
			fine = f.readPersonID(entry, field.value, at)
		case "name":
			entry.person.Name, fine = f.text(field.value, at)
		case "kind":
			fine = f.readKind(entry, field.value, at)
		case "logins":
			fine = f.readLogins(entry, field.value, at)
		case "emails":
			fine = f.readEmails(entry, field.value, at)
		case "ends":
			entry.person.Ends, fine = f.readEnd(field.value, at)
		}
		ok = ok && fine
	}
	if entry.person.ID == "" && !slices.ContainsFunc(fields, func(f field) bool { return f.name == "id" }) {
		f.report(node, path+".id", "the person has no id", "add the id, such as: id: alice")
		ok = false
	}
	if login, given := entry.person.Logins["github"]; !given && entry.person.ID != "" {
		entry.person.Logins["github"] = entry.person.ID
		entry.claims = append(entry.claims, located{"github login " + entry.person.ID, idNode, path + ".id"})
	} else if given && login == "" {
		delete(entry.person.Logins, "github") // "github: ''" says that there is none
	}
	entry.broken = !ok
	return entry
}

func (f *remitFile) readPersonID(entry *personEntry, node *yaml.Node, path string) bool {
	text, ok := f.text(node, path)
	if !ok {
		return false
	}
	holder, err := ownership.ParseHolder("user:" + text)
	if err != nil {
		f.report(node, path, fmt.Sprintf("%q cannot be an id", shorten(text)), "use letters, digits, dots and hyphens, at most 195, such as alice")
		return false
	}
	entry.person.ID = holder.Name()
	return true
}

func (f *remitFile) readKind(entry *personEntry, node *yaml.Node, path string) bool {
	text, ok := f.text(node, path)
	kind := ownership.PersonKind(text)
	if ok && kind != ownership.Human && kind != ownership.Bot && kind != ownership.Contractor {
		f.report(node, path, fmt.Sprintf("%q is no kind of person", shorten(text)), "use human, bot or contractor")
		return false
	}
	entry.person.Kind = kind
	return ok
}

func (f *remitFile) readLogins(entry *personEntry, node *yaml.Node, path string) bool {
	fields, ok := f.fields(node, path)
	for _, field := range fields {
		at := join(path, field.name)
		login, fine := f.text(field.value, at)
		switch {
		case !fine:
		case !systemName.MatchString(field.name):
			f.report(field.key, at, fmt.Sprintf("%q is no name of a system", shorten(field.name)), "use lower-case letters, such as github or slack")
			fine = false
		case login == "" && field.name != "github":
			f.report(field.value, at, "the login is empty", "remove it")
			fine = false
		case strings.ContainsAny(login, " \t\n@"):
			f.report(field.value, at, fmt.Sprintf("%q is no login", shorten(login)), "write the login alone, without @ and spaces")
			fine = false
		default:
			entry.person.Logins[field.name] = login
			if login != "" {
				entry.claims = append(entry.claims, located{field.name + " login " + strings.ToLower(login), field.value, at})
			}
		}
		ok = ok && fine
	}
	return ok
}

func (f *remitFile) readEmails(entry *personEntry, node *yaml.Node, path string) bool {
	addresses, ok := f.texts(node, path)
	for _, address := range addresses {
		lower := strings.ToLower(address.text)
		local, domain, found := strings.Cut(lower, "@")
		if !found || local == "" || domain == "" || strings.ContainsAny(lower, " \t\n,<>") || strings.Contains(domain, "@") {
			f.report(address.node, address.path, fmt.Sprintf("%q is no e-mail address", shorten(address.text)), "write the address alone, such as alice@acme.example")
			ok = false
			continue
		}
		if !slices.Contains(entry.person.Emails, lower) {
			entry.person.Emails = append(entry.person.Emails, lower)
			entry.claims = append(entry.claims, located{"address " + lower, address.node, address.path})
		}
	}
	return ok
}

// readEnd reads a last day, which belongs to the person's time as a whole (in UTC), or a moment.
func (f *remitFile) readEnd(node *yaml.Node, path string) (time.Time, bool) {
	text, ok := f.text(node, path)
	if !ok {
		return time.Time{}, false
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1), true
	}
	if moment, err := time.Parse(time.RFC3339, text); err == nil && !moment.IsZero() {
		return moment.UTC(), true
	}
	f.report(node, path, fmt.Sprintf("%q is no date", shorten(text)), "write the last day, such as 2026-03-31, or a moment, such as 2026-03-31T17:00:00Z")
	return time.Time{}, false
}
