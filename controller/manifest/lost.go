package manifest

import (
	"bytes"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// AnyNamespace is the namespace of what is lost of which that cannot be told either.
const AnyNamespace = "*"

// Lost is what can be told of an object that was left out for its errors, or that may stand in what cannot be read. What it
// says is unknown, not absent.
type Lost struct {
	// Name is empty where it cannot be told: there may be several objects then, or none.
	Kind, Namespace, Name string
	Location              ownership.Location
	// Area and Role are those of a RoleAssignment; empty where they cannot be read, so that it may be about any.
	Area, Role string
	// Sources are the kinds that an OwnershipSource may be of, Names what its repositories are called, as Names gives it.
	// Grants says that it may have grants.
	Sources []ownership.SourceKind
	Names   []string
	Grants  bool
	// Repositories are those of which an Area may claim some part that cannot be read, lower case; Claims says that it may
	// claim a part of others and entities, Entities that it may claim these.
	Repositories     []string
	Claims, Entities bool
	// Namespaces says that an Area may claim namespaces or workloads of a cluster that cannot be read.
	Namespaces bool
	// Suspends says that an Area may be suspended, of which it cannot be read.
	Suspends bool
	// Library is the library policy that a ResponsibilityPolicy is an instance of; Declares says that its own text may have
	// a rule that declares, for the areas of Match, which is nil for all.
	Library  string
	Declares bool
	Match    *v1alpha1.PolicyMatch
	// Because says why what the object declares is unknown that can be read well; empty where it has errors.
	Because string
}

// lost reads what can be read of an object with errors.
func lost(kind string, value map[string]any, at ownership.Location) Lost {
	l := Lost{Kind: kind, Location: at}
	l.Namespace, l.Name = nameIn(value)
	spec, _ := value["spec"].(map[string]any)
	switch kind {
	case "RoleAssignment":
		l.Area, _ = spec["area"].(string)
		l.Role, _ = spec["role"].(string)
	case "OwnershipSource":
		for _, source := range sourceKinds() {
			if _, given := spec[string(source)]; given {
				l.Sources = append(l.Sources, source)
			}
		}
		if len(l.Sources) == 0 {
			l.Sources = sourceKinds()
		}
		git, _ := spec["git"].(map[string]any)
		organization, _ := git["organization"].(string)
		repository, _ := git["repository"].(string)
		l.Names = Names(organization, repository)
		_, l.Grants = spec["grants"]
		l.Grants = l.Grants || spec == nil && value["spec"] != nil // what it has is no map
	case "ResponsibilityPolicy":
		l.addPolicy(spec)
	case "Area":
		l.Repositories, l.Claims, l.Entities = unreadClaims(spec)
		l.Namespaces = unreadNamespaces(spec)
	}
	return l
}

// sourceKinds are the kinds that an OwnershipSource can be of; each is the name of a field of its spec.
func sourceKinds() []ownership.SourceKind {
	return []ownership.SourceKind{ownership.SourceGit, ownership.SourcePeople, ownership.SourceCatalog, ownership.SourceKubernetes}
}

func (l *Lost) addPolicy(spec map[string]any) {
	l.Library, _ = spec["library"].(string)
	rego, isText := spec["rego"].(string)
	l.Declares = l.Library == "" && (!isText || MayDeclare([]byte(rego)))
	if given, is := spec["match"].(map[string]any); is {
		var match v1alpha1.PolicyMatch
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(given, &match); err == nil && checkSelectors(placedSelector{nil, match.Areas}) == nil {
			l.Match = &match
		}
	}
}

// MayDeclare says whether a policy of the text may have a rule that declares, whether it can be compiled or not: the
// word stands in it by itself (input.declared is another one), and not only in lines that are comments. Where a text in
// backticks goes over lines, such a line need not be a comment.
func MayDeclare(rego []byte) bool {
	if bytes.Count(rego, []byte("`")) == 0 {
		rego = commentLine.ReplaceAll(rego, nil)
	}
	return declareWord.Match(rego)
}

var (
	declareWord = regexp.MustCompile(`\bdeclare\b`)
	commentLine = regexp.MustCompile(`(?m)^[ \t]*#.*$`)
)

// Names are patterns of path.Match for what the repositories of a source are called that names them after an organisation,
// or that is the checkout of one; nil where it names them after their remotes, so that they may be called anything.
func Names(organization, repository string) []string {
	switch {
	case repository != "":
		return []string{strings.ToLower(repository)}
	case organization != "":
		return []string{strings.ToLower(organization) + "/*"}
	}
	return nil
}

// unreadClaims are the parts of an Area's scope that salvage cannot take: the repositories whose paths cannot be read, and
// whether there may be others, or entities.
func unreadClaims(spec map[string]any) (repositories []string, more, entities bool) {
	given, has := spec["scope"]
	scope, ok := given.(map[string]any)
	if has && !ok && given != nil {
		return nil, true, true
	}
	listed, has := scope["repositories"]
	list, ok := listed.([]any)
	more = has && !ok && listed != nil
	for _, each := range list {
		repository, _ := each.(map[string]any)
		name, isText := repository["name"].(string)
		if !isText || name == "" {
			more = true
			continue
		}
		if _, ok := texts(repository["paths"]); !ok {
			repositories = append(repositories, strings.ToLower(name))
		}
	}
	_, ok = texts(scope["entities"])
	return repositories, more, !ok
}

// unreadNamespaces says whether an Area's scope may have namespaces that salvage cannot take.
func unreadNamespaces(spec map[string]any) bool {
	given, has := spec["scope"]
	scope, ok := given.(map[string]any)
	if has && !ok && given != nil {
		return true
	}
	_, ok = namespaceScopes(scope["namespaces"])
	return !ok
}
