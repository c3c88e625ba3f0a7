package identity

import (
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// github is the system whose logins CODEOWNERS and team lists speak of.
const github = "github"

// Directory finds people by what systems call them. It is immutable and safe for concurrent use.
type Directory struct {
	// people are the ids of those who have an entry of their own (see IsLogin).
	people map[string]bool
	// logins and emails give the ids of all who claim a login ("system login", lower case) or an address.
	logins, emails map[string][]string
	// otherwise are ids whose person is known to GitHub by another login: as logins they are strangers'.
	otherwise map[string]bool
}

// New makes a directory. Entries of one ID, from several sources, are one person.
//
// A list of logins alone (as peribolos has) and a people file usually speak of the same humans. So an
// entry that is nothing but a login is no person of its own where another source says whose login it is.
func New(people []ownership.Person) *Directory {
	d := &Directory{
		people: map[string]bool{}, otherwise: map[string]bool{},
		logins: map[string][]string{}, emails: map[string][]string{},
	}
	owners := map[string][]*ownership.Person{}
	for i := range people {
		if p := &people[i]; !IsLogin(p) && p.Logins[github] != "" {
			login := strings.ToLower(p.Logins[github])
			owners[login] = append(owners[login], p)
		}
	}
	for i := range people {
		p := &people[i]
		if IsLogin(p) && slices.ContainsFunc(owners[p.ID], func(o *ownership.Person) bool { return o.Source != p.Source && o.ID != p.ID }) {
			continue
		}
		d.people[p.ID] = true
		for system, login := range p.Logins {
			if login != "" {
				add(d.logins, key(system, login), p.ID)
			}
		}
		for _, address := range p.Emails {
			add(d.emails, strings.ToLower(address), p.ID)
		}
	}
	d.addIDs(people)
	return d
}

// addIDs makes ids work as GitHub logins of those whose login is not known.
func (d *Directory) addIDs(people []ownership.Person) {
	elsewhere := map[string]bool{}
	for i := range people {
		if login := people[i].Logins[github]; login != "" {
			elsewhere[people[i].ID] = true
		}
	}
	for id := range d.people {
		switch claimants := d.logins[key(github, id)]; {
		case slices.Contains(claimants, id):
		case elsewhere[id]:
			d.otherwise[id] = true
		default:
			add(d.logins, key(github, id), id)
		}
	}
}

// IsLogin says that an entry holds nothing but a GitHub login, which is its id too: another source may know whose it is.
func IsLogin(p *ownership.Person) bool {
	return len(p.Logins) == 1 && strings.EqualFold(p.Logins[github], p.ID) &&
		len(p.Emails) == 0 && p.Name == "" && p.Ends.IsZero() && p.Kind == ownership.Human
}

func key(system, login string) string { return system + " " + strings.ToLower(login) }

func add(index map[string][]string, key, id string) {
	if !slices.Contains(index[key], id) {
		index[key] = append(index[key], id)
	}
}

// Login gives the id of the person who has a login in a system; ok is false where nobody or more than one
// has. Logins are compared without regard to case.
func (d *Directory) Login(system, login string) (id string, ok bool) {
	id, state := d.login(system, login)
	return id, state == one
}

// state is how many people a name may mean.
type state uint8

const (
	none state = iota
	one
	several
)

// login looks a login up.
//
//	claimed by one person                              that one
//	claimed by several                                 ambiguous
//	claimed, and the id of somebody with another login ambiguous: it looks like both
//	not claimed, but such an id                        ambiguous: a stranger's login, or a slip
//	not claimed                                        nobody's
func (d *Directory) login(system, login string) (string, state) {
	ids := d.logins[key(system, login)]
	clash := system == github && d.otherwise[strings.ToLower(login)]
	switch {
	case len(ids) == 1 && !clash:
		return ids[0], one
	case len(ids) > 0 || clash:
		return "", several
	}
	return "", none
}

// Email gives the id of the person who has an address; ok is false where nobody or more than one has. An
// address that GitHub makes up for a login stands for that login.
func (d *Directory) Email(address string) (id string, ok bool) {
	id, state := d.email(address)
	return id, state == one
}

func (d *Directory) email(address string) (string, state) {
	switch ids := d.emails[strings.ToLower(strings.TrimSpace(address))]; {
	case len(ids) == 1:
		return ids[0], one
	case len(ids) > 1:
		return "", several
	}
	if login, ok := noreplyLogin(address); ok {
		return d.login(github, login)
	}
	return "", none
}

// noreplyLogin reads the addresses that GitHub makes up: "12345+alice@users.noreply.github.com", older
// ones without the number, and those of a GitHub server of one's own.
// Source: docs.github.com, "Email addresses reference".
func noreplyLogin(address string) (login string, ok bool) {
	local, domain, _ := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	if !strings.HasPrefix(domain, "users.noreply.") {
		return "", false
	}
	if number, rest, found := strings.Cut(local, "+"); found && number != "" && strings.Trim(number, "0123456789") == "" {
		local = rest
	}
	return local, local != ""
}

// Owner gives the holder that an owner in CODEOWNERS means.
//
//	@login               the person's holder, or user:login where nobody is known to have it
//	@organisation/team   team:organisation/team
//	address              the person's holder, or user:address
//	what several claim   ok is false: it must count as unknown, never as absent
//	anything else        ok is false
func (d *Directory) Owner(text string) (holder ownership.Holder, ok bool) {
	name, isHandle := strings.CutPrefix(text, "@")
	switch {
	case isHandle && strings.Contains(name, "/"):
		return parse("team:" + name)
	case isHandle && !strings.Contains(name, "@"):
		id, found := d.login(github, name)
		return holderOf(id, found, name)
	case strings.Contains(name, "@"):
		id, found := d.email(name)
		return holderOf(id, found, name)
	}
	return "", false
}

// Author gives the holder for a commit's author address. An address that GitHub made up for a login that
// nobody is known to have gives user:login, any other unknown address user:address. ok is false where
// several people claim it, and for what is no address.
func (d *Directory) Author(address string) (holder ownership.Holder, ok bool) {
	address = strings.TrimSpace(address)
	if !strings.Contains(address, "@") {
		return "", false
	}
	id, found := d.email(address)
	if login, made := noreplyLogin(address); made && found == none {
		return holderOf(id, found, login)
	}
	return holderOf(id, found, address)
}

// Canonical gives the holder under which a person is known: "user:alice" for "user:alice-gh" where that
// is alice's GitHub login or one of her addresses. Other holders, and what is nobody's or ambiguous, stay.
func (d *Directory) Canonical(holder ownership.Holder) ownership.Holder {
	name := holder.Name()
	if holder.Kind() != ownership.HolderUser || d.people[name] {
		return holder
	}
	lookup := d.Login
	if strings.Contains(name, "@") {
		lookup = func(_, address string) (string, bool) { return d.Email(address) }
	}
	if id, ok := lookup(github, name); ok {
		return ownership.User(id)
	}
	return holder
}

func holderOf(id string, found state, name string) (ownership.Holder, bool) {
	switch found {
	case one:
		return ownership.User(id), true
	case none:
		return parse("user:" + name)
	}
	return "", false
}

func parse(text string) (ownership.Holder, bool) {
	holder, err := ownership.ParseHolder(text)
	return holder, err == nil
}
