package catalog

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/ownership"
)

const (
	ownersName = "OWNERS"
	// everything is the filter that is known to match all without being tried.
	everything = ".*"
	// maxPattern bounds a filter's regular expression, in bytes.
	maxPattern = 1000
)

// unreadFolders are those in which Prow reads no OWNERS file unless it is told otherwise.
var unreadFolders = regexp.MustCompile(`_output$|vendor/.*/.*`)

// isOwnersFile says whether Prow would read the file as an OWNERS file.
func isOwnersFile(file string) bool {
	folder, name := path.Split(file)
	if name != ownersName {
		return false
	}
	for folder = strings.TrimSuffix(folder, "/"); folder != "" && folder != "."; folder = path.Dir(folder) {
		if unreadFolders.MatchString(folder) {
			return false
		}
	}
	return true
}

// parseOwners reads one OWNERS file.
//
//	the file has                    rules
//	approvers, reviewers, labels    one for the folder; filters beside them count for nothing, with a warning
//	filters                         one for each, in their order
//	a filter that is no RE2         left out, with a problem, as Prow leaves it out
//	a name that is an alias         its members
//	a name that is no login         left out, with a problem
//	nothing                         none
//	no YAML, no mapping, no lists   the file is unknown
//	aliases that are unknown        the file is unknown
func parseOwners(file string, text []byte, known aliases) (ownership.OwnersFile, []ownership.Problem) {
	owners := ownership.OwnersFile{Path: file, Folder: strings.Trim(path.Dir("/"+file), "/"), Provenance: ownership.Provenance{Location: file}}
	p := ownersParser{known: known, owners: &owners}
	count := 0
	var broken error
	err := documents(file, text, func(r *reader, root *yaml.Node) {
		if count++; count > 1 {
			broken = orElse(broken, r.problem(root, "", "the file has more than one YAML document", "join them"))
			return
		}
		p.reader = r
		broken = p.parse(root)
	})
	if err = orElse(err, broken); err != nil {
		var problem ownership.Problem
		_ = errors.As(err, &problem) // all errors of a reader are problems
		owners.Rules, owners.NoParentOwners, owners.AutoApprove = nil, false, false
		owners.Unknown = problem.Error()
		return owners, []ownership.Problem{problem}
	}
	if known.unknown != "" {
		owners.Rules, owners.Unknown = nil, "the aliases are not known: "+known.unknown
	}
	return owners, p.problems
}

// ownersParser reads one OWNERS file.
type ownersParser struct {
	*reader
	known    aliases
	owners   *ownership.OwnersFile
	problems []ownership.Problem
}

func (p *ownersParser) parse(root *yaml.Node) error {
	fields, err := p.mapping(root, "")
	if err != nil {
		return err
	}
	if err := p.options(fields["options"].value); err != nil {
		return err
	}
	whole, err := p.rule(fields, "")
	if err != nil {
		return err
	}
	filters, names, err := p.entries(fields["filters"].value, "filters")
	if err != nil {
		return err
	}
	if len(whole.Approvers)+len(whole.Reviewers)+len(whole.RequiredReviewers)+len(whole.Labels) > 0 || len(names) == 0 {
		if len(names) > 0 {
			p.warn(fields["filters"].key, "filters", "the filters count for nothing beside approvers, reviewers or labels of the whole folder",
				`move those under the filter ".*"`)
		}
		p.owners.Rules = append(p.owners.Rules, whole)
		return nil
	}
	if len(whole.Emeritus) > 0 {
		p.owners.Rules = append(p.owners.Rules, ownership.OwnersRule{Emeritus: whole.Emeritus})
	}
	for _, pattern := range names {
		if err := p.filter(pattern, filters[pattern]); err != nil {
			return err
		}
	}
	return nil
}

// filter reads what one filter says.
func (p *ownersParser) filter(pattern string, at field) error {
	place := join("filters", pattern)
	fields, err := p.mapping(at.value, place)
	if err != nil {
		return err
	}
	rule, err := p.rule(fields, place)
	if err != nil {
		return err
	}
	if pattern != everything {
		rule.Pattern = pattern
		_, err := regexp.Compile(pattern)
		if len(pattern) > maxPattern {
			err = fmt.Errorf("it has more than %d bytes", maxPattern)
		}
		if err != nil {
			p.warn(at.key, place, fmt.Sprintf("the filter is no regular expression, so it counts for nothing: %v", err), "write it in the syntax RE2")
			return nil
		}
	}
	p.owners.Rules = append(p.owners.Rules, rule)
	return nil
}

func (p *ownersParser) options(node *yaml.Node) error {
	options, err := p.mapping(node, "options")
	if err != nil {
		return err
	}
	if p.owners.NoParentOwners, err = p.truth(options["no_parent_owners"].value, "options.no_parent_owners"); err != nil {
		return err
	}
	p.owners.AutoApprove, err = p.truth(options["auto_approve_unowned_subfolders"].value, "options.auto_approve_unowned_subfolders")
	return err
}

func (p *ownersParser) rule(fields map[string]field, place string) (rule ownership.OwnersRule, err error) {
	for name, entries := range map[string]*[]ownership.OwnersEntry{
		"approvers": &rule.Approvers, "reviewers": &rule.Reviewers,
		"required_reviewers": &rule.RequiredReviewers, "emeritus_approvers": &rule.Emeritus,
	} {
		if fields[name].value == nil {
			continue
		}
		texts, err := p.texts(fields[name].value, join(place, name))
		if err != nil {
			return rule, err
		}
		*entries = p.people(texts, join(place, name))
	}
	labels, err := p.texts(fields["labels"].value, join(place, "labels"))
	for _, label := range labels {
		rule.Labels = append(rule.Labels, label.text)
	}
	return rule, err
}

// people expands aliases, and leaves out what can be nobody.
func (p *ownersParser) people(texts []located, place string) []ownership.OwnersEntry {
	var entries []ownership.OwnersEntry
	seen := map[string]bool{}
	add := func(login, alias string, line int) {
		if !seen[login] {
			seen[login] = true
			entries = append(entries, ownership.OwnersEntry{Login: login, Alias: alias, Line: line})
		}
	}
	for _, text := range texts {
		name := normal(text.text)
		members, isAlias := p.known.members[name]
		switch {
		case isAlias:
			for _, member := range members {
				add(member, name, text.node.Line)
			}
		case login.MatchString(name):
			add(name, "", text.node.Line)
		case p.known.unknown == "":
			p.warn(text.node, place, fmt.Sprintf("%q is no GitHub login and no alias, so it is left out", shorten(text.text)),
				"name a login, or an alias of OWNERS_ALIASES")
		}
	}
	return entries
}

func (p *ownersParser) warn(node *yaml.Node, place, message, remedy string) {
	problem := p.problem(node, place, message, remedy)
	problem.Warning = true
	p.problems = append(p.problems, problem)
}
