package people

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/ownership"
)

// organisation reads one organisation's fields: all of org.yaml, or the teams of a teams.yaml. Settings
// that say nothing of people and teams are passed over.
func (r *peribolosReader) organisation(fields []field, path string, node *yaml.Node, name string) *organisation {
	id := strings.ToLower(name)
	if _, err := ownership.ParseHolder("team:" + id + "/x"); err != nil {
		r.report(node, path, fmt.Sprintf("%q is no name of an organisation", shorten(name)), "name the folder or the entry like the organisation")
		r.peribolos.wholePeople = false
		return nil
	}
	o := r.peribolos.organisation(id)
	settings := []string{
		"billing_email", "company", "email", "name", "description", "location", "has_organization_projects",
		"has_repository_projects", "default_repository_permission", "members_can_create_repositories", "repos",
	}
	for _, f := range fields { // people first: teams are checked against them
		if f.name == "admins" || f.name == "members" {
			r.members(o, f, join(path, f.name))
		}
	}
	for _, f := range fields {
		at := join(path, f.name)
		switch {
		case f.name == "admins" || f.name == "members" || slices.Contains(settings, f.name):
		case f.name == "teams":
			r.teams(o, f.value, at, "", 0)
		default:
			// It may be a setting that is newer than this list, or people and teams under a misspelt name.
			target := r.follow(f.value)
			if target == nil || target.Kind == yaml.ScalarNode {
				r.warn(f.key, at, "this setting is not known, and passed over", "correct it if it should name people or teams")
				continue
			}
			r.report(f.key, at, "there is no such field", "use admins, members or teams")
			o.teamsWhole, r.peribolos.wholePeople = false, false
		}
	}
	return o
}

// members reads logins of the organisation's members or admins. The format tells no bots from humans.
func (r *peribolosReader) members(o *organisation, f field, path string) {
	logins, ok := r.texts(f.value, path)
	if !ok {
		r.peribolos.wholePeople = false
	}
	for _, login := range logins {
		holder, err := ownership.ParseHolder("user:" + login.text)
		if err != nil {
			r.report(login.node, login.path, fmt.Sprintf("%q is no login", shorten(login.text)), "write the login alone, without @")
			r.peribolos.wholePeople = false
			continue
		}
		if _, known := o.members[holder.Name()]; !known {
			o.members[holder.Name()] = ownership.Person{
				ID: holder.Name(), Kind: ownership.Human, Logins: map[string]string{"github": login.text},
				Provenance: ownership.Provenance{Location: r.location(login.node)},
			}
		}
	}
}

// teams reads a mapping of names to teams, children included. A team with a fault is left out, but not
// its children.
func (r *peribolosReader) teams(o *organisation, node *yaml.Node, path, parent string, depth int) {
	if depth > maxNesting {
		r.report(node, path, fmt.Sprintf("teams are nested more than %d deep", maxNesting), "nest them less")
		o.teamsWhole = false
		return
	}
	fields, ok := r.fields(node, path)
	o.teamsWhole = o.teamsWhole && ok
	for _, f := range fields {
		entry := &teamEntry{node: f.key, parentNode: f.key, file: r.file, path: join(path, f.name)}
		entry.team = ownership.Team{Name: f.name, Parent: parent}
		entry.team.Location = r.location(f.key)
		holder, err := ownership.ParseHolder("team:" + o.id + "/" + slug(f.name))
		if err != nil {
			r.report(f.key, entry.path, fmt.Sprintf("%q cannot be a team's name", shorten(f.name)), "use letters and digits")
			o.teamsWhole = false
			continue
		}
		entry.team.ID = holder.Name()
		o.teams = append(o.teams, entry)
		r.team(o, entry, f.value, depth)
	}
}

func (r *peribolosReader) team(o *organisation, entry *teamEntry, node *yaml.Node, depth int) {
	fields, ok := r.fields(node, entry.path)
	ok = r.known(fields, entry.path, "description", "members", "maintainers", "privacy", "repos", "previously", "teams") && ok
	for _, f := range fields {
		fine, at := true, join(entry.path, f.name)
		switch f.name {
		case "members":
			entry.members, fine = r.texts(f.value, at)
		case "maintainers":
			entry.maintainers, fine = r.texts(f.value, at)
		case "privacy":
			fine = r.privacy(entry, f.value, at)
		case "repos":
			entry.listsRepositories = true
			entry.team.Repositories, fine = r.permissions(f.value, at, o.id)
		case "teams":
			r.teams(o, f.value, at, entry.team.ID, depth+1)
		}
		ok = ok && fine
	}
	entry.team.Maintainers = logins(entry.maintainers)
	entry.team.Members = without(logins(entry.members), entry.team.Maintainers)
	entry.broken = entry.broken || !ok
}

// privacy is "closed" (visible) or "secret". Where it is absent, the team keeps what it has, which the
// file does not say; it is taken for visible.
func (r *peribolosReader) privacy(entry *teamEntry, node *yaml.Node, path string) bool {
	text, ok := r.text(node, path)
	if ok && text != "closed" && text != "secret" {
		r.report(node, path, fmt.Sprintf("%q is no privacy", shorten(text)), "use closed or secret")
		return false
	}
	entry.team.Secret = text == "secret"
	return ok
}

func logins(names []located) []string {
	ids := make([]string, 0, len(names))
	for _, name := range names {
		ids = append(ids, strings.ToLower(name.text))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
