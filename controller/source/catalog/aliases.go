package catalog

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/ownership"
)

// aliasesPath is the one place where aliases are read: the repository's root.
const aliasesPath = "OWNERS_ALIASES"

// login is a GitHub login in lower case: letters, digits and hyphens, an underscore with a short code where a company
// manages its users, and "[bot]".
var login = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,99}(\[bot\])?$`)

// aliases are the names that stand for several logins in the OWNERS files of one repository.
type aliases struct {
	// members are by alias, both lower case, and sorted.
	members  map[string][]string
	problems []ownership.Problem
	// unknown says why they could not be read, so that of no name it is known whom it means.
	unknown string
}

// parseAliases reads OWNERS_ALIASES: "aliases:" with a list of logins for each alias. A mapping counts by its keys, and
// nothing as an empty list, as in Prow.
//
//	a member is                     then
//	a login                         it is a member
//	an alias, or the alias itself   left out, with a problem: Prow expands no alias in an alias
//	no login                        left out, with a problem
//	no text                         the file is unknown
func parseAliases(file string, text []byte) aliases {
	a := aliases{members: map[string][]string{}}
	var found map[string][]located
	var order []string
	var broken error
	count := 0
	err := documents(file, text, func(r *reader, root *yaml.Node) {
		if count++; count > 1 || broken != nil {
			broken = orElse(broken, r.problem(root, "", "the file has more than one YAML document", "join them"))
			return
		}
		found, order, broken = readAliases(r, root)
	})
	if err = orElse(err, broken); err != nil {
		var problem ownership.Problem
		_ = errors.As(err, &problem) // all errors of a reader are problems
		a.problems, a.unknown = []ownership.Problem{problem}, problem.Error()
		return a
	}
	for _, name := range order {
		a.members[name] = []string{}
	}
	for _, name := range order {
		for _, member := range found[name] {
			a.add(file, name, member)
		}
		slices.Sort(a.members[name])
		a.members[name] = slices.Compact(a.members[name])
	}
	return a
}

func (a *aliases) add(file, alias string, member located) {
	name := normal(member.text)
	_, nested := a.members[name]
	if !nested && login.MatchString(name) {
		a.members[alias] = append(a.members[alias], name)
		return
	}
	problem := ownership.Problem{
		Location: ownership.Location{File: file, Line: member.node.Line, Column: member.node.Column}, Field: join("aliases", alias),
		Message: fmt.Sprintf("%q is no GitHub login, so it is left out", shorten(member.text)), Remedy: "name a login",
	}
	if nested {
		problem.Message = fmt.Sprintf("the alias %s names the alias %s, which is not expanded, so it is left out", shorten(alias), shorten(name))
		problem.Remedy = "name its members here"
	}
	a.problems = append(a.problems, problem)
}

func readAliases(r *reader, root *yaml.Node) (map[string][]located, []string, error) {
	fields, err := r.mapping(root, "")
	if err != nil {
		return nil, nil, err
	}
	entries, names, err := r.entries(fields["aliases"].value, "aliases")
	if err != nil {
		return nil, nil, err
	}
	found := map[string][]located{}
	var order []string
	for _, name := range names {
		path := join("aliases", name)
		alias := normal(name)
		if _, twice := found[alias]; twice {
			return nil, nil, r.problem(entries[name].key, path, "the alias stands here twice, in other letters", "remove one of them")
		}
		members, err := aliasMembers(r, entries[name].value, path)
		if err != nil {
			return nil, nil, err
		}
		found[alias] = members
		order = append(order, alias)
	}
	return found, order, nil
}

func aliasMembers(r *reader, node *yaml.Node, path string) ([]located, error) {
	target, err := r.follow(node, path)
	if err != nil || target == nil || target.Kind != yaml.MappingNode {
		if err != nil {
			return nil, err
		}
		return r.texts(node, path)
	}
	entries, names, err := r.entries(node, path)
	if err != nil {
		return nil, err
	}
	var members []located
	for _, name := range names {
		members = append(members, located{name, entries[name].key})
	}
	return members, nil
}

// normal is a login as Prow compares it: without "@", in lower case.
func normal(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.TrimSpace(name), "@"))
}
