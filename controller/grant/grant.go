package grant

import (
	"cmp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// grant is one grant, ready to be asked.
type grant struct {
	source string
	index  int
	to     v1alpha1.GrantTo
	// selector is nil where the grant selects no namespaces by their labels.
	selector     labels.Selector
	repositories []repositories
	namespaces   []string
	entities     []string
	// holders and roles are nil where any are allowed.
	holders []string
	roles   []string
	mode    ownership.Mode
}

// repositories are those of a pattern, lower case; paths is nil where all of them are given.
type repositories struct {
	name  string
	paths []codeowners.Pattern
}

// compile reads the grants of all sources that are not suspended. What cannot be understood grants nothing.
func compile(sources []manifest.Object[v1alpha1.OwnershipSource]) ([]*grant, []ownership.Problem) {
	var grants []*grant
	var problems []ownership.Problem
	for _, source := range sources {
		if source.Value.Spec.Suspend {
			continue
		}
		for i := range source.Value.Spec.Grants {
			c := compiler{source: source, index: i, given: &source.Value.Spec.Grants[i]}
			if g := c.compile(); g != nil {
				grants = append(grants, g)
			}
			problems = append(problems, c.problems...)
		}
	}
	return grants, problems
}

// compiler reads one grant.
type compiler struct {
	source   manifest.Object[v1alpha1.OwnershipSource]
	index    int
	given    *v1alpha1.Grant
	problems []ownership.Problem
}

func (c *compiler) compile() *grant {
	g := &grant{
		source: c.source.Value.Name, index: c.index, to: c.given.To, namespaces: c.given.Namespaces, entities: lower(c.given.Entities),
		roles: c.given.Roles, mode: cmp.Or(ownership.Mode(c.given.MaxMode), ownership.Observe),
	}
	if c.given.To.Selector != nil {
		selector, err := metav1.LabelSelectorAsSelector(c.given.To.Selector.Kubernetes())
		if err != nil {
			c.refuse("to.selector", "the selector cannot be read, so the grant is to nobody: "+err.Error(), "correct it")
			return nil
		}
		g.selector = selector
	}
	for _, holder := range c.given.Holders {
		g.holders = append(g.holders, holderPattern(holder))
	}
	for i, each := range c.given.Repositories {
		given := repositories{name: strings.ToLower(each.Name)}
		for j, path := range each.Paths {
			pattern, ok := codeowners.CompilePattern(codeowners.Anchored(path))
			if !ok || pattern.Never() {
				c.refuse(at(at("repositories", i)+".paths", j), quoted(path)+" can match no file, so it gives none", "write it as in a CODEOWNERS file")
				continue
			}
			given.paths = append(given.paths, pattern)
		}
		if len(each.Paths) == 0 || len(given.paths) > 0 {
			g.repositories = append(g.repositories, given)
		}
	}
	return g
}

func (c *compiler) refuse(field, message, remedy string) {
	field = at("spec.grants", c.index) + "." + field
	c.problems = append(c.problems, ownership.Problem{
		Location: c.source.FieldLocation(field), Field: field, Message: message, Remedy: remedy,
	})
}

// isTo says whether the grant is to a namespace; perhaps says that it is, if the labels, which are not known, are right. Where
// names and a selector are given, both must hold, as in a policy's match.
func (g *grant) isTo(namespace string, of map[string]string, known bool) (is, perhaps bool) {
	names := g.to.Namespaces
	switch {
	case len(names) == 0 && g.selector == nil, len(names) > 0 && !slices.Contains(names, namespace):
		return false, false
	case g.selector == nil:
		return true, false
	case !known:
		return false, true
	}
	return g.selector.Matches(labels.Set(of)), false
}

// gives says whether the grant gives all files that a claim can match. Sensitive ones are given by name only; a claim that does
// not name them does not get them either, see codeowners.IsSensitive.
func (g *grant) gives(repository string, claim codeowners.Pattern) bool {
	sensitive := claim.NamesSensitive()
	for _, given := range g.repositories {
		if !glob(given.name, repository) {
			continue
		}
		if given.paths == nil && !sensitive {
			return true
		}
		for _, pattern := range given.paths {
			if pattern.Contains(claim) && (!sensitive || pattern.NamesSensitive()) {
				return true
			}
		}
	}
	return false
}

// mentions says whether the grant gives any part of a repository.
func (g *grant) mentions(repository string) bool {
	return slices.ContainsFunc(g.repositories, func(given repositories) bool { return glob(given.name, repository) })
}

func (g *grant) givesNamespace(name string) bool { return anyGlob(g.namespaces, name) }

func (g *grant) givesEntity(ref ownership.EntityRef) bool { return anyGlob(g.entities, string(ref)) }

// allows says whether a holder may have a role in what the grant gives.
func (g *grant) allows(role string, holder ownership.Holder) bool {
	return (g.roles == nil || slices.Contains(g.roles, role)) && (g.holders == nil || anyGlob(g.holders, string(holder)))
}

// holderPattern is a pattern in the form that holders have: GitHub compares logins and teams without regard to case.
func holderPattern(text string) string {
	if kind, _, _ := strings.Cut(text, ":"); ownership.HolderKind(kind) == ownership.HolderSchedule {
		return text
	}
	return strings.ToLower(text)
}

func lower(texts []string) []string {
	lowered := make([]string, len(texts))
	for i, text := range texts {
		lowered[i] = strings.ToLower(text)
	}
	return lowered
}

func anyGlob(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return glob(pattern, name) })
}

// glob says whether a pattern matches, in which "*" stands for any characters but a slash, and everything else for itself.
func glob(pattern, name string) bool {
	if strings.IndexByte(pattern, '*') < 0 {
		return pattern == name
	}
	for {
		one, patterns, more := strings.Cut(pattern, "/")
		part, names, another := strings.Cut(name, "/")
		if more != another || !globPart(one, part) {
			return false
		}
		if !more {
			return true
		}
		pattern, name = patterns, names
	}
}

// globPart tries the text between two stars at the first place where it fits, which leaves the most to those after it.
func globPart(pattern, name string) bool {
	before, rest, starred := strings.Cut(pattern, "*")
	if !starred {
		return pattern == name
	}
	if !strings.HasPrefix(name, before) {
		return false
	}
	name = name[len(before):]
	for {
		between, after, again := strings.Cut(rest, "*")
		if !again {
			return strings.HasSuffix(name, between)
		}
		found := strings.Index(name, between)
		if found < 0 {
			return false
		}
		name, rest = name[found+len(between):], after
	}
}
