package ownership

import (
	"fmt"
	"regexp"
	"strings"
)

// Labelling is how annotations and labels of a cluster's objects name owners: how they are read, and how Remit writes them.
type Labelling struct {
	// Role is the role that an owner has; empty where it is not known.
	Role Role
	// Keys name an owner, the most telling first; of one key, the annotation comes before the label.
	Keys []string
	// TeamOrganization is the organisation of teams that are named without one; empty where none is.
	TeamOrganization string
	// Names say which holder a value stands for.
	Names []OwnerName
	// WriteLabel is the label by which Remit may write the owner of a namespace; empty where it may write none.
	WriteLabel string
}

// OwnerName is a value, and the holder that it stands for.
type OwnerName struct {
	Name   string
	Holder Holder
}

// maxOwnerValue is how long a value may be to name a holder, in bytes: as long as a name in KubernetesSource.Owners.
const maxOwnerValue = 253

// shownOwnerValue is how much is kept of a value.
const shownOwnerValue = 256

// Read gives what the metadata of an object says of its owner, the key that decides first. An empty value says nothing.
func (l *Labelling) Read(annotations, labels map[string]string) []NamedOwner {
	var owners []NamedOwner
	for _, key := range l.Keys {
		for _, annotation := range []bool{true, false} {
			from := labels
			if annotation {
				from = annotations
			}
			value := strings.TrimSpace(from[key])
			if value == "" {
				continue
			}
			owner := NamedOwner{Key: key, Annotation: annotation, Value: value}
			holder, err := l.Holder(value)
			if owner.Holder = holder; err != nil {
				owner.Unknown = err.Error()
			}
			if len(value) > shownOwnerValue {
				owner.Value = strings.ToValidUTF8(value[:shownOwnerValue], "") + "…"
			}
			owners = append(owners, owner)
		}
	}
	return owners
}

// Holder is whom a value means. People are named by id or login or address, as they are there; who that is, the people
// who are known have to tell.
//
//	a name of Names                       that holder
//	user:…, team:…, schedule:…            that holder
//	@organisation/team                    that team
//	@login                                that person
//	an e-mail address                     that person
//	a name, where teams have their organisation
//	                                      the team of that name
//	anything else                         an error, which says what was expected
func (l *Labelling) Holder(value string) (Holder, error) {
	for _, name := range l.Names {
		if name.Name == value {
			return name.Holder, nil
		}
	}
	if len(value) > maxOwnerValue {
		return "", fmt.Errorf("a value of %d bytes names nobody; the most is %d", len(value), maxOwnerValue)
	}
	handle, isHandle := strings.CutPrefix(value, "@")
	text := ""
	switch {
	case strings.Contains(value, ":"):
		text = value
	case isHandle && strings.Contains(handle, "/"):
		text = string(HolderTeam) + ":" + handle
	case isHandle:
		text = string(HolderUser) + ":" + handle
	case strings.Contains(value, "@"):
		text = string(HolderUser) + ":" + value
	case l.TeamOrganization != "" && !strings.Contains(value, "/"):
		text = string(HolderTeam) + ":" + l.TeamOrganization + "/" + value
	}
	if holder, err := ParseHolder(text); err == nil {
		return holder, nil
	}
	return "", fmt.Errorf("%q names no holder: want user:LOGIN, team:ORGANISATION/TEAM, @ORGANISATION/TEAM or an e-mail address", shorten(value))
}

// labelValue is what may be the value of a label. Source: kubernetes.io, "Labels and Selectors", syntax.
var labelValue = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`)

// Value is how a holder is written in a label, which has neither ":" nor "/" nor "@"; the error says why it cannot be.
// same says whether two holders are one.
//
//	a team of TeamOrganization            its name, unless that is a name of somebody else
//	a holder of Names                     the first name that a label can have
//	anybody else                          an error
func (l *Labelling) Value(holder Holder, same func(a, b Holder) bool) (string, error) {
	var names []string
	if team, is := strings.CutPrefix(string(holder), string(HolderTeam)+":"+strings.ToLower(l.TeamOrganization)+"/"); is && l.TeamOrganization != "" {
		names = append(names, team)
	}
	for _, name := range l.Names {
		if same(name.Holder, holder) {
			names = append(names, name.Name)
		}
	}
	for _, name := range names {
		if read, err := l.Holder(name); err == nil && same(read, holder) && labelValue.MatchString(name) {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s cannot be written as the value of a label", holder)
}
