package ownership

import (
	"fmt"
	"regexp"
	"strings"
)

// CatalogFormat is a dialect in which files of a repository say who owns it, beside CODEOWNERS.
type CatalogFormat string

// The formats of catalog facts.
const (
	// Backstage is catalog-info.yaml: entities, each with an owner who answers for it.
	Backstage CatalogFormat = "backstage"
	// Prow is OWNERS and OWNERS_ALIASES: approvers and reviewers by folder.
	Prow CatalogFormat = "prow"
)

// Catalog is what the files of one repository say of ownership, beside CODEOWNERS.
type Catalog struct {
	// Repository is the repository's ID, "organisation/name", lower case; Root its folder on disk, for display.
	Repository string
	Root       string
	// Head is the commit that was read, in hexadecimal; empty where the working tree was.
	Head string
	// Entities are those of Backstage, sorted by place; Owners are the OWNERS files, sorted by folder.
	Entities []Entity
	Owners   []OwnersFile
	// Unread are the files that should hold entities and could not be read whole.
	Unread []UnreadFile
	Provenance
}

// UnreadFile is a file of which not all is known.
type UnreadFile struct {
	Path string
	Provenance
}

// EntityRef names an entity, "kind:namespace/name", lower case. Backstage compares them without regard to case.
// Source: backstage.io, "Entity References".
type EntityRef string

// DefaultEntityNamespace is the namespace of an entity that names none.
const DefaultEntityNamespace = "default"

var (
	entityKind = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	// entityPart is a namespace or name.
	entityPart = regexp.MustCompile(`^([a-z0-9][a-z0-9_.-]*)?[a-z0-9]$`)
)

// ParseEntityRef reads "[kind:][namespace/]name". Where the text names no kind or namespace those given hold; the error
// says what form was expected.
func ParseEntityRef(text, kind, namespace string) (EntityRef, error) {
	rest := strings.ToLower(strings.TrimSpace(text))
	if before, after, found := strings.Cut(rest, ":"); found && !strings.Contains(before, "/") {
		kind, rest = before, after
	}
	if before, after, found := strings.Cut(rest, "/"); found {
		namespace, rest = before, after
	}
	kind, namespace = strings.ToLower(kind), strings.ToLower(namespace)
	if !entityKind.MatchString(kind) || !validEntityPart(namespace) || !validEntityPart(rest) {
		return "", fmt.Errorf("%q is no entity reference: want [KIND:][NAMESPACE/]NAME, such as component:default/checkout", shorten(text))
	}
	return EntityRef(kind + ":" + namespace + "/" + rest), nil
}

func validEntityPart(part string) bool { return len(part) <= 63 && entityPart.MatchString(part) }

func shorten(text string) string {
	if runes := []rune(text); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return text
}

// Kind is the part before the colon.
func (r EntityRef) Kind() string {
	kind, _, _ := strings.Cut(string(r), ":")
	return kind
}

// Namespace is the part between the colon and the slash.
func (r EntityRef) Namespace() string {
	_, rest, _ := strings.Cut(string(r), ":")
	namespace, _, _ := strings.Cut(rest, "/")
	return namespace
}

// Name is the part after the slash.
func (r EntityRef) Name() string {
	_, name, _ := strings.Cut(string(r), "/")
	return name
}

// Entity is one entity of a software catalog that can have an owner. Its Unknown says why its owners are not known.
type Entity struct {
	Ref EntityRef
	// Type is spec.type, such as "service"; System and Domain are the entities it is a part of, or empty.
	Type   string
	System EntityRef
	Domain EntityRef
	// Custom says that its kind is none of Backstage's own, so that it counts only for an area that names it.
	Custom bool
	// Owners are who owns it, by spec.owner and by relations, each once. None, and known: nobody does.
	Owners []EntityOwner
	// File is where it stands, relative to the repository's root.
	File string
	Line int
	Provenance
}

// EntityOwner is one owner of an entity.
type EntityOwner struct {
	// Ref is the group or user, as an entity; Holder whom that means here: a team, or a person's id or login.
	Ref    EntityRef
	Holder Holder
	Line   int
}

// OwnersFile is one OWNERS file. Its Unknown says why it is not known whom it names.
type OwnersFile struct {
	// Path is relative to the repository's root; Folder is the folder it stands in, "" for the root.
	Path   string
	Folder string
	// NoParentOwners says that the files of folders above do not count for what approvers here extend to.
	NoParentOwners bool
	// AutoApprove says that files in folders below without approvers of their own need nobody's approval.
	AutoApprove bool
	// Rules are one for the whole folder, or one for each filter, in the order of the file.
	Rules []OwnersRule
	Provenance
}

// OwnersRule is whom an OWNERS file names for some of the files below its folder.
type OwnersRule struct {
	// Pattern is a regular expression (RE2) that is looked for in a file's path relative to the folder; empty for all.
	Pattern           string
	Approvers         []OwnersEntry
	Reviewers         []OwnersEntry
	RequiredReviewers []OwnersEntry
	Emeritus          []OwnersEntry
	Labels            []string
}

// OwnersEntry is one person whom an OWNERS file names.
type OwnersEntry struct {
	// Login is the GitHub login, lower case.
	Login string
	// Alias is the alias that stands in the file for the login and others, or empty.
	Alias string
	Line  int
}
