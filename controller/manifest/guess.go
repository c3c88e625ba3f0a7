package manifest

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// mentions are the names that stand in a text which is no sound manifest. Whatever it was to name stands there, since no
// name has a character that would end it in YAML:
//
//	a name by itself                  stands there
//	an anchor, an alias, a merge key  repeats what stands there
//	a text over several lines         has white space where a line ends, and no name has that
//	an escape in double quotes        may be any character: everything may be meant
//	a template                        may become anything, likewise
//	NUL bytes                         are another encoding, likewise
type mentions struct {
	// anything says that what the text names need not stand in it.
	anything     bool
	words        map[string]bool // lower case
	repositories []string        // whatever looks like one, lower case, sorted
}

var (
	wordText       = regexp.MustCompile(`[A-Za-z0-9._-]+`)
	repositoryText = regexp.MustCompile(`(?i)((?:user|team|schedule):)?([a-z0-9._-]+(?:/[a-z0-9._-]+)+)`)
)

func mentionsOf(text []byte) *mentions {
	m := &mentions{words: map[string]bool{}}
	if bytes.IndexByte(text, 0) >= 0 || bytes.Contains(text, []byte("{{")) ||
		bytes.IndexByte(text, '\\') >= 0 && bytes.IndexByte(text, '"') >= 0 {
		return &mentions{anything: true}
	}
	for _, word := range wordText.FindAll(text, -1) {
		lower := strings.ToLower(string(word))
		m.words[lower], m.words[strings.Trim(lower, "-.")] = true, true // "-shop" is an item whose space is missing
	}
	for _, found := range repositoryText.FindAllSubmatch(text, -1) {
		if len(found[1]) > 0 { // a holder
			continue
		}
		if bytes.HasPrefix(found[2], []byte(group+"/")) { // an apiVersion
			continue
		}
		parts := strings.Split(strings.ToLower(string(found[2])), "/")
		for i := range len(parts) - 1 {
			m.repositories = append(m.repositories, strings.TrimLeft(parts[i], "-.")+"/"+parts[i+1])
		}
	}
	slices.Sort(m.repositories)
	m.repositories = slices.Compact(m.repositories)
	return m
}

// may says whether the text may have the word.
func (m *mentions) may(word string) bool { return m.anything || m.words[strings.ToLower(word)] }

// What a document that cannot be read says of itself, or seems to.
var (
	guessKind      = regexp.MustCompile(`\bkind["']?\s*:\s*["']?([A-Za-z]+)`)
	guessVersion   = regexp.MustCompile(`\bapiVersion["']?\s*:\s*["']?` + regexp.QuoteMeta(group) + `/`)
	guessMetadata  = regexp.MustCompile(`\bmetadata["']?\s*:`)
	guessName      = regexp.MustCompile(`(?s)metadata["']?:.{0,200}?\bname["']?:\s*["']?([a-z0-9][a-z0-9.-]*)`)
	guessNamespace = regexp.MustCompile(`(?s)metadata["']?:.{0,200}?\bnamespace["']?:\s*["']?([a-z0-9][a-z0-9-]*)`)
)

// guessed is what can be told of a document that cannot be read.
type guessed struct {
	kinds           []string // those that it may have objects of
	namespace, name string   // of the one object that it seems to be; else AnyNamespace and empty
	*mentions
	text []byte
}

// guess makes out which objects a document was to have that cannot be read, so that what it says counts as unknown. ours is
// false where it seems to have none of Remit's. one says that it has a single object.
//
//	the text                                       may have
//	has the words remit.dev nowhere                nothing of ours
//	names one kind of ours                         an object of that kind
//	names several, or none, or apiVersion is ours  objects of any kind
//	names only kinds of others, or Remediations    nothing of ours
func (s schemas) guess(text []byte, one bool) (g guessed, ours bool) {
	bare := bytes.ReplaceAll(text, []byte{0}, nil)
	if !bytes.Contains(bare, []byte(group)) {
		return guessed{}, false
	}
	g = guessed{mentions: mentionsOf(text), text: text, namespace: AnyNamespace}
	others, made := false, false
	for _, found := range guessKind.FindAllSubmatch(bare, -1) {
		kind := string(found[1])
		if _, known := s[kind]; !known {
			others, made = true, made || kind == madeByRemit
		} else if !slices.Contains(g.kinds, kind) {
			g.kinds = append(g.kinds, kind)
		}
	}
	switch {
	case len(g.kinds) == 0 && others && (made || !guessVersion.Match(bare)):
		return guessed{}, false
	case len(g.kinds) != 1 || others:
		g.kinds = s.kinds()
		return g, true
	case !one || len(guessMetadata.FindAllIndex(bare, 2)) > 1:
		return g, true
	}
	first := func(pattern *regexp.Regexp) string {
		if found := pattern.FindSubmatch(text); found != nil {
			return string(found[1])
		}
		return ""
	}
	g.name, g.namespace = first(guessName), first(guessNamespace)
	if g.name == "" || g.namespace == "" && g.may("namespace") {
		g.namespace = AnyNamespace
	}
	return g, true
}

// lost are the objects of one kind that the document may have, given what others declare.
func (g guessed) lost(kind string, at ownership.Location, areas []identity, roles []string) []Lost {
	l := Lost{Kind: kind, Namespace: g.namespace, Name: g.name, Location: at}
	switch kind {
	case "RoleAssignment":
		return g.lostAssignments(l, areas, roles)
	case "OwnershipSource":
		for _, source := range sourceKinds() {
			if g.may(string(source)) {
				l.Sources = append(l.Sources, source)
			}
		}
		if l.Grants = g.may("grants"); len(l.Sources) == 0 && !l.Grants {
			return nil
		}
	case "ResponsibilityPolicy":
		if found := guessLibrary.FindSubmatch(g.text); found != nil {
			l.Library = string(found[1])
		}
		l.Declares = g.anything || MayDeclare(g.text) || g.may("regoFile") || g.may("regoConfigMap")
	case "RoleConfiguration":
		if !g.may("roles") && !g.may("placeholders") {
			return nil
		}
	case "Area":
		l.Repositories, l.Claims, l.Entities = g.repositories, g.anything, g.may("entities")
		l.Namespaces, l.Suspends = g.may("namespaces"), g.may("suspend")
	}
	return []Lost{l}
}

var guessLibrary = regexp.MustCompile(`\blibrary["']?\s*:\s*["']?([a-z][a-z0-9-]*)`)

// lostAssignments are those of the areas and roles that stand in the text.
func (g guessed) lostAssignments(l Lost, areas []identity, roles []string) []Lost {
	if g.anything {
		return []Lost{l}
	}
	mentioned := []string{""} // any
	if roles != nil {
		mentioned = slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return !g.may(role) })
	}
	var all []Lost
	for _, area := range areas {
		sameNamespace := g.namespace == AnyNamespace || area.namespace == DefaultNamespace && g.namespace == "" || area.namespace == g.namespace
		if !sameNamespace || !g.may(area.name) {
			continue
		}
		for _, role := range mentioned {
			l.Namespace, l.Area, l.Role = area.namespace, area.name, role
			all = append(all, l)
		}
	}
	return all
}
