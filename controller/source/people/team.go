package people

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/ownership"
)

// teamEntry is one team while it is read. Its members are still names.
type teamEntry struct {
	team                 ownership.Team
	node, parentNode     *yaml.Node
	file, path           string
	members, maintainers []located
	// broken says that the entry has a fault and is left out.
	broken bool
	// listsRepositories says that the entry speaks of permissions, if only of none.
	listsRepositories bool
}

// readTeams reads the list of teams; whole says that none was lost.
func (f *remitFile) readTeams(node *yaml.Node) (whole bool) {
	if node == nil {
		return false
	}
	items, whole := f.items(node, "teams")
	for i, item := range items {
		f.teams = append(f.teams, f.readTeam(item, "teams["+strconv.Itoa(i)+"]"))
	}
	f.list.problems = append(f.list.problems, checkTeams(f.teams)...)
	for _, entry := range f.teams {
		if entry.broken {
			whole = false
			continue
		}
		entry.team.Maintainers = f.memberIDs(entry, entry.maintainers)
		entry.team.Members = without(f.memberIDs(entry, entry.members), entry.team.Maintainers)
		f.list.teams = append(f.list.teams, entry.team)
		f.list.allPermissions = f.list.allPermissions || entry.listsRepositories
	}
	return whole
}

func (f *remitFile) readTeam(node *yaml.Node, path string) *teamEntry {
	entry := &teamEntry{node: node, parentNode: node, file: f.file, path: path}
	entry.team.Location = f.location(node)
	fields, ok := f.fields(node, path)
	ok = f.known(fields, path, "id", "name", "parent", "secret", "members", "maintainers", "repositories") && ok
	for _, field := range fields {
		fine, at := true, join(path, field.name)
		switch field.name {
		case "id":
			entry.team.ID, fine = f.teamID(field.value, at, f.organisation)
		case "name":
			entry.team.Name, fine = f.text(field.value, at)
		case "secret":
			entry.team.Secret, fine = f.truth(field.value, at)
		case "members":
			entry.members, fine = f.texts(field.value, at)
		case "maintainers":
			entry.maintainers, fine = f.texts(field.value, at)
		}
		ok = ok && fine
	}
	if entry.team.ID == "" {
		if !slices.ContainsFunc(fields, func(f field) bool { return f.name == "id" }) {
			f.report(node, path+".id", "the team has no id", "add the id, such as: id: acme/payments")
		}
		entry.broken = true
		return entry
	}
	organisation, _, _ := strings.Cut(entry.team.ID, "/")
	for _, field := range fields { // these are understood within the team's organisation
		fine, at := true, join(path, field.name)
		switch field.name {
		case "parent":
			entry.parentNode = field.value
			entry.team.Parent, fine = f.teamID(field.value, at, organisation)
			if parent, _, _ := strings.Cut(entry.team.Parent, "/"); fine && parent != organisation {
				f.report(field.value, at, "the parent belongs to another organisation", "name a team of "+organisation)
				fine = false
			}
		case "repositories":
			entry.listsRepositories = true
			entry.team.Repositories, fine = f.permissions(field.value, at, organisation)
		}
		ok = ok && fine
	}
	entry.broken = !ok
	return entry
}

// teamID reads "organisation/team" or, within an organisation, "team".
func (r *reader) teamID(node *yaml.Node, path, organisation string) (string, bool) {
	text, ok := r.text(node, path)
	if !ok {
		return "", false
	}
	full := strings.TrimPrefix(text, "@")
	if !strings.Contains(full, "/") {
		if organisation == "" {
			r.report(node, path, fmt.Sprintf("the team %q has no organisation", shorten(text)), "write organisation/team, or set organization at the top of the file")
			return "", false
		}
		full = organisation + "/" + full
	}
	holder, err := ownership.ParseHolder("team:" + full)
	if err != nil {
		r.report(node, path, fmt.Sprintf("%q cannot be a team's id", shorten(text)), "use the team's slug, as in its address: letters, digits and hyphens")
		return "", false
	}
	return holder.Name(), true
}

// permissionWord reads GitHub's words, and says what to write instead of the older ones of its API.
func permissionWord(text string) (permission ownership.Permission, hint string) {
	words := map[string]string{"pull": "read", "push": "write", "administer": "admin"}
	if ownership.Permission(text).Rank() > 0 {
		return ownership.Permission(text), ""
	}
	hint = "use read, triage, write, maintain or admin"
	if word, found := words[text]; found {
		hint = "write " + word
	}
	return "", hint
}

// permissions reads a mapping of repositories to permissions. "none" grants nothing.
func (r *reader) permissions(node *yaml.Node, path, organisation string) (map[string]ownership.Permission, bool) {
	fields, ok := r.fields(node, path)
	granted := make(map[string]ownership.Permission, len(fields))
	for _, field := range fields {
		at := join(path, field.name)
		word, fine := r.text(field.value, at)
		ok = ok && fine
		if !fine || word == "none" {
			continue
		}
		name := strings.ToLower(field.name)
		if !strings.Contains(name, "/") {
			name = organisation + "/" + name
		}
		permission, hint := permissionWord(word)
		switch {
		case permission == "":
			r.report(field.value, at, fmt.Sprintf("%q is no permission", shorten(word)), hint)
			ok = false
		case strings.Count(name, "/") != 1 || strings.HasPrefix(name, "/") || strings.HasSuffix(name, "/") || strings.ContainsAny(name, " \t\n"):
			r.report(field.key, at, fmt.Sprintf("%q is no repository", shorten(field.name)), "write organisation/name or name")
			ok = false
		case granted[name] != "":
			r.report(field.key, at, "the repository stands here twice", "remove one of them")
			ok = false
		default:
			granted[name] = permission
		}
	}
	return granted, ok
}

// memberIDs turns names into the ids of people. A name that nobody has stays as it is; a name that
// several have makes the team unknown.
func (f *remitFile) memberIDs(entry *teamEntry, names []located) []string {
	var ids []string
	for _, name := range names {
		login := strings.ToLower(strings.TrimPrefix(name.text, "@"))
		found := f.names[login]
		switch {
		case len(found) > 1:
			f.report(name.node, name.path, fmt.Sprintf("%q may be %s", shorten(name.text), strings.Join(found, " or ")), "give the login to one of them")
			entry.team.Unknown = fmt.Sprintf("%s: it is not known whom the member %q means", f.location(name.node), shorten(name.text))
			continue
		case len(found) == 1:
			login = found[0]
		case f.list.allPeople:
			f.warn(name.node, name.path, fmt.Sprintf("%q is nobody's id or GitHub login in this file", shorten(name.text)), "add the person, or correct the name")
		}
		if slices.Contains(ids, login) {
			f.warn(name.node, name.path, fmt.Sprintf("%q stands here twice", shorten(name.text)), "remove one of them")
			continue
		}
		ids = append(ids, login)
	}
	slices.Sort(ids)
	return ids
}

func without(ids, others []string) []string {
	return slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(others, id) })
}
